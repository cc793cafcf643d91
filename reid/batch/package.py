"""A Camtrap DP package as an archive: its files, with what its tables tell of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from reid.batch.sources import Entry, entry_of, told_of
from reid.importers.camtrap import PACKAGE, CamtrapPackage
from reid.importers.contract import Reading
from reid.importers.files import DESCRIPTOR, Files, parts_of
from reid.importers.licences import licences_of
from reid.importers.plan import SPECIES, disputed, plan
from reid.importers.store import fit
from reid.survey import Deployment, Media, Observation, Problems, Survey
from reid.survey.records import RelativeBox
from reid.tables import ListedMedia
from reid.types import Box, CandidateTime, Flank
from reid.types.licences import together

REMOTE = (
    "a URL: nothing is fetched; put the file below the package's folder and say so in its table"
)
OUTSIDE = "expected a path below the package's folder, found one that leads out of it"
NOWHERE = "no file at this path"
NO_PATH = "expected a path of the file in its row of the table media"
TIMESTAMP, EVENT_START, OTHER_TIME = "timestamp", "eventStart", "datetime_alt (disputedTime)"
"""What times are called that a file's row, its event and its tags tell."""


@dataclass(slots=True)
class _Told:
    """What observations tell of a file; ``sightings`` are those that show it."""

    sightings: dict[str, None] = field(default_factory=dict)
    flanks: set[str] = field(default_factory=set)
    boxes: dict[RelativeBox, None] = field(default_factory=dict)
    boxes_px: dict[RelativeBox, None] = field(default_factory=dict)
    others: dict[CandidateTime, None] = field(default_factory=dict)
    licences: set[str] = field(default_factory=set)


class CamtrapSource:
    """A package's folder: every file of its table media, whatever was seen on it.

    What a package calls one event is one sighting, as far as it does not tell several animals of
    an event apart. Files of no event are put together by time, as those of any archive are.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        problems, found = Problems(), dict[str, tuple[ListedMedia, str]]()
        with Survey() as survey:
            CamtrapPackage().read(root, survey, problems, Reading())
            for listed, trouble in _listed(survey, Files(root)):
                if listed.name in found:
                    expected = "expected each file in one row; the first counts"
                    problems.add("media", 0, "filePath", expected)
                found.setdefault(listed.name, (listed, trouble))
        self._found = [found[name] for name in sorted(found)]
        self.notes = tuple(_notes(problems))

    def entries(self) -> Iterator[Entry]:
        """Files by path; one that is not there has size -1."""
        for listed, trouble in self._found:
            if trouble:  # never looked for: the path may lead anywhere
                yield Entry(listed.name, -1, 0, {**told_of(listed), "trouble": trouble})
            else:
                yield entry_of(self.root, listed)


def _listed(survey: Survey, files: Files) -> Iterator[tuple[ListedMedia, str]]:
    """Every file, and why it cannot be read where that is known."""
    told, events = _told(survey), _events(survey)
    rest = licences_of(survey.meta(PACKAGE) or {}, DESCRIPTOR, Problems()).data
    for media in survey.media():
        inside = files.inside(media.path)
        trouble = "" if inside is not None else _trouble(media.path)
        own, event = told.get(media.id, _Told()), events.get(media.id)
        place = survey.deployment(media.deployment)
        yield (
            ListedMedia(
                str(inside or media.path or media.id),
                _sighting(media, own, event),
                place.station if place else media.deployment or None,
                (place.camera if place else "") or media.deployment or None,
                Flank(next(iter(own.flanks))) if len(own.flanks) == 1 else None,
                tuple(Box(*box) for box in own.boxes_px),
                tuple(own.boxes),
                tuple(_times(media, own, event)),
                _position(place),
                media.licence,
                together(own.licences or ({event.licence} if event else {rest})),
            ),
            trouble,
        )


def _told(survey: Survey) -> Mapping[str, _Told]:
    """What is told of files with animals, of any species: which it is the machine sees itself."""
    animals = (one.species for one in survey.observations() if one.type == "animal")
    found: dict[str, _Told] = {}
    for planned in plan(survey, tuple({*SPECIES, *animals} - {""})):
        for file in planned.files:
            told = found.setdefault(file.media.id, _Told())
            if planned.observations[0].event:
                told.sightings[planned.id] = None
            told.flanks |= {file.flank} - {""}
            told.boxes |= dict.fromkeys(file.boxes)
            told.boxes_px |= dict.fromkeys(file.boxes_px)
            others = disputed(planned.observations)
            told.others |= {CandidateTime(at, OTHER_TIME): None for at in others}
            told.licences |= {one.licence for one in planned.observations}
    return found


def _events(survey: Survey) -> Mapping[str, Observation]:
    """An observation of the event of each file that is in one, blank or not."""
    found: dict[str, Observation] = {}
    for event, group in groupby(survey.by_event(), lambda one: one.event):
        for one in group if event else ():
            for name in _files_of(one, survey):
                found.setdefault(name, one)
    return found


def _files_of(one: Observation, survey: Survey) -> list[str]:
    if one.media or one.start is None:
        return [one.media] if one.media else []
    between = survey.media_between(one.deployment, one.start, one.end or one.start)
    return [media.id for media in between]


def _sighting(media: Media, told: _Told, event: Observation | None) -> str:
    """The file's sighting, "" where its time decides; one that shows several stands alone."""
    if len(told.sightings) > 1:
        return fit(media.id)
    return fit(next(iter(told.sightings), event.event if event else ""))


def _times(media: Media, told: _Told, event: Observation | None) -> Iterator[CandidateTime]:
    if media.at is not None:
        yield CandidateTime(media.at, TIMESTAMP)
    elif event is not None and event.start is not None:
        yield CandidateTime(event.start, EVENT_START)
    yield from told.others


def _position(place: Deployment | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _trouble(path: str) -> str:
    if not path:
        return NO_PATH
    if "://" in path:
        return REMOTE
    return OUTSIDE if parts_of(path) is None else NOWHERE


def _notes(problems: Problems) -> Iterator[str]:
    """A line for each kind of problem, without what was found: that may be a position."""
    first = {(p.file, p.column, p.expected): p.row for p in reversed(problems.kept)}
    for (file, column, expected), count in problems.counts.items():
        row = first.get((file, column, expected), 0)
        where = f"{file}, row {row}" if row else file
        more = f" (and {count - 1} times more)" if count > 1 else ""
        yield f"{where}{f', column {column}' if column else ''}: {expected}{more}"
