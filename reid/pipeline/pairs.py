"""Two animals' pictures compared."""

from __future__ import annotations

import math
from dataclasses import replace

from reid.fuse import LEAST_SAME_SIDE, aligned_llr, miss_probability, mixed_llr, pair_quality
from reid.image import near_copies
from reid.pipeline.controls import controls
from reid.pipeline.engine import Engine
from reid.pipeline.pair_scores import measure_pair
from reid.types import PairEvidence, PreparedAnnotation

A_MATCH = math.log(3)
"""Above this llr a pair claims a match, and the claim is checked by the controls."""


def compare_pair(
    engine: Engine, a: PreparedAnnotation, b: PreparedAnnotation
) -> PairEvidence | None:
    """Evidence of two pictures, equal whichever comes first; None when they surely show different
    flanks.
    """
    side = a.view.flank.same_side(b.view.flank)
    if side < LEAST_SAME_SIDE:
        return None
    fit = engine.fitted()
    quality = pair_quality(a.view.quality, b.view.quality)
    matches, scores = measure_pair(engine, a, b)
    llr = aligned_llr(fit, scores, quality)
    flags = _flags(a, b, side)
    if _copies(a, b, llr):
        llr, flags = 0.0, (*flags, "copy")
    return PairEvidence(
        a.id,
        b.id,
        scores,
        mixed_llr(llr, side),
        side,
        miss_probability(fit, quality),
        matches,
        flags=flags,
    )


def with_controls(
    engine: Engine, evidence: PairEvidence, a: PreparedAnnotation, b: PreparedAnnotation
) -> PairEvidence:
    """The evidence with what the controls say of it."""
    return replace(evidence, controls=controls(engine, evidence, a, b, evidence.llr > A_MATCH))


def _copies(a: PreparedAnnotation, b: PreparedAnnotation, llr: float) -> bool:
    """The same file always, however poor; the same exposure only where there is a match."""
    if a.image.sha256 == b.image.sha256:
        return True
    first, second = sorted((a.image, b.image), key=lambda image: image.sha256)
    return llr > A_MATCH and near_copies(first, second)


def _flags(a: PreparedAnnotation, b: PreparedAnnotation, side: float) -> tuple[str, ...]:
    flags = ("unknown-flank",) if side < 0.9 else ()
    return (*flags, "mixed-light") if a.image.light != b.image.light else flags
