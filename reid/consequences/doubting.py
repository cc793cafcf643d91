"""Which pairs people have to look at before a bundle answers, and what they are told. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reid.catalogue.doubting import Doubt
from reid.consequences import wording
from reid.consequences.changes import SURE, VERDICT, Change, Said

Pair = tuple[str, str]


def doubts_of(changes: Sequence[Change], bundle: str) -> list[Doubt]:
    """A doubt for each pair of which a change is `Change.for_review`; ``changes`` as ranked.

    Where verdicts and identifications are of one pair the verdict speaks first, and what both say
    is told.
    """
    found: dict[Pair, list[Change]] = {}
    for one in changes:
        if one.for_review:
            found.setdefault((min(one.a, one.b), max(one.a, one.b)), []).append(one)
    return [_doubt(pair, about, bundle) for pair, about in found.items()]


def _doubt(pair: Pair, about: Sequence[Change], bundle: str) -> Doubt:
    first = sorted(about, key=lambda c: c.about != VERDICT)  # stable: else as they were ranked
    kinds = list({c.about: c for c in reversed(first)}.values())[::-1]
    before = _alone(first[0])
    return Doubt(
        *pair,
        weight=min(one.weight for one in about),
        said=SURE.get(first[0].after.kind, first[0].after.kind),
        kind=before.kind,
        llr=before.llr or 0.0,
        source=first[0].source,
        reasons=tuple(wording.doubted(one, bundle) for one in kinds),
    )


def _alone(change: Change) -> Said:
    """What the one that serves says of the two: counted as the machine's verdict on them."""
    return change.before if change.about == VERDICT else change.pair or Said("inconclusive", None)
