"""One line of a dataset's table: one animal in one picture."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from reid.errors import AnnotationError, TableError
from reid.types import Box, Flank, Light

NOBODY = ("", "unknown", "nan", "none")
"""Cells that name no individual (wildlife-datasets writes ``unknown``)."""
_LIGHTS = {"color": Light.COLOUR, "ir": Light.INFRARED}


@dataclass(frozen=True, slots=True)
class Row:
    """One animal in one picture, as its table says; what it does not say is empty or None.

    ``identity`` is the table's word for the individual, empty when unknown. ``box`` is in pixels
    of the upright picture, None for the whole picture. ``segmentation`` is the cell as written
    (`training.data.masks` reads it), ``mask_path`` a picture whose bright pixels are the animal.
    ``sighting`` names the passage at one station that this frame is of. ``mirrored``: the picture
    is to be flipped left to right before it is measured (`mirror`; no table says so); box and
    outline are of the picture as it lies on disk. ``extra`` holds the columns that are not ours.
    """

    image_id: str
    identity: str
    path: Path
    box: Box | None = None
    date: datetime | None = None
    flank: Flank = Flank.UNKNOWN
    species: str = ""
    segmentation: str = field(default="", repr=False)
    sighting: str = ""
    light: Light | None = None
    mask_path: Path | None = None
    split: str = ""
    mirrored: bool = False
    extra: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False, compare=False)

    @property
    def flank_class(self) -> str:
        """What a matcher can know: ``identity|flank``. One animal's two flanks are two classes.

        Empty without an identity. A flank that is neither left nor right is ``unknown``; tables
        in which an identity already is one flank of one animal have only that.
        """
        if not self.identity:
            return ""
        sided = self.flank in (Flank.LEFT, Flank.RIGHT)
        return f"{self.identity}|{self.flank if sided else Flank.UNKNOWN}"


OTHER_SIDE = {Flank.LEFT: Flank.RIGHT, Flank.RIGHT: Flank.LEFT}


def mirror(row: Row) -> Row:
    """An animal that does not exist: this picture flipped, which shows the other flank.

    It is an impostor with exactly this picture's light, blur and coat statistics, and another
    individual: no animal's right flank is its left flank mirrored.
    """
    return replace(
        row,
        image_id=f"{row.image_id}~mirrored",
        identity=f"{row.identity}~mirrored" if row.identity else "",
        sighting=f"{row.sighting}~mirrored" if row.sighting else "",
        flank=OTHER_SIDE.get(row.flank, row.flank),
        mirrored=not row.mirrored,
    )


def row_of(cells: Mapping[str, str], root: Path, where: str) -> Row:
    """A row of stripped cells by column name.

    Raises:
        TableError: with ``where`` (table and line) and the column of a cell that cannot be used.
    """
    return Row(
        image_id=_needed(cells, "image_id", where),
        identity=identity_of(cells.get("identity", "")),
        path=root / _needed(cells, "path", where),
        box=_box(cells.get("bbox", ""), where),
        date=_date(cells.get("date", ""), where),
        flank=_flank(cells.get("orientation", "")),
        species=cells.get("species", ""),
        segmentation=cells.get("segmentation", ""),
        sighting=cells.get("sighting") or cells.get("encounter", ""),
        light=_light(cells.get("light", ""), where),
        mask_path=root / cells["mask_path"] if cells.get("mask_path") else None,
        split=cells.get("split", ""),
        extra={k: v for k, v in cells.items() if k not in COLUMNS and v},
    )


COLUMNS = (
    "image_id",
    "identity",
    "path",
    "bbox",
    "date",
    "orientation",
    "species",
    "segmentation",
    "sighting",
    "encounter",
    "light",
    "mask_path",
    "split",
)
REQUIRED = ("image_id", "identity", "path")


def identity_of(written: str) -> str:
    """The individual's name, empty for every way of saying that it is unknown."""
    return "" if written.lower() in NOBODY else written


def refusal(where: str, column: str, expected: str, found: str) -> TableError:
    """The error for a cell that does not hold what was expected."""
    return TableError(f"{where}, column {column}: expected {expected}, found {found!r}")


def _needed(cells: Mapping[str, str], column: str, where: str) -> str:
    if not cells.get(column):
        raise refusal(where, column, "a value", "")
    return cells[column]


def _box(written: str, where: str) -> Box | None:
    if not written or written.lower() in NOBODY:
        return None
    expected = "[x, y, width, height] in pixels, the size above 0"
    try:
        values = [float(v) for v in json.loads(written)]
        if len(values) != 4 or not all(map(math.isfinite, values)):
            raise ValueError
        return Box(*values)
    except (ValueError, TypeError, AnnotationError):
        raise refusal(where, "bbox", expected, written) from None


def _date(written: str, where: str) -> datetime | None:
    if not written or written.lower() in (*NOBODY, "nat"):
        return None
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        expected = "an ISO date such as 2018-12-07 or 2018-12-07T16:27:00"
        raise refusal(where, "date", expected, written) from None


def _flank(written: str) -> Flank:
    """Views that name no flank (``front-left``, ``up``) are unknown, not refused."""
    try:
        return Flank(written.lower())
    except ValueError:
        return Flank.UNKNOWN


def _light(written: str, where: str) -> Light | None:
    if not written or written.lower() in NOBODY:
        return None
    word = written.lower()
    if word in _LIGHTS:
        return _LIGHTS[word]
    try:
        return Light(word)
    except ValueError:
        raise refusal(where, "light", f"one of {', '.join(Light)}", written) from None
