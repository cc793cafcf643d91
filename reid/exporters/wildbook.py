"""Wildbook's bulk import spreadsheet: an encounter for each animal of a sighting, 200 a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from reid.exporters.contract import Writing, Written
from reid.exporters.workbook import Row, write_sheets
from reid.importers.plan import Planned, PlannedFile, plan
from reid.importers.wildbook_columns import BESIDE, EVENT, MOST_ENCOUNTERS, OWN_SHEET
from reid.survey import Survey
from reid.types import Flank

_FIRST = (
    *("Encounter.occurrenceID", EVENT, "MarkedIndividual.individualID", "Encounter.genus"),
    *("Encounter.specificEpithet", "Encounter.year", "Encounter.month", "Encounter.day"),
    *("Encounter.hour", "Encounter.minutes", "Encounter.locationID", "Encounter.verbatimLocality"),
    *("Encounter.decimalLatitude", "Encounter.decimalLongitude", "Encounter.sex"),
    *("Encounter.lifeStage", "Encounter.submitterID", "Encounter.occurrenceRemarks"),
)
_BACK = re.compile(r"(Encounter|Occurrence|Sighting|MarkedIndividual|Membership|Survey)\.")
_LEOPARD = ("Panthera", "pardus")


class WildbookSheets:
    """``wildbook.xlsx``, or ``wildbook-1.xlsx`` ... where there are more encounters."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        names = _Names()
        planned = iter(plan(survey, writing.species))
        files: list[Path] = []
        parts: list[list[Planned]] = []
        while part := list(islice(planned, MOST_ENCOUNTERS)):
            parts.append(part)
        for number, part in enumerate(parts or [[]], start=1):
            beside: list[Row] = []
            rows = [_encounter(one, names, beside) for one in part]
            columns = _columns(rows)
            name = f"wildbook-{number}.xlsx" if len(parts) > 1 else "wildbook.xlsx"
            sheets = {"encounters": (columns, rows), OWN_SHEET: (BESIDE, beside)}
            files.append(write_sheets(target / name, sheets))
        return Written(tuple(files), tuple(_notes(names)))


@dataclass(slots=True)
class _Names:
    """File names as Wildbook takes them: letters, digits, dots and spaces, each one's own."""

    taken: set[str] = field(default_factory=set)
    renamed: int = 0
    seconds: int = 0
    without_files: int = 0

    def of(self, path: str) -> str:
        """The name of a file in the folder that is uploaded; the second of a name gets a number."""
        last = path.replace("\\", "/").rpartition("/")[2]
        plain = re.sub(r"[^A-Za-z0-9. ]+", " ", last).strip(" .") or "picture"
        stem, dot, ending = plain.rpartition(".")
        number, tried = 1, plain
        while tried.lower() in self.taken:
            number += 1
            tried = f"{stem or ending} {number}{dot}{ending if stem else ''}"
        self.taken.add(tried.lower())
        self.renamed += tried != path
        return tried


def _encounter(one: Planned, names: _Names, beside: list[Row]) -> Row:
    first = one.observations[0]
    genus, _, epithet = first.species.partition(" ")
    row: dict[str, object] = {k: v for k, v in first.extra.items() if _BACK.match(k)}
    row |= {
        "Encounter.occurrenceID": re.sub(r"[^A-Za-z0-9_-]+", "_", one.id),
        EVENT: f"reid:{one.id}",
        "MarkedIndividual.individualID": one.individual,
        "Encounter.genus": genus.capitalize() if epithet else _LEOPARD[0],
        "Encounter.specificEpithet": epithet if epithet else _LEOPARD[1],
        "Encounter.sex": first.extra.get("sex", ""),
        "Encounter.lifeStage": first.extra.get("lifeStage", ""),
        "Encounter.occurrenceRemarks": _remarks(one),
    }
    row |= {**_time(one, names), **_place(one)}
    for number, file in enumerate(one.files):
        asset = names.of(file.media.path)
        row[f"Encounter.mediaAsset{number}"] = asset
        if file.flank and file.flank != Flank.UNKNOWN:
            row[f"Encounter.mediaAsset{number}.keywords"] = file.flank
        beside.append(_beside(asset, file, one))
    names.without_files += not one.files
    return row


def _time(one: Planned, names: _Names) -> Row:
    if not one.times:
        return {}
    at = one.times[0].at
    names.seconds += bool(at.second or at.microsecond or at.tzinfo)
    return {
        "Encounter.year": at.year,
        "Encounter.month": at.month,
        "Encounter.day": at.day,
        "Encounter.hour": at.hour,
        "Encounter.minutes": f"{at.minute:02d}",
    }


def _place(one: Planned) -> Row:
    if one.deployment is None:
        return {}
    return {
        "Encounter.locationID": one.deployment.location or one.deployment.id,
        "Encounter.verbatimLocality": one.deployment.name,
        "Encounter.decimalLatitude": one.deployment.latitude,
        "Encounter.decimalLongitude": one.deployment.longitude,
    }


def _remarks(one: Planned) -> str:
    told = [seen.comments for seen in one.observations if seen.comments]
    told += [f"time disputed: also {time.at.isoformat()}" for time in one.times[1:]]
    return "; ".join(dict.fromkeys(told))


def _beside(asset: str, file: PlannedFile, one: Planned) -> Row:
    boxes = [" ".join(f"{value!r}" for value in box) for box in file.boxes[:1]]
    return {
        "mediaAsset": asset,
        "filePath": file.media.path,
        "timestamp": file.media.at.isoformat() if file.media.at else "",
        "eventStart": one.times[0].at.isoformat() if one.times else "",
        "bbox": boxes[0] if boxes else "",
    }


def _columns(rows: list[Row]) -> list[str]:
    """The usual ones, what came from a Wildbook, files; empty ones are left out, as it asks."""
    filled = {column for row in rows for column, value in row.items() if value not in (None, "")}
    files = sorted((c for c in filled if ".mediaAsset" in c), key=_number)
    others = sorted(filled - set(_FIRST) - set(files))
    return [*(c for c in _FIRST if c in filled), *others, *files] or list(_FIRST)


def _number(column: str) -> tuple[int, str]:
    found = re.search(r"mediaAsset(\d+)", column)
    return int(found[1]) if found else 0, column


def _notes(names: _Names) -> Iterator[str]:
    if names.renamed:
        yield (
            f"{names.renamed} files have another name or folder in Wildbook's column mediaAsset: "
            f"copy them under that name; the sheet {OWN_SHEET} says which is which"
        )
    if names.without_files:
        yield f"{names.without_files} encounters have no file, and Wildbook asks for one"
    if names.seconds:
        yield f"{names.seconds} times lose their seconds or time zone in Wildbook's columns"
    yield "Encounter.locationID must be a location that the Wildbook knows: check before the import"
