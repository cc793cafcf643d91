"""The dry run: what would be imported, what is odd, what is missing; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from reid.importers.columns import MAPPING
from reid.importers.cutting import Cut
from reid.importers.files import Files
from reid.importers.plan import SPECIES, plan, wanted
from reid.survey import Deployment, Media, Observation, Problems, Survey


@dataclass(frozen=True, slots=True)
class Report:
    """What a source holds, by counts, and what is odd about it.

    ``files`` by whether they can be read: ``here``, ``no file``, ``remote``, ``0 bytes`` or
    ``unreadable``; only those of sightings are looked at. ``lacking`` are sentences.
    ``columns``: how those of a table that fits no format were taken, as CSV. ``cut``: what files
    without an event were put together, or None. ``licences``: files by their licence (SPDX), ""
    those for which none was stated.
    """

    deployments: int
    media: int
    observations: int
    types: dict[str, int]
    sightings: int
    individuals: int
    named_sightings: int
    files: dict[str, int]
    lacking: tuple[str, ...]
    problems: Problems = field(repr=False)
    columns: str = ""
    cut: Cut | None = None
    licences: dict[str, int] = field(default_factory=dict)


def report_of(
    survey: Survey,
    problems: Problems,
    files: Files,
    species: Sequence[str] = SPECIES,
    cut: Cut | None = None,
) -> Report:
    """What an import of this survey would do."""
    states: Counter[str] = Counter()
    names: Counter[str] = Counter()
    sightings = without = 0
    for one in plan(survey, species):
        found = [_state(files, file.media, problems) for file in one.files]
        states.update(found)
        sightings += "here" in found
        without += "here" not in found
        names.update([one.individual] if one.individual else [])
        if one.note:
            problems.add("sightings", 0, one.id, one.note)
    types = Counter(_type(one, species) for one in survey.observations())
    return Report(
        survey.count(Deployment),
        survey.count(Media),
        survey.count(Observation),
        dict(types.most_common()),
        sightings,
        len(names),
        names.total(),
        dict(states.most_common()),
        (*_lacking(survey), *(cut.notes if cut else ()), *_not_stored(without)),
        problems,
        survey.meta(MAPPING) or "",
        cut,
        survey.licences(Media),
    )


def _type(one: Observation, species: Sequence[str]) -> str:
    if one.type == "animal" and not wanted(one, species):
        return "other species"
    return one.type


def _state(files: Files, media: Media, problems: Problems) -> str:
    if media.remote:
        return "remote"
    trouble = files.trouble(media.path)
    if not trouble:
        return "here"
    problems.add("media", 0, media.id, trouble, media.path)
    return next((word for word in ("0 bytes", "no file") if word in trouble), "unreadable")


def _not_stored(without: int) -> list[str]:
    if not without:
        return []
    return [f"{_have(without, 'sighting')} no file at hand: kept in the survey, not as pictures"]


def _lacking(survey: Survey) -> list[str]:
    counts: Counter[str] = Counter()
    for one in survey.deployments():
        counts["position"] += one.latitude is None
        counts["start"] += one.start is None
        counts["end"] += one.end is None
    found = [f"{_have(many, 'deployment')} no {what}" for what, many in counts.items() if many]
    if not survey.count(Deployment):
        found.append("no deployments: stations, positions and effort are unknown")
    return found


def _have(many: int, what: str) -> str:
    return f"1 {what} has" if many == 1 else f"{many} {what}s have"
