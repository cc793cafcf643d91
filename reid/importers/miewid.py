"""The CSV table that MiewID (wbia-plugin-miew-id) trains and evaluates on: a row an animal."""

from __future__ import annotations

import math
from pathlib import Path

from reid.importers.camtrap_rows import prefixed
from reid.importers.contract import Reading
from reid.importers.lines import Line, read_lines
from reid.importers.vocabulary import flank_of, individual_of
from reid.survey import Media, Observation, Problems, Survey
from reid.survey.records import RelativeBox
from reid.survey.survey import Added

XYWH = ("x", "y", "w", "h")
SMALL_RAD = 0.1
"""MiewID takes a box turned by less for one that stands straight."""
_OWN = {"theta", "viewpoint", *XYWH, "bbox"}
_NAMES = ("name", "individual", "individual_id")
_IDS = ("annot_uuid", "annotation_uuid", "uuid", "id")


class MiewIdTable:
    """``name``, ``file_path`` or ``file_name``, and of ``theta, viewpoint, x, y, w, h, species,
    image_uuid`` what there is. ``datetime`` or ``date`` and ``encounter`` are read too.
    """

    def matches(self, path: Path) -> bool:
        """A table whose header names an individual, a file, and a turned box or a viewpoint."""
        if path.suffix.lower() != ".csv" or not path.is_file():
            return False
        with path.open("rb") as file:
            header = file.readline().decode("utf-8", errors="replace").lstrip("\ufeff").strip()
        names = {name.strip(' "') for name in header.replace(";", ",").split(",")}
        return bool(
            names & set(_NAMES) and names & {"file_name", "file_path"} and len(names & _OWN) > 0
        )

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`."""
        required = ("viewpoint", "species", *XYWH)
        lines = read_lines(
            lambda: path.open("rb"),
            path.name,
            problems,
            required=required,
            day_first=reading.day_first,
        )
        for line in lines:
            file = line.text("file_path") or line.text("file_name")
            if not file:
                line.refuse("file_name", "expected the name of a file; the row is passed over")
                continue
            media = _media(line, file, reading.prefix)
            if survey.add(media) is Added.OTHER:
                line.refuse("image_uuid", "expected one file for an id; the first row counts")
                continue
            if survey.add(_observation(line, media, reading.prefix)) is not Added.NEW:
                line.refuse(_id_column(line), "expected each id once; the first row counts")
        return path.parent


def _media(line: Line, file: str, prefix: str) -> Media:
    name = line.text("image_uuid") or file.replace("\\", "/")
    when = line.time("datetime") or line.time("date")
    return Media(prefixed(prefix, name), "", file, when, licence=line.licence())


def _observation(line: Line, media: Media, prefix: str) -> Observation:
    flank, told = flank_of(line.text("viewpoint"))
    name = next((line.text(column) for column in _NAMES if line.text(column)), "")
    box, turned = _box(line)
    species = line.text("species").replace("_", " ")
    own = line.text(_id_column(line))
    return Observation(
        prefixed(prefix, own or f"{line.file} row {line.number}"),
        "",
        media.id,
        prefixed(prefix, line.text("encounter")),
        media.at,
        media.at,
        species=species.capitalize() if " " in species else species,
        individual=prefixed(prefix, individual_of(name)),
        flank=flank,
        box_px=box,
        extra=line.rest() | turned | ({"viewpoint": told} if told else {}),
        licence=media.licence,
    )


def _id_column(line: Line) -> str:
    return next((column for column in _IDS if line.text(column)), _IDS[0])


def _box(line: Line) -> tuple[RelativeBox | None, dict[str, str]]:
    """In pixels, upright; of a turned one the box around it, and what turned it."""
    values = _values(line)
    if values is None:
        return None, {}
    x, y, width, height = values
    if min(width, height) <= 0 or min(x + width, y + height) <= 0:
        for column in XYWH if line.text("x") else ("bbox",):
            line.refuse(column, "expected a box in the picture, with a positive size")
        return None, {}
    theta = line.number_in("theta", -math.tau, math.tau) or 0.0
    if abs(theta) < SMALL_RAD:
        return values, {}
    kept = dict(zip(XYWH, (f"{value:g}" for value in values), strict=True))
    return around(values, theta), {"theta": f"{theta!r}", **kept}


def _values(line: Line) -> RelativeBox | None:
    if not any(line.text(column) for column in XYWH):
        return line.written_box("bbox", "pixels")
    values = [line.number_in(column) for column in XYWH]
    if None in values:
        line.refuse("x", "expected all four of x, y, w, h in pixels")
        return None
    x, y, width, height = (value for value in values if value is not None)
    return x, y, width, height


def around(box: RelativeBox, theta_rad: float) -> RelativeBox:
    """The upright box around one that is turned about its middle; cut at 0, not at far edges."""
    x, y, width, height = box
    cos, sin = abs(math.cos(theta_rad)), abs(math.sin(theta_rad))
    wide, high = width * cos + height * sin, width * sin + height * cos
    left, top = x + (width - wide) / 2, y + (height - high) / 2
    right, bottom = left + wide, top + high
    left, top = max(0.0, left), max(0.0, top)
    return left, top, right - left, bottom - top
