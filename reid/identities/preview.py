"""What a merge or split would change, and what speaks against it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reid.identities.subjects import Subject


@dataclass(frozen=True, slots=True)
class Move:
    """A sighting that would be somebody else; None: nobody."""

    sighting: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What a stored comparison says of two sightings; ``probability`` of "same"."""

    comparison: str
    a: str
    b: str
    kind: str
    probability: float | None
    llr: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something that speaks against two sightings being one animal, or two.

    ``kind``: ``"rejected"``, ``"no match"``, ``"pictures differ"``, ``"pictures agree"``,
    ``"journey"``. ``event`` is the decision, ``comparison`` the verdict that says it.
    """

    kind: str
    a: str
    b: str
    words: str
    event: int | None = None
    comparison: str | None = None


@dataclass(frozen=True, slots=True)
class ExportTold:
    """A table that went out and says otherwise of these sightings."""

    number: int
    name: str
    by: str
    at: datetime
    sightings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A decision before it is taken.

    ``verdicts`` are stored ones on pairs that would come together or be parted: the verdicts
    stay as they are, what is believed of the pair changes. ``explained`` are those that a noted
    pattern change accounts for. ``seen`` are the versions to decide with.
    """

    moves: tuple[Move, ...]
    verdicts: tuple[StoredVerdict, ...]
    explained: tuple[StoredVerdict, ...]
    contradictions: tuple[Contradiction, ...]
    exports: tuple[ExportTold, ...]
    seen: Mapping[Subject, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Somebody said that two sightings are two animals."""

    a: str
    b: str
    event: int
    by: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Somebody found no match for a sighting: with one individual, or any born by ``up_to``."""

    sighting: str
    number: int | None
    up_to: int
    event: int
    by: str


@dataclass(frozen=True, slots=True)
class Known:
    """Everything said of some sightings.

    ``after``: the individual's number of each. ``stands_for``: the numbers that were merged into
    each number, itself among them. ``born``: the event that made each individual.
    """

    after: Mapping[str, int | None]
    stands_for: Mapping[int, Collection[int]]
    born: Mapping[int, int]
    rejected: Sequence[Rejected] = ()
    not_found: Sequence[NotFound] = ()
    verdicts: Sequence[StoredVerdict] = ()

    def together(self, a: str, b: str) -> bool:
        """Whether the two would be one animal."""
        number = self.after.get(a)
        return number is not None and number == self.after.get(b)


def contradictions(
    known: Known, concerns: Callable[[str, str], bool], explained: Callable[[str, str], bool]
) -> tuple[Contradiction, ...]:
    """What people and pictures said against it.

    Args:
        known: everything said.
        concerns: whether a pair would come together or be parted.
        explained: whether a noted pattern change accounts for a difference of two sightings.
    """
    found = [_rejected(r) for r in known.rejected if known.together(r.a, r.b)]
    found += [c for one in known.not_found for c in _unmatched(known, one)]
    for verdict in latest(known.verdicts):
        a, b = verdict.a, verdict.b
        together = known.together(a, b)
        if together and verdict.kind == "different" and not explained(a, b):
            found.append(_pictures(verdict, "pictures differ"))
        elif not together and verdict.kind == "same" and concerns(a, b):
            found.append(_pictures(verdict, "pictures agree"))
    return tuple(found)


def latest(verdicts: Sequence[StoredVerdict]) -> list[StoredVerdict]:
    """The last verdict on every pair, of verdicts in the order of time."""
    last = {(min(v.a, v.b), max(v.a, v.b)): v for v in verdicts}
    return list(last.values())


def _rejected(one: Rejected) -> Contradiction:
    words = f"{one.by} said that {one.a} and {one.b} are two animals"
    return Contradiction("rejected", one.a, one.b, words, event=one.event)


def _unmatched(known: Known, one: NotFound) -> list[Contradiction]:
    number = known.after.get(one.sighting)
    if number is None:
        return []
    stands_for = known.stands_for.get(number, (number,))
    if one.number is not None:
        against = one.number in stands_for
    else:
        others = (known.born.get(n, one.up_to + 1) for n in stands_for)
        against = any(born <= one.up_to for born in others)
    if not against:
        return []
    whom = "that individual" if one.number is not None else "anybody known then"
    words = f"{one.by} found no match of {one.sighting} with {whom}"
    return [Contradiction("no match", one.sighting, one.sighting, words, event=one.event)]


def _pictures(verdict: StoredVerdict, kind: str) -> Contradiction:
    words = f"the pictures of {verdict.a} and {verdict.b} were found to be {verdict.kind}"
    return Contradiction(kind, verdict.a, verdict.b, words, comparison=verdict.comparison)
