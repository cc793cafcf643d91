"""Two sightings compared, flank by flank."""

from __future__ import annotations

from collections.abc import Sequence

from reid.fuse import sighting_evidence
from reid.pipeline.engine import Engine
from reid.pipeline.pairs import A_MATCH, compare_pair, with_controls
from reid.telemetry import timed
from reid.types import Flank, PairEvidence, PreparedAnnotation, SightingPairEvidence


@timed("match")
def compare_sightings(
    engine: Engine,
    a_id: str,
    a: Sequence[PreparedAnnotation],
    b_id: str,
    b: Sequence[PreparedAnnotation],
) -> SightingPairEvidence:
    """All usable pictures of one sighting against all of the other, flanks kept apart."""
    groups: dict[Flank, list[PairEvidence]] = {}
    copies: list[PairEvidence] = []
    for left in a:
        for right in b:
            pair = compare_pair(engine, left, right)
            if pair is None or (_opposed(left, right) and pair.llr <= A_MATCH):
                continue
            flank = left.view.flank.best if _agree(left, right) else Flank.UNKNOWN
            (copies if "copy" in pair.flags else groups.setdefault(flank, [])).append(pair)
    groups = {flank: _checked(engine, pairs, (*a, *b)) for flank, pairs in groups.items()}
    flags = ("copy",) if copies else ()
    missing = "" if groups else _missing(a_id, a, b_id, b, bool(copies))
    return sighting_evidence(engine.fitted(), a_id, b_id, groups, missing=missing, flags=flags)


def _agree(a: PreparedAnnotation, b: PreparedAnnotation) -> bool:
    return a.view.flank.best is b.view.flank.best is not Flank.UNKNOWN


def _opposed(a: PreparedAnnotation, b: PreparedAnnotation) -> bool:
    """Left is named and right: estimates may be wrong, so a match counts, and its absence not."""
    return {a.view.flank.best, b.view.flank.best} == {Flank.LEFT, Flank.RIGHT}


def _checked(
    engine: Engine, pairs: list[PairEvidence], animals: Sequence[PreparedAnnotation]
) -> list[PairEvidence]:
    """The pairs, the best one with its controls: it alone carries the flank."""
    by_id = {animal.id: animal for animal in animals}
    best = max(range(len(pairs)), key=lambda k: pairs[k].llr)
    chosen = pairs[best]
    pairs[best] = with_controls(engine, chosen, by_id[chosen.a], by_id[chosen.b])
    return pairs


def _missing(
    a_id: str,
    a: Sequence[PreparedAnnotation],
    b_id: str,
    b: Sequence[PreparedAnnotation],
    copied: bool,
) -> str:
    if copied:
        return f"a picture of {a_id} or {b_id} that is not a copy of the other's"
    for name, animals in ((a_id, a), (b_id, b)):
        if not animals:
            return f"a picture of {name} in which one leopard is seen"
    sides = [" and ".join(sorted({x.view.flank.best.value for x in s})) for s in (a, b)]
    return (
        f"{a_id} shows the {sides[0]} flank and {b_id} the {sides[1]}: a picture of a flank that "
        "the other shows too, or a two-camera sighting of both flanks"
    )
