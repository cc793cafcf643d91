"""Merges and splits looked at before they are taken, with clocks and travel beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reid.catalogue import Catalogue
from reid.decide import check_journeys
from reid.identities import Merge, Split
from reid.identities.preview import Contradiction, Preview
from reid.types import Sighting

FAR_APART = timedelta(days=30)
"""Sightings further apart in time are never an unlikely journey: no station is so far away."""

DOUBTED = ("impossible", "unlikely")


def preview(catalogue: Catalogue, decision: Merge | Split) -> Preview:
    """What the decision would change and what speaks against it, journeys among it.

    Raises:
        NotFoundError, InputError, ConflictError: as taking it would.
    """
    found = catalogue.preview(decision)
    if isinstance(decision, Split):
        return found
    kept = catalogue.individual(decision.keep).sighting_ids
    moved = [move.sighting for move in found.moves]
    doubts = journeys_between(catalogue, kept, moved)
    return replace(found, contradictions=(*found.contradictions, *doubts))


def contradictions(catalogue: Catalogue, name: str) -> tuple[Contradiction, ...]:
    """What speaks against the sightings of an individual being one animal.

    Raises:
        NotFoundError: nobody of that name.
    """
    ids = catalogue.individual(name).sighting_ids
    return (*catalogue.contradictions(name), *journeys_between(catalogue, ids, ids))


def journeys_between(
    catalogue: Catalogue, ones: Iterable[str], others: Iterable[str]
) -> list[Contradiction]:
    """Journeys between two groups of sightings that an animal hardly makes, or cannot."""
    first, second = set(ones), set(others)
    known = [s for s in catalogue.whereabouts(first | second) if s.times]
    placed = sorted(((_first(s), s) for s in known), key=lambda one: (one[0], one[1].id))
    found: list[Contradiction] = []
    for i, (at, a) in enumerate(placed):
        for later, b in placed[i + 1 :]:
            if later - at > FAR_APART:
                break
            if (a.id in first and b.id in second) or (a.id in second and b.id in first):
                found += _doubts(a, b)
    return found


def _first(sighting: Sighting) -> datetime:
    return min(time.at.replace(tzinfo=None) for time in sighting.times)


def _doubts(a: Sighting, b: Sighting) -> list[Contradiction]:
    """Only where every one of the disputed times makes it doubtful."""
    checks = check_journeys([a, b])
    if not checks or any(check.status not in DOUBTED for check in checks):
        return []
    best = next((c for c in checks if c.status == "unlikely"), checks[0])
    return [Contradiction("journey", a.id, b.id, f"{best.status} journey: {best.note}")]
