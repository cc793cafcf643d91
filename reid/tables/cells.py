"""One cell of a sightings table as a value; every refusal names row and column."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reid.errors import InputError, TableError
from reid.survey.licences import spdx_of, unknown
from reid.types import Box, CandidateTime, Flank

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
_DATE_LENGTH = len("2018-12-07")
RELATIVE = ("bbox_x", "bbox_y", "bbox_width", "bbox_height")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ``cells`` by our column names, stripped; ``number`` counts lines from 1."""

    table: str
    number: int
    cells: Mapping[str, str]

    @property
    def where(self) -> str:
        """Table and line, for messages."""
        return f"{self.table}, row {self.number}"

    def get(self, column: str) -> str:
        """The cell, or an empty text."""
        return self.cells.get(column, "")

    def refuse(self, column: str, expected: str) -> TableError:
        """The error for a cell that does not hold what was expected."""
        found = self.get(column)
        return TableError(f"{self.where}, column {column}: expected {expected}, found {found!r}")


def times_of(row: Row) -> tuple[CandidateTime, ...]:
    """The time and every disputed one, naive unless written with a zone."""
    return tuple(
        _time(row, column, written.strip())
        for column in row.cells
        if column.startswith("datetime")
        for written in row.get(column).split(";")
        if written.strip()
    )


def _time(row: Row, column: str, written: str) -> CandidateTime:
    try:
        at = datetime.fromisoformat(written) if _ISO.fullmatch(written) else None
    except ValueError:
        at = None
    if at is None:
        raise row.refuse(column, "an existing time such as 2018-12-07T16:27:00 or 2018-12-07")
    now = datetime.now(UTC) + timedelta(days=1)
    if at.year < 1990 or (at if at.tzinfo else at.replace(tzinfo=UTC)) > now:
        raise row.refuse(column, "a time between 1990 and now")
    return CandidateTime(at, column if len(written) > _DATE_LENGTH else f"{column}, date only")


def position_of(row: Row) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, or None when neither is given; 0, 0 was never set."""
    if not (row.get("latitude") or row.get("longitude")):
        return None
    latitude = _number(row, "latitude", "degrees from -90 to 90, together with longitude")
    longitude = _number(row, "longitude", "degrees from -180 to 180, together with latitude")
    if abs(latitude) > 90:
        raise row.refuse("latitude", "degrees from -90 to 90")
    if abs(longitude) > 180:
        raise row.refuse("longitude", "degrees from -180 to 180")
    return (latitude, longitude) if latitude or longitude else None


def flank_of(row: Row) -> Flank | None:
    """The user's word for the flank, or None."""
    written = row.get("flank").lower()
    try:
        return Flank(written) if written else None
    except ValueError:
        raise row.refuse("flank", f"one of {', '.join(Flank)}") from None


def boxes_of(row: Row) -> tuple[Box, ...]:
    """Boxes in pixels of the upright picture: ``x,y,w,h``, several with ``|`` between."""
    return tuple(_box(row, w) for w in row.get("box").split("|") if w.strip())


def relative_box_of(row: Row) -> tuple[float, float, float, float] | None:
    """Camtrap DP's box relative to the picture, or None when all four cells are empty."""
    if not any(row.get(c) for c in RELATIVE):
        return None
    x, y, width, height = (_number(row, c, "0 to 1, all four of the box") for c in RELATIVE)
    for column, value in zip(RELATIVE, (x, y, width, height), strict=True):
        if not 0 <= value <= 1 or (column in RELATIVE[2:] and value == 0):
            raise row.refuse(column, "a share of the picture from 0 to 1, the size above 0")
    return x, y, width, height


def licence_of(row: Row) -> str:
    """The licence of the file and of what the row says, as SPDX; "" for none."""
    return spdx_of(row.get("licence"))


def licence_notes(rows: Iterable[Row]) -> tuple[str, ...]:
    """A sentence on each licence that no list knows."""
    first = {row.get("licence"): row for row in reversed(list(rows)) if unknown(licence_of(row))}
    return tuple(
        f"{row.where}, column licence: expected an SPDX licence such as CC-BY-NC-4.0, found "
        f"{written!r}; kept as {licence_of(row)}"
        for written, row in reversed(first.items())
        if written != licence_of(row)
    )


def _box(row: Row, written: str) -> Box:
    try:
        x, y, width, height = (float(v) for v in written.split(","))
        return Box(x, y, width, height)
    except (ValueError, InputError):
        raise row.refuse(
            "box", "x,y,width,height in pixels with a positive size, | between several"
        ) from None


def _number(row: Row, column: str, expected: str) -> float:
    try:
        value = float(row.get(column))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise row.refuse(column, expected)
    return value
