"""How many animals there are at least, at most and probably."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reid.decide.decision import AnimalCount
from reid.decide.links import Links
from reid.decide.partitions import Posterior
from reid.types import PairVerdict, VerdictKind

PROBABLE = 0.8
"""Posterior from which a number of animals is called probable."""

LINKED = math.log(5)
"""Evidence (|llr|) by which a sighting must be tied to another before a number may
be called probable: without it the number would be the prior's."""


def count_animals(links: Links, verdicts: Sequence[PairVerdict], found: Posterior) -> AnimalCount:
    """The number of animals among the sightings, from verdicts and posterior."""
    groups = [set(group) for group in same_groups(links.ids, verdicts)]
    at_least = _mutually_different(groups, different_pairs(verdicts))
    counts = found.animal_count()
    likeliest = int(counts.argmax()) + 1
    linked = bool((abs(links.llr).max(axis=1) >= LINKED).all())
    probable = linked and counts.max() >= PROBABLE and at_least <= likeliest <= len(groups)
    return AnimalCount(at_least, len(groups), likeliest if probable else None)


def _mutually_different(groups: list[set[str]], apart: Sequence[tuple[str, str]]) -> int:
    """A size of a set of groups that all differ from each other: greedy, so a safe lower bound."""
    n = len(groups)
    place = {name: i for i, group in enumerate(groups) for name in group}
    differs: list[set[int]] = [set() for _ in range(n)]
    for a, b in apart:
        differs[place[a]].add(place[b])
        differs[place[b]].add(place[a])
    best = 1
    for start in range(n):
        chosen = {start}
        for k in sorted(range(n), key=lambda k: -len(differs[k])):
            if k not in chosen and chosen <= differs[k]:
                chosen.add(k)
        best = max(best, len(chosen))
    return best


def different_pairs(verdicts: Sequence[PairVerdict]) -> list[tuple[str, str]]:
    """The pairs with the verdict "different"."""
    return [(v.a, v.b) for v in verdicts if v.kind is VerdictKind.DIFFERENT]


def same_groups(ids: Sequence[str], verdicts: Sequence[PairVerdict]) -> list[tuple[str, ...]]:
    """Sightings of which every pair has the verdict "same", in their order; single ones too.

    Surest pairs first. Two links that keep the error rate by themselves may not keep it as a
    chain: its ends are then not put together.
    """
    same = {frozenset((v.a, v.b)) for v in verdicts if v.kind is VerdictKind.SAME}
    groups = [{name} for name in ids]
    for v in sorted(same_verdicts(verdicts), key=lambda v: -(v.probability or 0.0)):
        first = next(g for g in groups if v.a in g)
        second = next(g for g in groups if v.b in g)
        if first is not second and all(frozenset((x, y)) in same for x in first for y in second):
            first |= second
            groups.remove(second)
    return [tuple(name for name in ids if name in group) for group in groups]


def same_verdicts(verdicts: Sequence[PairVerdict]) -> list[PairVerdict]:
    """The verdicts "same"."""
    return [v for v in verdicts if v.kind is VerdictKind.SAME]
