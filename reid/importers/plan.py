"""From records to sightings: one animal at one station in one event each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from reid.survey import Deployment, Media, Observation, Survey
from reid.survey.moments import order_of
from reid.survey.records import RelativeBox
from reid.types import CandidateTime

DISPUTED = "disputedTime:"
"""Before another time of the event among ``observationTags``."""
GIVEN = "given"
"""Whether an event's own or its first file's: a package that went out and came back says both."""
OURS = "leopard-reid"
"""``classifiedBy`` of what was measured here and went out: no sighting of its own, coming back."""
SPECIES = ("Panthera pardus", "leopard")


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of a planned sighting; boxes are in shares of the picture, or in pixels."""

    media: Media
    camera: str
    flank: str
    boxes: tuple[RelativeBox, ...] = ()
    boxes_px: tuple[RelativeBox, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A sighting as it would be stored; ``individual`` "" is not named in the source.

    ``note``: why no file is known to show this very animal, "" when some is.
    """

    id: str
    deployment: Deployment | None
    times: tuple[CandidateTime, ...]
    files: tuple[PlannedFile, ...]
    individual: str
    observations: tuple[Observation, ...]
    note: str = ""


def plan(survey: Survey, species: Sequence[str] = SPECIES) -> Iterator[Planned]:
    """Every sighting of these species, or of animals that nobody named the species of.

    An event with several animals becomes one sighting for each that has a name, with the files
    that are said to show it, and one for the others; where a picture shows several of those, one
    for each file, called as it: which animal is in which, nobody knows.
    """
    for key, group in groupby(survey.by_event(), _event):
        animals = [one for one in group if wanted(one, species) and one.by != OURS]
        parts = list(_by_animal(animals))
        for name, own in parts:
            whole = key if len(parts) == 1 or not name else f"{key}/{name}"
            for part, seen in _unmixed(whole, name, own):
                yield _planned(part, name, seen, survey, alone=len(seen) == len(animals))


def wanted(observation: Observation, species: Sequence[str]) -> bool:
    """Whether it is an animal, of these species if it says which."""
    told = observation.species
    named = not told or any(_is_of(told, name) for name in species)
    return observation.type == "animal" and named


def _is_of(told: str, name: str) -> bool:
    """Subspecies are of their species, species of their genus; a leopard cat is no leopard."""
    scientific = name[:1].isupper()
    lower, wanted_name = told.lower(), name.lower()
    return lower == wanted_name or (scientific and lower.startswith(f"{wanted_name} "))


def _event(observation: Observation) -> str:
    return observation.event or observation.media or observation.id


def _by_animal(animals: list[Observation]) -> Iterator[tuple[str, list[Observation]]]:
    names = sorted({one.individual for one in animals} - {""})
    if len(names) == 1 and not _several(animals):
        yield names[0], animals
        return
    for name in ["", *names]:
        own = [one for one in animals if one.individual == name]
        if own:
            yield name, own


def _unmixed(
    key: str, name: str, own: list[Observation]
) -> Iterator[tuple[str, list[Observation]]]:
    """Unnamed animals of which one picture shows several, file by file; others as they are."""
    files = dict.fromkeys(one.media for one in own)
    if name or len(files) == 1 or not _several(own):
        yield key, own
        return
    for media in files:
        yield media or key, [one for one in own if one.media == media]


def _several(animals: list[Observation]) -> bool:
    """Whether more than one animal is said to be in the event, or boxed in one picture."""
    boxed = Counter((one.media, one.by) for one in animals if one.box or one.box_px)
    return any((one.count or 1) > 1 for one in animals) or max(boxed.values(), default=0) > 1


def _planned(
    key: str, name: str, own: list[Observation], survey: Survey, *, alone: bool
) -> Planned:
    files = _files(own, survey, alone=alone)
    times = _times(own) or _clocks(file.media for file in files)
    note = "" if files or alone else "several animals: no file is said to show this one"
    deployment = survey.deployment(own[0].deployment)
    return Planned(key, deployment, times, files, name, tuple(own), note)


def _files(own: list[Observation], survey: Survey, *, alone: bool) -> tuple[PlannedFile, ...]:
    """The files of its observations; a whole event's belong to it only where it is alone."""
    found: dict[str, tuple[Media, list[Observation]]] = {}
    for one in own:
        for media in _media_of(one, survey, alone=alone):
            found.setdefault(media.id, (media, []))[1].append(one)
    return tuple(_file(media, seen, survey) for media, seen in found.values())


def _media_of(one: Observation, survey: Survey, *, alone: bool) -> list[Media]:
    if one.media:
        media = survey.medium(one.media)
        return [] if media is None else [media]
    if not alone or one.start is None:
        return []
    end = one.end or one.start
    return survey.media_between(one.deployment, one.start, end)


def _file(media: Media, seen: list[Observation], survey: Survey) -> PlannedFile:
    deployment = survey.deployment(media.deployment)
    flanks = {one.flank for one in seen if one.flank}
    return PlannedFile(
        media,
        (deployment.camera if deployment else "") or media.deployment,
        flanks.pop() if len(flanks) == 1 else "",
        tuple(dict.fromkeys(one.box for one in seen if one.box)),
        tuple(dict.fromkeys(one.box_px for one in seen if one.box_px)),
    )


def _times(own: list[Observation]) -> tuple[CandidateTime, ...]:
    """The first start, then every time that is told beside it."""
    starts = [one.start for one in own if one.start]
    first = [CandidateTime(min(starts, key=order_of(starts)), GIVEN)] if starts else []
    return (*first, *(CandidateTime(at, DISPUTED[:-1]) for at in disputed(own)))


def disputed(own: Iterable[Observation]) -> list[datetime]:
    """The other times that tags tell."""
    told = {t.removeprefix(DISPUTED) for one in own for t in one.tags if t.startswith(DISPUTED)}
    found = []
    for text in sorted(told):
        try:
            found.append(datetime.fromisoformat(text))
        except ValueError:
            continue  # it stays among the tags
    return found


def _clocks(media: Iterable[Media]) -> tuple[CandidateTime, ...]:
    ats = [one.at for one in media if one.at]
    return (CandidateTime(min(ats, key=order_of(ats)), GIVEN),) if ats else ()
