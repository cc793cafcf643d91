"""What people said of those that a change is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reid.catalogue import Catalogue
from reid.catalogue.doubting import Doubts
from reid.consequences.changes import NEW, VERDICT, Change


def believing(catalogue: Catalogue, changes: Sequence[Change]) -> list[Change]:
    """The changes with what people believe, and the confirmed individuals that they touch.

    Of an identification "new" is believed where the sighting is the only one of its individual:
    the others that are known are then, by what people said, somebody else.
    """
    individuals = {i.name: i.sighting_ids for i in catalogue.individuals()}
    who = {s: name for name, sightings in individuals.items() for s in sightings}
    pairs = {_pair(c) for c in changes if c.about == VERDICT and c.a != c.b}
    believed = Doubts.of(catalogue).believed(pairs)
    found = []
    for one in changes:
        names = {who[s] for s in (one.a, one.b) if s in who and one.about == VERDICT}
        if one.about == VERDICT:
            told = believed.get(_pair(one))
        else:
            mine = who.get(one.a)
            alone = mine is not None and len(individuals[mine]) == 1
            told = NEW if alone else mine
            names = {n for n in (mine, one.before.individual, one.after.individual) if n}
        found.append(replace(one, believed=told, touched=tuple(sorted(names))))
    return found


def _pair(change: Change) -> tuple[str, str]:
    return min(change.a, change.b), max(change.a, change.b)
