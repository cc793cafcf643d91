"""Wildbook's bulk import spreadsheet: a row an encounter, that is one animal, with its files.

Columns: docs.wildme.org, "Bulk Import". Names are taken without regard to case, as its own pages
write them both ways.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from reid.importers.camtrap_rows import inside, position_of, prefixed
from reid.importers.contract import Reading
from reid.importers.lines import Line
from reid.importers.sheets import SUFFIXES, first_header, table_lines
from reid.importers.vocabulary import AGES, SEXES, flank_of, individual_of
from reid.importers.wildbook_columns import BESIDE, EVENT, PERSON, SIGHTING
from reid.survey import Deployment, Media, Observation, Problems, Survey
from reid.survey.records import RelativeBox
from reid.survey.survey import Added

_TABLE = re.compile(r"(encounter|occurrence|sighting|markedindividual|membership|survey)\.", re.I)
_ASSET = re.compile(r"Encounter\.mediaAsset(\d+)", re.I)
_KNOWN = (
    *("Encounter.genus", "Encounter.specificEpithet", "Encounter.year", "Encounter.month"),
    *("Encounter.day", "Encounter.hour", "Encounter.minutes", "Encounter.decimalLatitude"),
    *("Encounter.decimalLongitude", "Encounter.locationID", "Encounter.verbatimLocality"),
    *("Encounter.dateInMilliseconds", "Encounter.sex", "Encounter.lifeStage", EVENT),
    *("Encounter.occurrenceRemarks", *PERSON, *SIGHTING),
)
_PROPER = {name.lower(): name for name in _KNOWN}
_SIDES = re.compile(r"[_,;|]")


class WildbookSheet:
    """``.xlsx`` or CSV with Encounter columns; files by their names."""

    def matches(self, path: Path) -> bool:
        """By its header, in whichever sheet."""
        if path.suffix.lower() not in (*SUFFIXES, ".csv") or not path.is_file():
            return False
        return bool(first_header(path, _is_header))

    def read(self, path: Path, survey: Survey, problems: Problems, reading: Reading) -> Path:
        """As `Importer.read`."""
        lines = list(map(_proper, table_lines(path, problems, _fits, day_first=reading.day_first)))
        beside = {one.cells["mediaAsset"]: one for one in lines if "mediaAsset" in one.cells}
        rows = [line for line in lines if "mediaAsset" not in line.cells]
        for name in ("Encounter.mediaAsset0", "Encounter.genus", "Encounter.year"):
            if rows and not any(name in line.cells for line in rows):
                problems.add(rows[0].file, 1, name, "expected this column")
        if not rows:
            problems.add(path.name, 0, "", "expected encounters, a row each, found none")
        reader = _Reader(survey, reading.prefix, beside, _events(rows))
        for line in rows:
            reader.encounter(line)
        return path.parent


def _is_header(cells: Sequence[str]) -> bool:
    return sum(bool(_TABLE.match(cell)) for cell in cells) > 1


def _fits(cells: Sequence[str]) -> bool:
    """Encounters, or the sheet that our own export has beside them."""
    return _is_header(cells) or set(BESIDE) <= set(cells)


def _proper(line: Line) -> Line:
    """Columns as Wildbook's pages spell them."""

    def spelled(name: str) -> str:
        asset = _ASSET.match(name)
        if asset:
            return f"Encounter.mediaAsset{int(asset[1])}{name[asset.end() :]}"
        return _PROPER.get(name.lower(), name)

    line.names = {spelled(name): name for name in line.cells if spelled(name) != name}
    line.cells = {spelled(name): cell for name, cell in line.cells.items()}
    return line


def _events(rows: Sequence[Line]) -> dict[int, str]:
    """The event of each row: its sighting, of its own where nobody says that it is one animal.

    Encounters of a sighting are several animals until they have one name: an encounter without
    a name beside others must not be taken for them.
    """
    together: dict[str, list[Line]] = defaultdict(list)
    for line in rows:
        if _sighting(line):
            together[_sighting(line)].append(line)
    found = {}
    for name, lines in together.items():
        unnamed = 0
        for line in lines:
            unnamed += not _person(line)
            alone = len(lines) == 1 or bool(_person(line))
            found[id(line)] = name if alone else f"{name}/{unnamed}"
    return found


def _sighting(line: Line) -> str:
    ours = line.text(EVENT)
    if ours.startswith("reid:"):
        return ours.removeprefix("reid:")
    return next((line.text(column) for column in SIGHTING if line.text(column)), "")


def _person(line: Line) -> str:
    told = next((line.text(column) for column in PERSON if line.text(column)), "")
    return individual_of(told)


