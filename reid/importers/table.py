"""Any table with a file a row, by a mapping of its columns to Camtrap DP's words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reid.errors import InputError
from reid.importers.camtrap_rows import deployment_of, media_of, observation_of, prefixed
from reid.importers.columns import (
    BOX,
    DISPUTED_TIME,
    MAPPING,
    ColumnMeant,
    as_csv,
    is_time,
    proposed,
)
from reid.importers.contract import Reading
from reid.importers.lines import Line
from reid.importers.plan import DISPUTED
from reid.importers.sheets import TABLES, first_header, table_lines
from reid.importers.vocabulary import AGES, SEXES, flank_of, individual_of
from reid.survey import Media, Problems, Survey
from reid.survey.records import RelativeBox
from reid.survey.survey import Added

_KEEP = ("sex", "lifeStage")


class AnyTable:
    """CSV or .xlsx; what is not mapped is kept under its own name."""

    def matches(self, path: Path) -> bool:
        """A table with a column that is surely a file's path, and another that is recognised."""
        if path.suffix.lower() not in TABLES or not path.is_file():
            return False
        return bool(first_header(path, _promising))

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`.

        Raises:
            InputError: the mapping names no column that the table has, or none is recognised.
        """
        if path.suffix.lower() not in TABLES:
            raise InputError(f"{path.name}: expected a table, {' or '.join(TABLES)}")
        meant = reading.columns
        if meant is None:
            meant = proposed(first_header(path, _promising) or first_header(path, _some))
            if not meant:
                raise InputError(
                    f"{path.name}: no column is recognised; say what they mean with --columns "
                    "mapping.csv (theirs,ours)"
                )
        survey.set_meta(MAPPING, as_csv(meant))
        theirs = {one.theirs for one in meant if one.theirs}
        reader = _Reader(survey, reading.prefix, meant)
        first = True
        for line in table_lines(
            path, problems, lambda cells: bool(theirs & set(cells)), day_first=reading.day_first
        ):
            if first:
                _check(theirs, line)
                first = False
            reader.row(line)
        return path.parent


def _promising(cells: Sequence[str]) -> bool:
    found = [one.ours for one in proposed(cells)]
    return "filePath" in found and len(found) > 1


def _some(cells: Sequence[str]) -> bool:
    return sum(bool(cell) for cell in cells) > 1


def _check(theirs: set[str], line: Line) -> None:
    for name in sorted(theirs - line.cells.keys()):
        found = ", ".join(line.cells)
        line.problems.add(line.file, 0, name, "expected this column of the mapping", found)


class _Reader:
    """Rows by way of Camtrap DP's: the same checks, told by the table's own columns."""

    def __init__(self, survey: Survey, prefix: str, meant: Sequence[ColumnMeant]) -> None:
        self.survey, self.prefix, self.meant = survey, prefix, meant
        self.places: dict[tuple[str, str], str] = {}

    def row(self, theirs: Line) -> None:
        """A file and what is seen in it; without a file, an event that somebody noted."""
        line = _ours(theirs, self.meant)
        where = self._deployment(line)
        file = line.text("filePath")
        if not file:
            line.refuse("filePath", "expected a path; the row is kept without a picture")
        media = self._media(line, where, file) if file else None
        self._observation(line, where, media)

    def _deployment(self, line: Line) -> str:
        cells = line.cells
        station = cells.get("locationID") or cells.get("locationName") or ""
        name = cells.get("deploymentID") or "/".join(
            part for part in (station, cells.get("cameraID", "")) if part
        )
        spot = cells.get("latitude", ""), cells.get("longitude", "")
        if not name and any(spot):
            name = self.places.setdefault(spot, f"place {len(self.places) + 1}")
        if not name:
            return ""
        cells["deploymentID"] = name
        one = replace(deployment_of(line, self.prefix), extra={})
        known = self.survey.deployment(one.id)
        if known is not None and (known.latitude, known.longitude) != (one.latitude, one.longitude):
            line.note("latitude", "expected one position for a deployment; the first row counts")
        elif known is None:
            self.survey.add(one)
        return one.id

    def _media(self, line: Line, where: str, file: str) -> Media:
        line.cells["mediaID"] = line.cells.get("mediaID") or file.replace("\\", "/")
        media = replace(media_of(line, self.prefix), deployment=where, extra={})
        if self.survey.add(media) is Added.OTHER:
            line.note("filePath", "this file is in another row with another time or place", file)
        return media

    def _observation(self, line: Line, where: str, media: Media | None) -> None:
        flank = _flank(line)
        box, tags = _box(line), _disputed(line)
        cells = line.cells
        cells["observationID"] = cells.get("observationID") or f"{line.file} row {line.number}"
        cells["mediaID"] = ""
        if not cells.get("observationType"):
            cells["observationType"] = "animal"
        words = _words(line)
        named = individual_of(line.text("individualID"))
        one = observation_of(line, self.prefix)
        start = one.start or (media.at if media else line.time("timestamp"))
        one = replace(
            one,
            deployment=where,
            media=media.id if media else "",
            level="media" if media else "event",
            start=start,
            end=one.end or start,
            individual=prefixed(self.prefix, named),
            flank=flank or one.flank,
            box_px=box,
            tags=(*one.tags, *tags),
            extra={k: v for k, v in line.rest().items() if k not in ("mediaID",)} | words,
        )
        if self.survey.add(one) is not Added.NEW:
            line.refuse("observationID", "expected each id once; the first row counts")


def _ours(theirs: Line, meant: Sequence[ColumnMeant]) -> Line:
    """The same row in our words: constants filled in, times put together and read."""
    cells: dict[str, str] = {}
    names: dict[str, str] = {}
    line = Line(theirs.file, theirs.number, cells, theirs.problems, theirs.day_first, names=names)
    mapped = {one.theirs for one in meant}
    cells |= {name: cell for name, cell in theirs.cells.items() if name not in mapped}
    for ours in dict.fromkeys(one.ours for one in meant):
        parts = [one for one in meant if one.ours == ours]
        written = [one.value or theirs.text(one.theirs) for one in parts]
        names[ours] = " + ".join(one.theirs or f"{ours} (a value for all rows)" for one in parts)
        cells[ours] = _time(line, ours, parts, written) if is_time(ours) else written[0]
    return line


def _time(line: Line, ours: str, parts: Sequence[ColumnMeant], written: list[str]) -> str:
    """A date and a clock as one; by its ``format`` where the mapping has one."""
    if not written[0]:
        return ""  # a clock without a day is no time
    if len(written) == 2:
        written = [_part(written[0], 0), _part(written[1], 1)]
    text = " ".join(part for part in written if part)
    shape = " ".join(one.format for one, part in zip(parts, written, strict=True) if part)
    if not all(one.format for one, part in zip(parts, written, strict=True) if part):
        return text
    try:
        return datetime.strptime(text, shape).isoformat()
    except ValueError:
        line.note(ours, f"expected a time written as {shape}", text)
        return ""


def _part(text: str, place: int) -> str:
    """Of a spreadsheet's date (at midnight) the day, of its clock (on some day 0) the clock."""
    day, mark, clock = text.partition("T")
    return (day if place == 0 else clock) if mark and len(day) == 10 else text


def _flank(line: Line) -> str:
    said = line.text("flank")
    flank, unsure = flank_of(said)
    if unsure and not flank:
        line.refuse("flank", "expected left, right, front or back")
    return flank


def _box(line: Line) -> RelativeBox | None:
    """x, y, width, height in pixels, with whatever between."""
    written = line.text(BOX)
    if not written:
        return None
    plain = written.strip("[]()").replace(";", " ").replace(",", " ").split()
    try:
        x, y, width, height = (float(json.loads(part)) for part in plain)
    except (ValueError, TypeError):
        line.refuse(BOX, "expected x, y, width, height in pixels")
        return None
    if min(width, height) > 0 and min(x + width, y + height) > 0:
        return x, y, width, height
    line.refuse(BOX, "expected a box in the picture, with a positive size")
    return None


def _disputed(line: Line) -> tuple[str, ...]:
    at = line.time(DISPUTED_TIME)
    return (f"{DISPUTED}{at.isoformat()}",) if at else ()


def _words(line: Line) -> dict[str, str]:
    found = {}
    for ours, known in zip(_KEEP, (SEXES, AGES), strict=True):
        told = line.text(ours).lower()
        if told in known:
            found[ours] = known[told]
        elif told and told != "unknown":
            line.refuse(ours, f"expected one of {', '.join(dict.fromkeys(known.values()))}")
    return found
