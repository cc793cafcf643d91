"""Passages of animals by stations: all observations of an animal in an event there are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from reid.exporters.clock_notes import joined, time_note
from reid.importers.plan import wanted
from reid.survey import Deployment, Observation, Survey

SIDES = {"left", "right"}


@dataclass(frozen=True, slots=True)
class Capture:
    """A passage of an animal by a station; ``sighting`` is what it is called in the catalogue.

    ``individual`` "": nobody knows who. ``sides``: the flanks that were seen. ``note``: what there
    is to say of its time.
    """

    individual: str
    station: str
    at: datetime
    sighting: str
    sides: frozenset[str]
    note: str = ""


def passages(
    survey: Survey, species: Sequence[str], placed: Mapping[str, Deployment]
) -> tuple[list[Capture], int]:
    """Every passage at these deployments (by id), by animal and time.

    And how many observations are left out, for want of a time or of their deployment.
    """
    links, found, lost = survey.links(), dict[tuple[str, str, str], Capture](), 0
    for key, group in groupby(survey.by_event(), lambda o: o.event or o.media or o.id):
        animals = [one for one in group if wanted(one, species)]
        names = {one.individual for one in animals} - {""}
        for one in animals:
            # boxes that nobody named, beside one named animal, are most likely that animal's
            who = one.individual or (next(iter(names)) if len(names) == 1 else "")
            at = one.start or _clock(one, survey)
            place = placed.get(one.deployment)
            if at is None or place is None:
                lost += 1
                continue
            capture = Capture(
                who,
                place.station,
                at.replace(tzinfo=None),
                links.get(one.id, key),
                frozenset(_sides(one)),
                time_note(one),
            )
            known = found.get((key, who, place.station))
            found[key, who, place.station] = _joined(known, capture)
    order = sorted(found.values(), key=lambda c: (c.individual, c.at, c.station))
    return order, lost


def _joined(known: Capture | None, new: Capture) -> Capture:
    if known is None:
        return new
    return replace(
        known,
        at=min(known.at, new.at),
        sides=known.sides | new.sides,
        note=joined(known.note, new.note),
    )


def _clock(one: Observation, survey: Survey) -> datetime | None:
    media = survey.medium(one.media) if one.media else None
    return media.at if media else None


def _sides(one: Observation) -> set[str]:
    told = {one.flank} | {t.removeprefix("flank:") for t in one.tags if t.startswith("flank:")}
    return told & SIDES
