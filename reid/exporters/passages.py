"""Passages of animals by stations: all observations of an animal in an event there are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from reid.abundance import NEVER, Capture
from reid.exporters.clock_notes import joined, time_note
from reid.importers.plan import wanted
from reid.survey import Deployment, Observation, Survey

SIDES = {"left", "right"}


def passages(
    survey: Survey,
    species: Sequence[str],
    placed: Mapping[str, Deployment],
    *,
    every: bool = False,
) -> tuple[list[Capture], int]:
    """Every passage at these deployments (by id), by animal and time.

    And how many observations are left out, for want of a time or of their deployment; ``every``:
    those are among the passages, `NEVER` or at the station "".
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
                if not every:
                    continue
            station = place.station if place else ""
            capture = Capture(
                who,
                station,
                at.replace(tzinfo=None) if at else NEVER,
                links.get(one.id, key),
                frozenset(_sides(one)),
                time_note(one),
            )
            known = found.get((key, who, station))
            found[key, who, station] = _joined(known, capture)
    order = sorted(found.values(), key=lambda c: (c.individual, c.at, c.station, c.sighting))
    return order, lost


def _joined(known: Capture | None, new: Capture) -> Capture:
    if known is None:
        return new
    times = [at for at in (known.at, new.at) if at != NEVER]
    return replace(
        known,
        at=min(times, default=NEVER),
        sides=known.sides | new.sides,
        note=joined(known.note, new.note),
    )


def _clock(one: Observation, survey: Survey) -> datetime | None:
    media = survey.medium(one.media) if one.media else None
    return media.at if media else None


def _sides(one: Observation) -> set[str]:
    told = {one.flank} | {t.removeprefix("flank:") for t in one.tags if t.startswith("flank:")}
    return told & SIDES
