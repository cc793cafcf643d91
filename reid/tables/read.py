"""A table of sightings, one row a media file (or one a box)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from reid.errors import TableError
from reid.tables.cells import Row, licence_notes, licence_of, position_of, times_of
from reid.tables.columns import REQUIRED, understand
from reid.tables.folder import sightings_from_folder
from reid.tables.media import media_of, same
from reid.tables.result import Rejection, SightingsTable
from reid.types import CandidateTime, Sighting, SightingMedia
from reid.types.licences import together


def read_sightings(path: Path) -> SightingsTable:
    """Sightings from a folder (one sub-folder each, or loose pictures as one) or a CSV table.

    Columns: ``sighting_id``, ``media_path`` (relative to the table), and optionally ``station``,
    ``camera``, ``datetime`` (ISO 8601; the earliest of a sighting's rows is its time),
    ``datetime_alt`` ... (disputed times, several with ``;``), ``latitude`` and ``longitude`` in
    degrees, ``flank``, ``license`` (of the file and of what its row says), ``box`` (x,y,w,h in
    pixels, several with ``|``) or Camtrap DP's relative ``bboxX`` ...; Camtrap DP's names are
    accepted for all. A media file may have several rows, one a box. Missing files and sightings
    without files are rejected, not raised.

    Raises:
        TableError: an unreadable table, an impossible cell (row and column are named), or
            rows of one sighting that contradict each other.
    """
    if path.is_dir():
        return sightings_from_folder(path)
    rows, notes = table_rows(path)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if not row.get("sighting_id"):
            raise row.refuse("sighting_id", "the id of a sighting")
        groups.setdefault(row.get("sighting_id"), []).append(row)
    sightings: list[Sighting] = []
    rejected: list[Rejection] = []
    for sighting_id, group in groups.items():
        media, lost, odd = media_of(sighting_id, group, path.parent)
        notes += tuple(odd)
        sighting = _sighting(sighting_id, group, media)
        rejected += lost
        if media:
            sightings.append(sighting)
        else:
            rejected.append((sighting_id, "", "expected at least one picture, found none usable"))
    return SightingsTable(tuple(sightings), tuple(rejected), notes)


def table_rows(path: Path, required: Sequence[str] = REQUIRED) -> tuple[list[Row], tuple[str, ...]]:
    """The rows of a CSV table, and notes on columns that were ignored. Raises TableError."""
    text = _text(path)
    header_line = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header_line.count))
    try:
        header = next(reader, [])
        columns, notes = understand(header, path.name, required)
        rows = [
            _row(cells, header, columns, (path.name, reader.line_num))
            for cells in reader
            if any(c.strip() for c in cells)
        ]
    except csv.Error as error:
        raise TableError(f"{path.name}, row {reader.line_num}: expected CSV: {error}") from error
    if not rows:
        raise TableError(f"{path.name}: expected at least one row below the header, found none")
    return rows, (*notes, *licence_notes(rows))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TableError(
            f"{path.name}: expected a folder or a CSV table, cannot read it: "
            f"{error.strerror or error}; check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path.name}: expected a CSV table in UTF-8, found other bytes at {error.start}; "
            "save it as CSV UTF-8"
        ) from error


def _row(
    cells: list[str], header: list[str], columns: dict[int, str], where: tuple[str, int]
) -> Row:
    row = Row(*where, {columns[n]: c.strip() for n, c in enumerate(cells) if n in columns})
    if len(cells) > len(header):
        raise TableError(
            f"{row.where}: expected {len(header)} cells, found {len(cells)}; put quotes around "
            "cells with commas, such as boxes"
        )
    return row


def _sighting(sighting_id: str, rows: list[Row], media: tuple[SightingMedia, ...]) -> Sighting:
    positions = {p: row for row in rows if (p := position_of(row)) is not None}
    if len(positions) > 1:
        raise list(positions.values())[1].refuse("latitude", "one position for each sighting")
    return Sighting(
        id=sighting_id,
        media=media,
        station=same(rows, "station"),
        times=_times(rows),
        position=next(iter(positions), None),
        licence=together(licence_of(row) for row in rows),
    )


def _times(rows: list[Row]) -> tuple[CandidateTime, ...]:
    """The earliest of the rows' own times, then every disputed one once."""
    every = [time for row in rows for time in times_of(row)]
    own = [t for t in every if not t.source.startswith("datetime_alt")]
    first = [min(own, key=lambda t: t.at.replace(tzinfo=None))] if own else []
    disputed = [t for t in every if t.source.startswith("datetime_alt")]
    unique: dict[datetime, CandidateTime] = {}
    for time in first + disputed:
        unique.setdefault(time.at, time)
    return tuple(unique.values())
