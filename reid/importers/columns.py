"""What the columns of a table that fits no format mean, in Camtrap DP's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from reid.errors import InputError, TableError
from reid.importers.lines import Line, read_lines
from reid.survey import Problems
from reid.survey.camtrap import TABLES

BOX = "bbox"
MAPPING = "table-columns"
"""Under which name a survey keeps how columns were taken, as CSV."""
DISPUTED_TIME = "disputedTime"
LICENCE = "license"
HEADER = ("theirs", "ours", "value", "format")
OURS = tuple(
    dict.fromkeys(
        [
            *(name for columns in TABLES.values() for name, _, _ in columns),
            *("flank", BOX, DISPUTED_TIME, LICENCE),
        ]
    )
)
"""Every word on our side: Camtrap DP's, and ``flank``, ``bbox`` (x, y, width, height in pixels),
``disputedTime``; ``license`` is Darwin Core's."""
_SAID: dict[str, str] = {
    "filePath": "file path, file, filename, image, image name, photo, photo name, picture, path, "
    "relative path, filepath, media, фото, файл, снимок, foto, imagen, archivo, fichier, bild",
    "timestamp": "timestamp, datetime, date time, date, time, datetimeoriginal, date taken, дата, "
    "время, дата время, fecha, hora, fecha hora, heure, datum, uhrzeit",
    "eventID": "event id, event, sighting, sighting id, sequence, sequence id, encounter, "
    "encounter id, burst, событие, встреча, evento, événement",
    "individualID": "individual id, individual, animal, animal id, name, leopard, leopard id, "
    "identity, id individual, особь, имя, леопард, individuo, individu, tier",
    "locationID": "location id, location, station, station id, site, site id, trap, trap id, "
    "camera station, станция, место, точка, estación, estacion, sitio, lieu, standort",
    "cameraID": "camera id, camera, cam, камера, фотоловушка, cámara, camara, caméra, kamera",
    "deploymentID": "deployment id, deployment",
    "latitude": "latitude, lat, decimallatitude, y lat, широта, latitud, breite",
    "longitude": "longitude, lon, lng, long, decimallongitude, долгота, longitud, länge",
    "deploymentStart": "deployment start, setup date, start date, установка",
    "deploymentEnd": "deployment end, retrieval date, end date, снятие",
    "scientificName": "scientific name, species, вид, especie, espèce, art",
    "count": "count, number of animals, group size, число, количество",
    "sex": "sex, gender, пол, sexo, sexe, geschlecht",
    "lifeStage": "life stage, age, age class, возраст, edad, âge, alter",
    "flank": "flank, side, orientation, viewpoint, бок, сторона, lado, flanc, seite",
    "bbox": "bbox, box, bounding box",
    "classifiedBy": "classified by, identified by, observer, определил, identificado por",
    "license": "licence, rights, лицензия, licencia, lizenz",
    "observationComments": "comments, comment, notes, remarks, примечание, notas, remarques",
}


@dataclass(frozen=True, slots=True)
class ColumnMeant:
    """``theirs``: a column of the table, or "" for a ``value`` that holds for every row.

    ``format``: how a time is written, as ``%d.%m.%Y %H:%M`` (Python's and C's letters). Two
    columns of one time, date and clock, are joined in the order in which they are listed.
    """

    theirs: str
    ours: str
    value: str = ""
    format: str = ""


def read_columns(content: bytes, name: str = "columns") -> tuple[ColumnMeant, ...]:
    """A mapping as CSV: ``theirs,ours`` and, where needed, ``value,format``.

    Raises:
        InputError: no such word of ours (near ones are named), a word said twice, a broken table.
    """
    problems = Problems()
    try:
        lines = list(read_lines(lambda: BytesIO(content), name, problems, required=HEADER[:2]))
    except TableError as error:
        raise InputError(str(error)) from error
    if lines and not {"theirs", "ours"} <= lines[0].cells.keys():
        raise InputError(f"{name}: expected the columns theirs, ours, value, format")
    found = tuple(_meant(line) for line in lines if any(line.cells.values()))
    _check(found, name)
    return found


def _meant(line: Line) -> ColumnMeant:
    theirs, ours, value, shape = (line.cells.get(column, "") for column in HEADER)
    where = f"{line.file}, row {line.number}"
    if ours not in OURS:
        near = difflib.get_close_matches(ours, OURS, n=2, cutoff=0.5)
        lower = [word for word in OURS if word.lower() == ours.lower()]
        hint = " or ".join(lower or near)
        known = f"did you mean {hint}?" if hint else f"known are {', '.join(OURS)}"
        raise InputError(f"{where}, column ours: expected a known word, found {ours!r}; {known}")
    if bool(theirs) == bool(value):
        raise InputError(f"{where}: expected a column (theirs) or a value for all rows, not both")
    if shape and "%" not in shape:
        raise InputError(
            f"{where}, column format: expected something like %d.%m.%Y %H:%M, found {shape!r}"
        )
    return ColumnMeant(theirs, ours, value, shape)


def _check(meant: Sequence[ColumnMeant], name: str) -> None:
    if not meant:
        raise InputError(f"{name}: expected at least one row, found none")
    for one in meant:
        same = [other for other in meant if other.ours == one.ours]
        if len(same) > 1 and not is_time(one.ours):
            raise InputError(f"{name}: expected {one.ours} once, found it {len(same)} times")


def is_time(ours: str) -> bool:
    """Whether a word of ours is a time, which may be joined of a date and a clock."""
    times = {name for columns in TABLES.values() for name, kind, _ in columns if kind == "datetime"}
    return ours in times or ours == DISPUTED_TIME


def proposed(header: Sequence[str]) -> tuple[ColumnMeant, ...]:
    """How the columns of a header are probably meant; columns that nobody knows are left out."""
    found: list[ColumnMeant] = []
    for theirs in header:
        ours = _recognised(theirs)
        taken = [one.ours for one in found]
        if ours and (ours not in taken or (is_time(ours) and taken.count(ours) < 2)):
            found.append(ColumnMeant(theirs, ours))
    return tuple(found)


def _recognised(theirs: str) -> str:
    key = _plain(theirs)
    exact = next((word for word in OURS if _plain(word) == key), "")
    if exact or not key:
        return exact
    return next((ours for ours, said in _SAID.items() if key in _spellings(said)), "")


def _spellings(said: str) -> set[str]:
    return {_plain(one) for one in said.split(",")}


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def as_csv(meant: Sequence[ColumnMeant]) -> str:
    """The mapping as ``read_columns`` reads it."""
    return "".join(f"{row}\n" for row in _rows(meant))


def _rows(meant: Sequence[ColumnMeant]) -> Iterator[str]:
    yield ",".join(HEADER)
    for one in meant:
        cells = (one.theirs, one.ours, one.value, one.format)
        yield ",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' if _odd(c) else c for c in cells)


def _odd(cell: str) -> bool:
    return any(mark in cell for mark in ',;"\t\n')
