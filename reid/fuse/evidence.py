"""From calibrated numbers to evidence: pairs, flanks, sightings. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from reid.fuse.calibration import Calibration, SightingCalibration
from reid.fuse.scores import PairQuality, pair_features
from reid.types import Flank, FlankEvidence, PairEvidence, SightingPairEvidence

LEAST_SAME_SIDE = 0.05
"""Below this probability of showing one flank, two pictures are not compared at all."""


def aligned_llr(
    calibration: Calibration, scores: Mapping[str, float], quality: PairQuality
) -> float:
    """llr of two pictures that surely show the same flank, within the calibration's bounds."""
    pair = calibration.pair
    value = float(np.dot(pair.weights, pair_features(scores, quality)))
    if scores["mirrored"] >= scores["pattern"]:  # an impostor did as well: that is no match
        value = min(value, 0.0)
    return humble(calibration, min(max(value, pair.lowest), pair.highest))


def humble(calibration: Calibration, llr: float) -> float:
    """The llr when a share of true pairs goes unmatched whatever the pictures: LR' = (1-u)LR + u.

    Absence of a match never speaks louder than 1 to u against "same".
    """
    missed = calibration.miss.unmodelled
    return math.log((1 - missed) * math.exp(llr) + missed)


def mixed_llr(llr: float, same_side: float) -> float:
    """llr when the flanks are the same only with probability ``same_side``.

    Different flanks say nothing (ratio 1), so LR = s * LR_aligned + 1 - s: a match still proves
    "same", the absence of a match between possibly different flanks proves nothing.
    """
    return math.log(same_side * math.exp(llr) + 1 - same_side)


def miss_probability(calibration: Calibration, quality: PairQuality) -> float:
    """Probability that a true match between two such pictures would not be found.

    Never below the calibration's ``unmodelled``.
    """
    miss = calibration.miss
    seen = 1 / (1 + math.exp(-(miss.intercept + miss.usable * quality.usable)))
    return miss.unmodelled + (1 - miss.unmodelled) * seen


def flank_evidence(
    calibration: Calibration, flank: Flank, pairs: Sequence[PairEvidence]
) -> FlankEvidence:
    """All pairs of one flank as one number: the best, corrected for the number tried.

    Burst frames repeat each other, so pairs are never summed; the correction pays for having
    chosen the best of several.
    """
    best = max(pairs, key=lambda p: p.llr)
    fit = calibration.sighting
    value = _chosen(fit, best.llr, min(p.llr for p in pairs), len(pairs))
    value = max(value, math.log(calibration.miss.unmodelled))
    return FlankEvidence(flank, value, best, len(pairs))


def _chosen(fit: SightingCalibration, best: float, worst: float, count: int) -> float:
    """The best of ``count`` pairs, paid for; choosing never turns silence into evidence."""
    value = fit.gain * best - fit.per_log_pair * math.log(count)
    value = max(value, 0.0) if best > 0 else max(value, fit.gain * worst)
    return min(max(value, fit.lowest), fit.highest)


def sighting_evidence(
    calibration: Calibration,
    a: str,
    b: str,
    by_flank: Mapping[Flank, Sequence[PairEvidence]],
    *,
    missing: str = "",
    flags: tuple[str, ...] = (),
) -> SightingPairEvidence:
    """Two sightings: the flanks are independent patterns, so their llrs add.

    Pairs of unknown flank count only where no known flank is shared: they may repeat it.
    """
    known: dict[Flank, Sequence[PairEvidence]] = {
        f: p for f, p in by_flank.items() if p and f is not Flank.UNKNOWN
    }
    used: dict[Flank, Sequence[PairEvidence]] = known or {f: p for f, p in by_flank.items() if p}
    flanks = tuple(flank_evidence(calibration, f, p) for f, p in used.items())
    pairs = tuple(p for group in by_flank.values() for p in group)
    if not flanks:
        return SightingPairEvidence(a, b, False, 0.0, (), pairs, missing, (), flags)
    withheld = _withheld(flanks)
    llr = sum(f.llr for f in flanks)
    return SightingPairEvidence(a, b, True, llr, flanks, pairs, "", withheld, flags)


def _withheld(flanks: Sequence[FlankEvidence]) -> tuple[str, ...]:
    failed = {c.name for f in flanks for c in f.best.controls if not c.passed}
    return tuple(sorted(failed))
