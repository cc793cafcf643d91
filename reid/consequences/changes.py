"""What changes when another bundle answers, and how much it matters. Pure.

Contradicting a person comes first: a "same" (or a name) where people told two animals apart, then
a "different" (or "new") where they confirmed one. Then what touches a confirmed identity at all,
before what touches none. Within each, same against different before same against inconclusive,
before all that moves a number only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

SAME, DIFFERENT, INDIVIDUAL, NEW = "same", "different", "individual", "new"
VERDICT, IDENTIFICATION = "verdict", "identification"
TOLERANCE = 0.05
"""A probability that moves by no more, with the same kind of answer, is no change."""

SURE = {SAME: SAME, DIFFERENT: DIFFERENT, INDIVIDUAL: SAME, NEW: DIFFERENT}
"""What an answer claims, in the words of a verdict; what is not in it claims nothing."""

WRONG_SAME, WRONG_DIFFERENT, NO_CONTRADICTION = 0, 1, 2
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: ``llr`` of a verdict's own pair; ``individual`` and ``rank`` of an
    identification: who is named, and the place of the one that is watched among the candidates.
    """

    kind: str
    probability: float | None
    llr: float | None = None
    individual: str | None = None
    best: str | None = None
    rank: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An answer before and after.

    ``a`` and ``b`` are sightings; of an identification ``b`` is the most telling one of whom it is
    about: who is named ``after``, else who was ``before``, else who people say it is; "" where
    there is none. ``pair`` is then what the one that serves says of the two alone, where the name
    or the kind changes. ``stored`` is what was told once, where it is not what is answered
    ``before`` today. ``believed`` is what people said: "same", "different", of an identification
    the name; ``parted`` are named individuals from which they told it apart, ``touched`` the
    confirmed individuals. ``crops`` are annotations worth seeing.
    """

    about: str
    source: str
    a: str
    b: str
    before: Said
    after: Said
    stored: Said | None = None
    believed: str | None = None
    touched: tuple[str, ...] = ()
    crops: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    weight: int = 99
    notes: tuple[str, ...] = field(default=())
    pair: Said | None = None
    parted: tuple[str, ...] = ()

    @property
    def contradicts(self) -> bool:
        """Whether it goes against what a person confirmed."""
        return self.weight < _TOUCH * NO_CONTRADICTION

    @property
    def claim(self) -> tuple[str | None, str | None]:
        """What is claimed before and after, as "same", "different" or nothing."""
        return SURE.get(self.before.kind), SURE.get(self.after.kind)

    @property
    def slips(self) -> bool:
        """Whether a pair that people confirmed as one animal is not called so any more, or a
        sighting not by its name: the evidence that they may have gone by is gone.
        """
        if self.about == VERDICT:
            return self.believed == SAME == self.before.kind != self.after.kind
        confirmed = self.believed is not None and self.before.individual == self.believed
        return confirmed and self.after.individual != self.believed

    @property
    def for_review(self) -> bool:
        """Whether a person should look at ``a`` and ``b``: it goes against people, turns between
        "same" (or a name) and "different" (or "new"), or from name to name, or slips.
        """
        turned = None not in self.claim and (self.claim[0] != self.claim[1] or _renamed(self))
        return self.b not in ("", self.a) and (self.contradicts or turned or self.slips)


def what_changed(about: str, before: Said, after: Said, tolerance: float) -> tuple[str, ...]:
    """Of "kind", "direction", "name", "probability" and "rank" those that differ."""
    found = []
    if before.kind != after.kind:
        found.append("kind")
    moved = _moved(before.probability, after.probability, tolerance)
    if about == VERDICT and moved and _leans(before) != _leans(after):
        found.append("direction")
    if before.individual != after.individual:
        found.append("name")
    if about == IDENTIFICATION and before.individual == after.individual:
        if before.best != after.best:
            found.append("direction")
        elif before.rank != after.rank:
            found.append("rank")
    if moved:
        found.append("probability")
    return tuple(found)


def weighed(change: Change) -> Change:
    """The change with its weight: the lower, the more it matters."""
    weight = _TOUCH * _contradiction(change) + _KIND * (not change.touched) + _severity(change)
    return replace(change, weight=weight, notes=(*change.notes, *_notes(change)))


def ranked(changes: list[Change]) -> list[Change]:
    """Those that matter most first; of equal weight, the larger step of the log odds first."""
    return sorted(changes, key=lambda c: (c.weight, -step(c), c.a, c.b, c.source))


def step(change: Change) -> float:
    """By how much the log odds move; what has no probability counts as even."""
    return abs(_logit(change.before.probability) - _logit(change.after.probability))


_KIND = 10
_TOUCH = 20


def _contradiction(change: Change) -> int:
    """Whether ``after`` goes against people where ``before`` did not."""
    if _against(change, change.after) is None:
        return NO_CONTRADICTION
    if _against(change, change.before) == _against(change, change.after) and not _renamed(change):
        return NO_CONTRADICTION  # it was against them all along
    return WRONG_SAME if _against(change, change.after) == SAME else WRONG_DIFFERENT


def _renamed(change: Change) -> bool:
    return change.before.individual != change.after.individual


def _against(change: Change, said: Said) -> str | None:
    """The claim of an answer that goes against what people believe, if it does."""
    claim = SURE.get(said.kind)
    if claim == SAME and said.individual in change.parted:
        return claim
    if claim is None or change.believed is None:
        return None
    if change.about == VERDICT:
        return claim if claim != change.believed else None
    right = said.individual == change.believed if claim == SAME else change.believed == NEW
    return None if right else claim


def _severity(change: Change) -> int:
    claims = change.claim
    if claims == (DIFFERENT, SAME) or (claims == (SAME, SAME) and _renamed(change)):
        return 0
    if claims == (SAME, DIFFERENT):
        return 1
    if claims[0] != claims[1]:
        return 2 if SAME in claims else 3
    if "kind" in change.what:
        return 4
    return 5 if "direction" in change.what else 6 if "probability" in change.what else 7


def _notes(change: Change) -> tuple[str, ...]:
    before, after = _against(change, change.before), _against(change, change.after)
    if before is not None and after is None:
        return ("what people confirmed is not contradicted any more",)
    if after is not None and _contradiction(change) == NO_CONTRADICTION:
        return ("what people confirmed was contradicted before, and still is",)
    return ()


def _leans(said: Said) -> bool:
    return (said.probability or 0.0) > 0.5


def _moved(before: float | None, after: float | None, tolerance: float) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) > tolerance


def _logit(probability: float | None) -> float:
    p = 0.5 if probability is None else min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def change_json(change: Change) -> dict[str, Any]:
    """A change as plain values: the fields of `Change`, ``contradicts`` and ``for_review``."""
    return {
        "about": change.about,
        "source": change.source,
        "a": change.a,
        "b": change.b,
        "before": said_json(change.before),
        "after": said_json(change.after),
        "stored": said_json(change.stored) if change.stored else None,
        "believed": change.believed,
        "parted": list(change.parted),
        "touched": list(change.touched),
        "pair": said_json(change.pair) if change.pair else None,
        "contradicts": change.contradicts,
        "for_review": change.for_review,
        "what": list(change.what),
        "weight": change.weight,
        "notes": list(change.notes),
        "crops": list(change.crops),
    }


def said_json(said: Said) -> dict[str, Any]:
    """An answer as plain values."""
    return {
        "kind": said.kind,
        "probability": said.probability,
        "llr": said.llr,
        "individual": said.individual,
        "best": said.best,
        "rank": said.rank,
        "reasons": list(said.reasons),
    }


def read_said(told: dict[str, Any]) -> Said:
    """What `said_json` wrote."""
    return Said(**{**told, "reasons": tuple(told["reasons"])})


def read_change(told: dict[str, Any]) -> Change:
    """What `change_json` wrote; also of versions that told less."""
    told = {key: told[key] for key in told if key not in ("contradicts", "for_review")}
    for name in ("touched", "what", "notes", "crops", "parted"):
        told[name] = tuple(told.get(name, ()))
    told["before"], told["after"] = read_said(told["before"]), read_said(told["after"])
    for name in ("stored", "pair"):
        told[name] = read_said(told[name]) if told.get(name) else None
    return Change(**told)
