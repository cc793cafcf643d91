"""The fewest and the most animals that a draw leaves open. Pure.

What nobody compared says nothing either way: a sighting that was looked at by nobody, or a left
flank beside a right one. A draw has to put such a pair somewhere; here it is put together wherever
nothing is against it (`fewest`), and left apart wherever nothing is for it (`most`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from reid.abundance.captures import APART, Ground

Bars = Mapping[str, set[str]]
"""For every node those that it cannot be."""
Who = dict[str, str]
"""The animal of every node, named ones too."""


def as_drawn(ground: Ground, draw: Mapping[str, str]) -> Who:
    """Every node's animal in a draw."""
    return {node: node for node in ground.sides} | dict(draw)


def bars_of(ground: Ground) -> Bars:
    """What holds nodes apart, or was looked at, so that the draws say it."""
    bars: dict[str, set[str]] = {node: set() for node in (*ground.sides, *ground.unnamed)}
    named = itertools.combinations(ground.sides, 2)
    apart = [pair for pair in named if not ground.could_be_one(*pair)]
    for a, b in (*apart, *ground.links):
        bars[a].add(b)
        bars[b].add(a)
    return bars


def fewest(bars: Bars, who: Who) -> Who:
    """Animals of a draw put together where nothing holds them apart.

    Those with most against them first, each where it fits first: never fewer than there must be,
    and the fewest where only flanks are in question.
    """
    groups = _groups(who)
    barred = {
        name: {who[other] for node in nodes for other in bars[node]} - {name}
        for name, nodes in groups.items()
    }
    places: list[list[str]] = []
    for name in sorted(groups, key=lambda name: (-len(barred[name]), name)):
        place = next((p for p in places if not barred[name].intersection(p)), None)
        if place is None:
            places.append([name])
        else:
            place.append(name)
    return {node: place[0] for place in places for name in place for node in groups[name]}


def most(ground: Ground, who: Who) -> Who:
    """Animals of a draw taken apart where no chain of evidence for sameness holds them."""
    found: Who = {}
    for name, nodes in _groups(who).items():
        for part in _tied(nodes, ground):
            found |= dict.fromkeys(part, name if name in part else min(part))
    return found


def at_least(ground: Ground) -> int:
    """The least number of animals: so many that are all held apart by people.

    Of the named ones both flanks are known of, or none was told, all; and of those known by one
    flank the larger part. One more only where somebody told it apart from all of these.
    """
    by_side: dict[str, list[str]] = {}
    for node, side in ground.sides.items():
        by_side.setdefault(side, []).append(node)
    halves = sorted((by_side.get("left", []), by_side.get("right", [])), key=len)
    chosen = [*by_side.get("both", []), *by_side.get("unknown", []), *halves[1]]
    for node in (*halves[0], *ground.unnamed):
        if chosen and all(_told_apart(ground, node, other) for other in chosen):
            chosen.append(node)
    return max(len(chosen), int(bool(ground.unnamed)))


def _told_apart(ground: Ground, a: str, b: str) -> bool:
    told = ground.link(a, b)
    return ground.named_apart(a, b) or (told is not None and told <= APART)


def _groups(who: Who) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node, name in who.items():
        found.setdefault(name, []).append(node)
    return found


def _tied(nodes: Sequence[str], ground: Ground) -> list[list[str]]:
    """The nodes by chains of evidence for sameness."""
    left, parts = list(nodes), []
    while left:
        part = [left.pop(0)]
        for one in part:
            near = [n for n in left if (ground.link(one, n) or 0.0) > 0]
            part += near
            left = [n for n in left if n not in near]
        parts.append(part)
    return parts
