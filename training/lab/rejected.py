"""What people looked at and called two animals: hard negatives of a training set. Pure.

Nobody labels these by chance: a reviewer says "different" of what the champion thought alike.
Each counts only in the part in which both of its animals are, and nowhere where it is of those
who judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reid.labels.dealing import Part

if TYPE_CHECKING:
    from training.lab.seen import LeftOut
    from training.lab.training_set import Entry

Ints = NDArray[np.int64]
Sides = tuple[tuple[Ints, Ints], ...]
"""Of each rejected pair and flank, the pictures of the one and of the other by their numbers."""
DISAGREE = "reviewers disagree about it"
ONE_ANIMAL = "one individual: that is a dispute"
HELD_OUT = "held out: these individuals only judge"
NO_FLANK = "no flank in common"


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """A sighting ``a`` that is not the animal of the sighting ``b`` or, where that is "", not the
    ``individual``.

    ``how`` it was said: `reid.catalogue.told_apart`. ``part`` that it counts in ("": none, for
    this ``reason``).
    """

    source: str
    a: str
    b: str
    individual: str
    how: str
    part: str = ""
    reason: str = ""


class Members:
    """Entries by what a rejection names: a sighting, or all of an individual."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._of_sighting: dict[str, list[int]] = {}
        self._of_identity: dict[str, list[int]] = {}
        for k, entry in enumerate(entries):
            self._of_sighting.setdefault(entry.sighting, []).append(k)
            self._of_identity.setdefault(entry.identity, []).append(k)

    def sides(self, one: Rejected) -> tuple[list[int], list[int]]:
        """The numbers of the entries on either side."""
        other = self._of_sighting.get(one.b) if one.b else self._of_identity.get(one.individual)
        return self._of_sighting.get(one.a, []), other or []

    def place(self, one: Rejected, why: Callable[[str], str]) -> tuple[str, str]:
        """The part in which it counts, or "" and the reason; ``why`` a sighting is not here."""
        sides = [[self._entries[k] for k in own] for own in self.sides(one)]
        for own, name in zip(sides, (one.a, one.b or one.individual), strict=True):
            if not own:
                return "", f"not in the set: {name}, {why(name)}"
        if {e.identity for e in sides[0]} & {e.identity for e in sides[1]}:
            return "", ONE_ANIMAL
        parts = sorted({e.part.value for own in sides for e in own})
        if len(parts) > 1:
            return "", f"in two parts: {' and '.join(parts)}"
        if not {e.flank for e in sides[0]} & {e.flank for e in sides[1]}:
            return "", NO_FLANK
        return ("", HELD_OUT) if parts[0] == Part.HELD_OUT.value else (parts[0], "")


def placed(
    rejected: Sequence[Rejected], entries: Sequence[Entry], left_out: Sequence[LeftOut]
) -> tuple[Rejected, ...]:
    """Each with the part in which it counts, or with the reason why it does not."""
    members = Members(entries)
    reasons = {_bare(one.source, one.sighting): one.reason for one in left_out}
    found = []
    for one in sorted(rejected):

        def why(name: str, source: str = one.source) -> str:
            return reasons.get(_bare(source, name), "nobody confirmed who it is")

        part, reason = ("", one.reason) if one.reason else members.place(one, why)
        found.append(replace(one, part=part, reason=reason))
    return tuple(found)


def sides_of(rejected: Sequence[Rejected], entries: Sequence[Entry], part: Part) -> Sides:
    """The pictures of what counts in a part, by their numbers among ``entries`` (those of it)."""
    members, found = Members(entries), []
    for one in rejected:
        if one.part != part.value:
            continue
        sides = members.sides(one)
        for flank in sorted({entries[k].flank for k in sides[0]}):
            a, b = (
                np.array([k for k in own if entries[k].flank is flank], np.int64) for own in sides
            )
            if len(a) and len(b):
                found.append((a, b))
    return tuple(found)


def among(sides: Sides, keep: NDArray[np.bool_]) -> Sides:
    """The pairs of which both sides are kept, by the numbers that pictures then have."""
    place = np.cumsum(keep) - 1
    found = ((a[keep[a]], b[keep[b]]) for a, b in sides)
    return tuple((place[a], place[b]) for a, b in found if len(a) and len(b))


def _bare(source: str, name: str) -> tuple[str, str]:
    return source, name.removeprefix(f"{source}/")
