"""Events for observations that have none: files of one passage, as `reid batch` puts them together.

Only animals in files are put together. A passage in which two species are named is two events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reid.errors import InputError
from reid.events import Clock, Plan, Seen, plan_sightings
from reid.importers.plan import DISPUTED
from reid.survey import Survey
from reid.survey.moments import order_of

GAP_MINUTES = 2.0
"""A pause that ends an event where nobody says another; the same as of a batch."""
MOST_MINUTES = 1440.0
EVENTLESS = ("megadetector",)
"""Formats that know no events. Others have theirs, and are cut only when that is asked for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What cutting did: ``files`` with an animal became ``events``; ``notes`` are sentences."""

    gap_minutes: float
    files: int
    events: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        pause = f"a pause of {self.gap_minutes:g} minutes ends one"
        return f"{self.events} events of {self.files} files with an animal; {pause}"


@dataclass(frozen=True, slots=True)
class _File:
    """A file with animals that are in no event."""

    media: str
    deployment: str
    at: datetime | None
    animals: tuple[str, ...]


def gap_for(kind: str, given: float | None) -> float:
    """Minutes of pause that end an event in this format; 0: nothing is put together.

    Raises:
        InputError: less than none, or more than a day.
    """
    if given is None:
        return GAP_MINUTES if kind in EVENTLESS else 0.0
    if not 0 <= given <= MOST_MINUTES:
        raise InputError(f"gap in minutes: expected 0 to {MOST_MINUTES:g}, found {given:g}")
    return given


def cut_events(survey: Survey, gap_minutes: float, prefix: str = "") -> Cut | None:
    """Give animals without an event one: those of a station's files with no longer pause between.

    Times are held against each other as clocks stood, so no zone is needed and none is given. A
    file without a time stays alone. 0 minutes change nothing: None.
    """
    if not gap_minutes:
        return None
    files = list(_files(survey))
    plan = plan_sightings(list(_seen(files, survey)), 60 * gap_minutes)
    events = 0
    for planned in plan.sightings:
        own = [files[position] for position in planned.positions]
        if own[0].at is not None:
            times = [at for at, _ in planned.times]
            events += _mark(survey, f"{prefix}{planned.id}", own, times)
    timeless = sum(one.at is None for one in files)
    notes = [*_timeless(timeless), *_clock_notes(plan, files, survey)]
    return Cut(gap_minutes, len(files) - timeless, events, tuple(notes))


def _files(survey: Survey) -> Iterator[_File]:
    """Files with animals in no event, in the order of their ids."""
    animals: dict[str, list[str]] = {}
    for one in survey.observations():
        if one.type == "animal" and one.media and not one.event:
            animals.setdefault(one.media, []).append(one.id)
    for media in survey.media():
        if media.id in animals:
            found = tuple(animals[media.id])
            first = survey.observation(found[0])
            at = media.at or (first.start if first else None)
            yield _File(media.id, media.deployment, at, found)


def _seen(files: Sequence[_File], survey: Survey) -> Iterator[Seen]:
    """As the rule takes them; an id stands for the content, which nobody has read."""
    for position, one in enumerate(files):
        place = survey.deployment(one.deployment)
        station = place.station if place else one.deployment or None
        camera = (place.camera if place else "") or one.deployment
        yield Seen(position, one.media, station, camera, one.at, name=one.media)


def _mark(survey: Survey, event: str, files: Sequence[_File], times: Sequence[datetime]) -> int:
    """Write the event into its observations; returns how many events it became."""
    found = [survey.observation(name) for one in files for name in one.animals]
    animals = [one for one in found if one is not None]
    kinds = sorted({one.species for one in animals} - {""})
    spans = _spans(files)
    for one in animals:
        start, end = spans[one.deployment]
        tags = tuple(
            f"{DISPUTED}{at.isoformat()}" for at in times if at != start and len(times) > 1
        )
        name = event if len(kinds) < 2 or not one.species else f"{event}/{one.species}"
        told = replace(one, event=name, start=start, end=end, tags=(*one.tags, *tags))
        survey.add(told, replace=True)
    return len({one.species for one in animals}) if len(kinds) > 1 else 1


def _spans(files: Sequence[_File]) -> dict[str, tuple[datetime, datetime]]:
    """First and last time by deployment, as its clock showed them."""
    times: dict[str, list[datetime]] = {}
    for one in files:
        if one.at is not None:
            times.setdefault(one.deployment, []).append(one.at)
    return {
        name: (min(ats, key=order_of(ats)), max(ats, key=order_of(ats)))
        for name, ats in times.items()
    }


def _timeless(many: int) -> list[str]:
    if not many:
        return []
    return [f"{many} files with an animal have no time: each stays a sighting of its own"]


def _clock_notes(plan: Plan, files: Sequence[_File], survey: Survey) -> Iterator[str]:
    """What was done about cameras of one station; of cameras that followed each other nothing."""
    spans = _camera_spans(files, survey)
    for station, clock in plan.clocks:
        apart = clock.offset_s is None and _overlap(spans, station, clock)
        if apart:
            yield (
                f"{station}: the clock of {clock.camera} cannot be checked against "
                f"{clock.reference}: what both saw stays two events"
            )
        elif clock.offset_s:
            yield f"{station}: the clock of {clock.camera} is {clock.word}; brought together"


def _camera_spans(
    files: Sequence[_File], survey: Survey
) -> Mapping[tuple[str, str], tuple[datetime, datetime]]:
    times: dict[tuple[str, str], list[datetime]] = {}
    for one in _seen(files, survey):
        if one.at is not None:
            wall = one.at.replace(tzinfo=None)
            times.setdefault((one.station or "", one.camera or ""), []).append(wall)
    return {key: (min(ats), max(ats)) for key, ats in times.items()}


def _overlap(
    spans: Mapping[tuple[str, str], tuple[datetime, datetime]], station: str, clock: Clock
) -> bool:
    first, last = spans[station, clock.camera]
    begin, end = spans[station, clock.reference]
    return first <= end and begin <= last
