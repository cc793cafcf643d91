"""The media that a table names, without reading them: for archives that fit into no memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reid.tables.cells import (
    Row,
    boxes_of,
    flank_of,
    licence_of,
    position_of,
    relative_box_of,
    times_of,
)
from reid.tables.media import same
from reid.tables.read import table_rows
from reid.types import Box, CandidateTime, Flank
from reid.types.licences import together

REQUIRED = ("media_path",)


@dataclass(frozen=True, slots=True)
class ListedMedia:
    """One file as a table's rows describe it; ``sighting_id`` is "" where none is given.

    ``boxes`` are in pixels, ``relative_boxes`` (x, y, width, height) in shares of the picture.
    ``times`` are the row's own first, then the disputed ones. ``licence`` is the file's (SPDX),
    ``data_licence`` that of what is said of it; "" where nobody stated one.
    """

    name: str
    sighting_id: str = ""
    station: str | None = None
    camera: str | None = None
    flank: Flank | None = None
    boxes: tuple[Box, ...] = ()
    relative_boxes: tuple[tuple[float, float, float, float], ...] = ()
    times: tuple[CandidateTime, ...] = ()
    position: tuple[float, float] | None = None
    licence: str = ""
    data_licence: str = ""


def list_media(path: Path) -> tuple[list[ListedMedia], tuple[str, ...]]:
    """The files of a CSV table in its order, and notes on what was ignored.

    As `read_sightings`, but only ``media_path`` is needed, and no file is opened.

    Raises:
        TableError: an unreadable table, an impossible cell, or rows that contradict each other.
    """
    rows, notes = table_rows(path, REQUIRED)
    by_file: dict[str, list[Row]] = {}
    for row in rows:
        name = row.get("media_path").replace("\\", "/")
        if not name:
            raise row.refuse("media_path", "the path of a file")
        by_file.setdefault(name, []).append(row)
    return [_listed(name, group) for name, group in by_file.items()], notes


def _listed(name: str, rows: list[Row]) -> ListedMedia:
    flanks = {flank for row in rows if (flank := flank_of(row)) is not None}
    relative = (box for row in rows if (box := relative_box_of(row)) is not None)
    times = dict.fromkeys(time for row in rows for time in times_of(row))
    licence = together(licence_of(row) for row in rows)
    return ListedMedia(
        name,
        same(rows, "sighting_id") or "",
        same(rows, "station"),
        same(rows, "camera"),
        # of several animals in a picture one word cannot say which is whose
        flanks.pop() if len(flanks) == 1 else None,
        tuple(dict.fromkeys(box for row in rows for box in boxes_of(row))),
        tuple(dict.fromkeys(relative)),
        tuple(sorted(times, key=lambda t: t.source.startswith("datetime_alt"))),
        next((at for row in rows if (at := position_of(row)) is not None), None),
        licence,
        licence,
    )