@dataclass(slots=True)
class _Reader:
    """Encounters into a survey; places by what is told of them."""

    survey: Survey
    prefix: str
    beside: dict[str, Line]
    events: dict[int, str]
    places: dict[tuple[str, str, float | None, float | None], str] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)

    def encounter(self, line: Line) -> None:
        """One row: its files, and the animal in each."""
        where, when = self._place(line), _when(line)
        files = list(_files(line))
        if not files:
            line.refuse("Encounter.mediaAsset0", "expected the name of a file")
        event = self.events.get(id(line)) or f"{line.file} row {line.number}"
        made = [self._file(line, number, name, where, when) for number, name in files]
        told = _told(line)
        for number, media in enumerate(made or [None]):
            self._observe(line, number, media, event, where, when, told)

    def _place(self, line: Line) -> str:
        """Its deployment's id: one for every location and position."""
        latitude, longitude = position_of(
            line, "Encounter.decimalLatitude", "Encounter.decimalLongitude"
        )
        location, words = line.text("Encounter.locationID"), line.text("Encounter.verbatimLocality")
        key = location, words, latitude, longitude
        if key == ("", "", None, None):
            return ""
        if key not in self.places:
            base = location or words or "position"
            self.names[base] += 1
            name = base if self.names[base] == 1 else f"{base}#{self.names[base]}"
            self.places[key] = prefixed(self.prefix, name)
            self.survey.add(
                Deployment(self.places[key], name if location else "", words, latitude, longitude)
            )
        return self.places[key]

    def _file(self, line: Line, number: int, name: str, where: str, when: datetime | None) -> Media:
        own = self.beside.get(name)
        path = (own.text("filePath") if own else "") or name
        at = own.time("timestamp") if own else None
        known = prefixed(self.prefix, path.replace("\\", "/"))
        media = Media(known, where, path, at or when)
        if self.survey.add(media) is Added.OTHER:
            told = "this file is of another encounter too, at another time or place"
            line.note(f"Encounter.mediaAsset{number}", told, name)
        return media

    def _observe(
        self,
        line: Line,
        number: int,
        media: Media | None,
        event: str,
        where: str,
        when: datetime | None,
        told: _Told,
    ) -> None:
        asset = f"Encounter.mediaAsset{number}"
        words = _SIDES.split(
            line.text(f"{asset}.keywords") or line.text(f"Encounter.keyword{number}")
        )
        flanks = {flank_of(word)[0] for word in words if word} - {""}
        own = self.beside.get(line.cells.get(asset, ""))
        start = own.time("eventStart") if own else None
        one = Observation(
            prefixed(self.prefix, f"{line.file} row {line.number}/{number}"),
            where,
            media.id if media else "",
            prefixed(self.prefix, event),
            start or when,
            start or when,
            "media" if media else "event",
            species=told.species,
            count=1,
            individual=prefixed(self.prefix, _person(line)),
            flank=flanks.pop() if len(flanks) == 1 else "",
            box=_box(own) if own else None,
            comments=line.text("Encounter.occurrenceRemarks"),
            extra=told.extra,
        )
        self.survey.add(one)


@dataclass(frozen=True, slots=True)
class _Told:
    species: str
    extra: dict[str, str]


def _told(line: Line) -> _Told:
    """Species, and what has no place of its own here."""
    genus, epithet = line.text("Encounter.genus"), line.text("Encounter.specificEpithet")
    if not genus:
        line.refuse("Encounter.genus", "expected a genus such as Panthera")
    own = {}
    for column, ours, known in (
        ("Encounter.sex", "sex", SEXES),
        ("Encounter.lifeStage", "lifeStage", AGES),
    ):
        told = line.text(column).lower()
        if told in known:
            own[ours] = known[told]
        elif told and told != "unknown":
            line.refuse(column, f"expected one of {', '.join(dict.fromkeys(known.values()))}")
    rest = {k: v for k, v in line.rest().items() if not _ASSET.fullmatch(k)}
    return _Told(f"{genus} {epithet}".strip(), rest | own)


def _files(line: Line) -> Iterator[tuple[int, str]]:
    for column in line.cells:
        asset = _ASSET.fullmatch(column)
        if asset and line.text(column):
            yield int(asset[1]), line.text(column)


def _when(line: Line) -> datetime | None:
    """The clock's time; with a day alone its midnight, and that is noted; less is no time."""
    exact = line.number_in("Encounter.dateInMilliseconds", 631_152_000_000, 4_102_444_800_000)
    if exact:
        return datetime.fromtimestamp(exact / 1000, UTC)
    year = _whole(line, "Encounter.year", 1990, 2100)
    month, day = _whole(line, "Encounter.month", 1, 12), _whole(line, "Encounter.day", 1, 31)
    if year is None or month is None or day is None:
        if year is not None:
            told = "expected year, month and day; without them the time stays unknown"
            line.note("Encounter.day" if month else "Encounter.month", told)
            for column in ("Encounter.year", "Encounter.month"):
                line.asked.discard(column)
        return None
    hour = _whole(line, "Encounter.hour", 0, 24)
    minutes = _whole(line, "Encounter.minutes", 0, 60) or 0
    if hour is None:
        line.note("Encounter.hour", "no hour; taken as 00:00 of the day")
    try:
        at = datetime(year, month, day, (hour or 0) % 24, minutes % 60)
    except ValueError:
        line.refuse("Encounter.day", "expected an existing day")
        return None
    line.note("Encounter.year", "no time zone; taken as local time")
    return at


def _whole(line: Line, column: str, least: int, most: int) -> int | None:
    value = line.number_in(column, least, most)
    return None if value is None else int(value)


def _box(own: Line) -> RelativeBox | None:
    """Left, top, width, height in shares, from our own sheet."""
    written = own.text("bbox").split()
    if len(written) != 4:
        return None
    try:
        x, y, width, height = map(float, written)
    except ValueError:
        own.refuse("bbox", "expected x y width height in shares of the picture")
        return None
    return inside(x, y, width, height)
