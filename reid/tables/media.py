"""The media files that the rows of one sighting name."""

from __future__ import annotations

from pathlib import Path

from reid.errors import ImageError
from reid.image import probe
from reid.tables.cells import Row, boxes_of, flank_of, relative_box_of
from reid.tables.result import Rejection, read_media
from reid.types import Box, SightingMedia


def media_of(
    sighting_id: str, rows: list[Row], root: Path
) -> tuple[tuple[SightingMedia, ...], list[Rejection]]:
    """The media of one sighting's rows, read, and the rejected files."""
    by_file: dict[str, list[Row]] = {}
    for row in rows:
        by_file.setdefault(row.get("media_path").replace("\\", "/"), []).append(row)
    media: list[SightingMedia] = []
    rejected: list[Rejection] = []
    for name, group in by_file.items():
        found = _one(name, group, root)
        if isinstance(found, str):
            rejected.append((sighting_id, name, found))
        else:
            media.append(found)
    return tuple(media), rejected


def _one(name: str, rows: list[Row], root: Path) -> SightingMedia | str:
    boxes = [box for row in rows for box in boxes_of(row)]
    relative = [box for row in rows if (box := relative_box_of(row)) is not None]
    flanks = {flank_of(row) for row in rows} - {None}
    camera = same(rows, "camera")
    content = read_media(root / name, name) if name else "expected a media_path, found none"
    if isinstance(content, str):
        return content
    try:
        boxes += _in_pixels(relative, content, name)
    except ImageError as error:
        return str(error)
    # Several animals may show several flanks; one word cannot say which is whose.
    flank = flanks.pop() if len(flanks) == 1 else None
    return SightingMedia(name, content, camera, flank, tuple(dict.fromkeys(boxes)))


def _in_pixels(
    relative: list[tuple[float, float, float, float]], content: bytes, name: str
) -> list[Box]:
    if not relative:
        return []
    width, height = probe(content, file_name=name).size_wh
    return [Box(x * width, y * height, w * width, h * height) for x, y, w, h in relative]


def same(rows: list[Row], column: str) -> str | None:
    """The one value of a column in these rows, or None; two values raise ``TableError``."""
    values = {row.get(column): row for row in rows if row.get(column)}
    if len(values) > 1:
        raise list(values.values())[1].refuse(column, f"{next(iter(values))!r} as in rows above")
    return next(iter(values), None)
