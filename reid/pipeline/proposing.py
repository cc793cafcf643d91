"""Which sightings of the catalogue are looked at, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEAD = 5
"""The first so many of each route are looked at, whatever was found before."""


@dataclass(frozen=True, slots=True)
class RouteUsed:
    """A way to candidates: how many annotations it ``searched``, how many sightings it ranked.

    ``note`` says why it could not propose, or not among all; "" when there is nothing to say.
    """

    name: str
    searched: int
    ranked: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Sightings in the order in which they are verified.

    ``ranks`` [sighting][route] from 1; sightings that no route ranked are not in it. The first
    ``head`` of ``order`` hold the best of every route.
    """

    order: tuple[str, ...]
    ranks: Mapping[str, Mapping[str, int]]
    routes: tuple[RouteUsed, ...]
    head: int


def proposals(
    ranks: Mapping[str, Mapping[str, int]],
    known: Sequence[str],
    routes: Sequence[RouteUsed],
    each: int,
) -> Proposals:
    """The first ``each`` of every route together, by the better of their ranks.

    Taking turns, and not a sum of ranks, keeps what one route alone is sure of in front. Where
    fewer than ``each`` were proposed, the rest of the ``known`` sightings fill up.

    Args:
        ranks: by route and sighting, from 1.
        known: every sighting that may be a candidate.
        routes: what is told of the routes.
        each: the length of a route's shortlist.
    """
    last = len(known) + 1
    by_sighting = {
        name: {route: found[name] for route, found in ranks.items() if name in found}
        for name in known
    }

    def place(name: str) -> tuple[int, int, str]:
        mine = [found.get(name, last) for found in ranks.values()] or [last]
        return min(mine), sum(mine), name

    order = sorted(known, key=place)
    short = [name for name in order if place(name)[0] <= each]
    chosen = short if len(short) >= each else order[:each]
    head = [k for k, name in enumerate(chosen) if place(name)[0] <= HEAD]
    return Proposals(
        tuple(chosen),
        {name: found for name, found in by_sighting.items() if found},
        tuple(routes),
        max(head, default=-1) + 1,
    )
