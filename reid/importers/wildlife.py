"""The metadata table of the wildlife-datasets library: one row an animal in a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reid.importers.camtrap_rows import inside, prefixed
from reid.importers.contract import Reading
from reid.importers.lines import Line, read_lines
from reid.importers.vocabulary import individual_of
from reid.survey import Media, Observation, Problems, Survey
from reid.survey.records import RelativeBox
from reid.survey.survey import Added
from reid.types import Flank


class WildlifeTable:
    """``identity, path`` and, where they are, ``bbox, date, orientation, species, image_id``.

    ``segmentation`` and all other columns are kept as they stand.
    """

    def matches(self, path: Path) -> bool:
        """A table whose header names identity and path."""
        if path.suffix.lower() != ".csv" or not path.is_file():
            return False
        with path.open("rb") as file:
            header = file.readline().decode("utf-8", errors="replace").lstrip("\ufeff").strip()
        names = {name.strip(' "') for name in header.replace(";", ",").split(",")}
        return {"identity", "path"} <= names

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`."""
        for line in _rows(path, problems, reading):
            file = line.text("path")
            if not file:
                line.refuse("path", "expected the path of a file; the row is passed over")
                continue
            at = line.time("date")
            name = prefixed(reading.prefix, file.replace("\\", "/"))
            licence = line.licence()
            survey.add(Media(name, "", file, at, licence=licence))
            one = replace(_observation(line, name, reading.prefix), licence=licence)
            if survey.add(one) is not Added.NEW:
                line.refuse("image_id", "expected each id once; the first row counts")
        return path.parent


def _rows(path: Path, problems: Problems, reading: Reading) -> Iterator[Line]:
    return read_lines(
        lambda: path.open("rb"),
        path.name,
        problems,
        required=("identity", "path"),
        day_first=reading.day_first,
    )


def _observation(line: Line, media: str, prefix: str) -> Observation:
    identity = line.text("identity")
    written = line.text("orientation").lower()
    flank = written if written in set(Flank) else ""
    if written and not flank:
        line.refuse("orientation", f"expected one of {', '.join(Flank)}; kept as it stands")
    return Observation(
        prefixed(prefix, line.text("image_id") or f"row {line.number}"),
        "",
        media,
        start=line.time("date"),
        individual=prefixed(prefix, individual_of(identity)),
        species=line.text("species"),
        flank=flank,
        event=prefixed(prefix, line.text("encounter")),
        box=_shares(line),
        box_px=_box(line),
        extra=line.rest(),
    )


def _box(line: Line) -> RelativeBox | None:
    """[x, y, width, height] in pixels."""
    values = line.written_box("bbox", "pixels")
    if values is None:
        return None
    x, y, width, height = values
    if width > 0 and height > 0 and min(x + width, y + height) > 0:
        return x, y, width, height
    line.refuse("bbox", "expected a box in the picture, with a positive size")
    return None


def _shares(line: Line) -> RelativeBox | None:
    """Our own column ``bbox_relative``: [x, y, width, height] in shares of the picture."""
    if line.text("bbox"):
        return None
    values = line.written_box("bbox_relative", "shares of the picture")
    return None if values is None else inside(*values)
