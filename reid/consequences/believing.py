"""What people said of those that a change is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reid.catalogue import Catalogue
from reid.catalogue.doubting import Doubts
from reid.consequences.changes import DIFFERENT, NEW, VERDICT, Change


def believing(catalogue: Catalogue, changes: Sequence[Change]) -> list[Change]:
    """The changes with what people believe, and the confirmed individuals that they touch.

    Of an identification "new" is believed where the sighting is the only one of its individual:
    the others that are known are then, by what people said, somebody else. Of a sighting that is
    nobody yet, those are told from whom people parted it.
    """
    individuals = {i.name: i.sighting_ids for i in catalogue.individuals()}
    who = {s: name for name, sightings in individuals.items() for s in sightings}
    pairs = {_pair(c.a, c.b) for c in changes if c.about == VERDICT and c.a != c.b}
    apart = {
        (one.a, name): _pair(one.a, individuals[name][0])
        for one in changes
        if one.about != VERDICT and one.a not in who
        for name in _named(one)
        if individuals.get(name)
    }
    said = Doubts.of(catalogue).believed(pairs.union(apart.values()))
    found = []
    for one in changes:
        if one.about == VERDICT:
            names = {who[s] for s in (one.a, one.b) if s in who}
            one = replace(one, believed=said.get(_pair(one.a, one.b)))
        else:
            mine, named = who.get(one.a), _named(one)
            names = named | ({mine} if mine else set())
            met = {n: apart[one.a, n] for n in sorted(named) if (one.a, n) in apart}
            parted = tuple(n for n, pair in met.items() if said[pair] == DIFFERENT)
            alone = mine is not None and len(individuals[mine]) == 1
            one = replace(one, believed=NEW if alone else mine, parted=parted)
        found.append(replace(one, touched=tuple(sorted(names))))
    return found


def _named(change: Change) -> set[str]:
    return {said.individual for said in (change.before, change.after) if said.individual}


def _pair(a: str, b: str) -> tuple[str, str]:
    return min(a, b), max(a, b)
