"""Positions of a survey for some eyes; what else in it could tell them goes with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from reid.config import Precision
from reid.people.places import generalised, generalised_text
from reid.survey import Deployment, Media, Observation

Exactness = Precision | Literal["exact"]
"""As roles see them; ``exact``: the operator's own, who has them anyway. Never to be published."""
_TELLING = re.compile(
    r"lat|lon|lng|gps|coord|utm|easting|northing|position(?!radius|angle)|geo|exif|spatial"
    r"|uncertainty|^x$|^y$|altitude|elevation",
    re.IGNORECASE,
)


def placed(deployment: Deployment, exactness: Exactness) -> Deployment:
    """A deployment with its position as these eyes see it."""
    if exactness == "exact":
        return deployment
    known = deployment.latitude is not None and deployment.longitude is not None
    position = (deployment.latitude or 0.0, deployment.longitude or 0.0) if known else None
    shown = generalised(position, exactness)
    extra = without_places(deployment.extra)
    if shown.latitude is not None:
        extra["coordinateUncertainty"] = str(_half_diagonal_m(exactness))
    return replace(deployment, latitude=shown.latitude, longitude=shown.longitude, extra=extra)


def record_placed(record: Media | Observation, exactness: Exactness) -> Media | Observation:
    """A file or observation without columns that could hold a position, EXIF data first."""
    if exactness == "exact":
        return record
    return replace(record, extra=without_places(record.extra))


def rows_placed(
    rows: Iterable[Mapping[str, str]], exactness: Exactness
) -> Iterator[Mapping[str, str]]:
    """Rows of a table that nobody here understands, likewise."""
    return (row if exactness == "exact" else without_places(row) for row in rows)


def telling(column: str) -> bool:
    """Whether a column's name speaks of positions."""
    return bool(_TELLING.search(column))


def without_places(extra: Mapping[str, str]) -> dict[str, str]:
    """Cells of columns whose names do not speak of positions."""
    return {name: cell for name, cell in extra.items() if not telling(name)}


def told(exactness: Exactness) -> str:
    """Darwin Core ``dataGeneralizations``; "" for exact and for withheld positions."""
    return "" if exactness == "exact" else generalised_text(exactness)


def _half_diagonal_m(precision: str) -> int:
    """How far the rounded position may be off: half the diagonal of a cell at the equator."""
    return round(float(precision) * 111_320 * 2**0.5 / 2 + 0.5)
