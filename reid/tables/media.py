"""The media files that the rows of one sighting name."""

from __future__ import annotations

from pathlib import Path

from reid.errors import ImageError
from reid.image import probe
from reid.tables.cells import Row, boxes_of, flank_of, licence_of, relative_box_of
from reid.tables.result import Rejection, read_media
from reid.types import Box, Flank, SightingMedia
from reid.types.licences import together


def media_of(
    sighting_id: str, rows: list[Row], root: Path
) -> tuple[tuple[SightingMedia, ...], list[Rejection], list[str]]:
    """The media of one sighting's rows, read, the rejected files, and notes on what was odd.

    Raises:
        TableError: rows that contradict each other, or an impossible cell.
    """
    by_file: dict[str, list[Row]] = {}
    for row in rows:
        by_file.setdefault(row.get("media_path").replace("\\", "/"), []).append(row)
    media: list[SightingMedia] = []
    rejected: list[Rejection] = []
    notes: list[str] = []
    for name, group in by_file.items():
        flank, odd = _flank(name, group)
        notes += odd
        found = _one(name, group, flank, root)
        if isinstance(found, str):
            rejected.append((sighting_id, name, found))
        else:
            media.append(found)
    return tuple(media), rejected, notes


def _flank(name: str, rows: list[Row]) -> tuple[Flank | None, list[str]]:
    """The picture's flank as the rows say it. Rows that differ are refused, unless they mark
    different animals: then it is None, because one word cannot say which is whose, with a note.
    """
    said: dict[Flank, Row] = {}
    for row in rows:
        if (flank := flank_of(row)) is not None:
            said.setdefault(flank, row)
    if len(said) < 2:
        return next(iter(said), None), []
    (one, first), (two, second) = list(said.items())[:2]
    if _marked(first) == _marked(second):
        raise second.refuse("flank", f"{one.value!r} for {name} as in row {first.number}")
    return None, [
        f"{first.where} and row {second.number}: {name} shows {one.value} and {two.value} flanks "
        "of different animals; neither word was used"
    ]


def _marked(row: Row) -> tuple[object, ...]:
    return *boxes_of(row), relative_box_of(row)


def _one(name: str, rows: list[Row], flank: Flank | None, root: Path) -> SightingMedia | str:
    boxes = [box for row in rows for box in boxes_of(row)]
    relative = [box for row in rows if (box := relative_box_of(row)) is not None]
    camera = same(rows, "camera")
    licence = together(licence_of(row) for row in rows)
    content = read_media(root / name, name) if name else "expected a media_path, found none"
    if isinstance(content, str):
        return content
    try:
        boxes += _in_pixels(relative, content, name)
    except ImageError as error:
        return str(error)
    return SightingMedia(name, content, camera, flank, tuple(dict.fromkeys(boxes)), licence)


def _in_pixels(
    relative: list[tuple[float, float, float, float]], content: bytes, name: str
) -> list[Box]:
    if not relative:
        return []
    width, height = probe(content, file_name=name).size_wh
    return [Box(x * width, y * height, w * width, h * height) for x, y, w, h in relative]


def same(rows: list[Row], column: str) -> str | None:
    """The one value of a column in these rows, or None; two values raise ``TableError``."""
    values: dict[str, Row] = {}
    for row in rows:
        if row.get(column):
            values.setdefault(row.get(column), row)
    if len(values) > 1:
        (value, first), (_, second) = list(values.items())[:2]
        raise second.refuse(column, f"{value!r} as in row {first.number}")
    return next(iter(values), None)
