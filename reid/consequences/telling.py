"""Which sightings and animals of an answer tell most, and are shown. Pure."""

from __future__ import annotations

from reid.consequences.changes import NEW
from reid.pipeline import IdentificationAnswer
from reid.types import Comparison, PairVerdict


def telling_sighting(
    before: IdentificationAnswer, after: IdentificationAnswer, known: str | None
) -> str:
    """The most telling sighting of whom a change of identification is about; "" where there is
    none.

    That is who is named now. Where nobody is, it is who was named before: whether the two are one
    is what is in doubt then. Where nobody was and now all are excluded, it is who people say it
    is. Else it is the best candidate of today.
    """
    excluded = known if after.kind == NEW else None
    for answer, name in (
        (after, after.individual),
        (before, before.individual),
        (before, excluded),
        (after, excluded),
    ):
        if name is not None and (found := _of(answer, name)):
            return found
    return after.candidates[0].telling if after.candidates else ""


def _of(answer: IdentificationAnswer, individual: str) -> str:
    return next((c.telling for c in answer.candidates if c.individual == individual), "")


def shown_animals(answer: Comparison | None) -> tuple[str, ...]:
    """The two animals worth seeing of a comparison of two sightings; none without one."""
    return () if answer is None else best_pair(answer, answer.verdicts[0])


def best_pair(answer: Comparison, verdict: PairVerdict) -> tuple[str, ...]:
    """The two animals on which the verdict rests most, or the best of each sighting."""
    for pair in answer.pairs:
        if {pair.a, pair.b} == {verdict.a, verdict.b} and pair.flanks:
            best = max(pair.flanks, key=lambda f: abs(f.llr)).best
            return (best.a, best.b) if pair.a == verdict.a else (best.b, best.a)
    shown = []
    for name in (verdict.a, verdict.b):
        animals = [a for a in answer.annotations if a.sighting_id == name]
        if animals:
            shown.append(max(animals, key=lambda a: a.view.quality.usable).id)
    return tuple(shown)
