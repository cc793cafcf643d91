"""Does a calibration make sense? A property check on a grid of what two pictures can score. Pure.

The file's own bounds (`reid.fuse.Calibration`) are checked when it is read; here its consequences
are: numbers that are finite, no more sure than any set of pairs could make it, and evidence that
never grows when the pictures agree less.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from reid.fuse import Calibration
from reid.fuse.evidence import aligned_llr, miss_probability
from reid.fuse.scores import PairQuality

MOST_LLR = 23.0
"""e^23 is 10^10: nobody compared so many pairs (bounds follow from their number, ELUB)."""
MOST_WEIGHT = 1000.0
PATTERNS = (0.0, 0.5, 2.0, 8.0, 30.0, 120.0)
QUALITIES = tuple(PairQuality(u, c) for u, c in itertools.product((0.0, 0.3, 1.0), (0.2, 1.0)))
SLACK = 1e-9


def absurdities(calibration: Calibration) -> list[str]:
    """What is wrong with it, in words; empty when nothing."""
    wrong = list(_numbers(calibration))
    return wrong or list(dict.fromkeys(_consequences(calibration)))


def _numbers(calibration: Calibration) -> Iterator[str]:
    pair, sighting, miss = calibration.pair, calibration.sighting, calibration.miss
    for part, model in (("pair", pair), ("sighting", sighting), ("miss", miss)):
        for name, value in model:
            if not isinstance(value, float):
                continue
            if not math.isfinite(value):
                yield f"{part}.{name}: expected a finite number, found {value}"
            elif name in ("highest", "lowest"):
                if abs(value) > MOST_LLR:
                    yield f"{part}.{name}: expected at most {MOST_LLR:g} either way, found {value}"
            elif abs(value) > MOST_WEIGHT:
                yield f"{part}.{name}: expected at most {MOST_WEIGHT:g} either way, found {value}"


def _consequences(calibration: Calibration) -> Iterator[str]:
    for quality in QUALITIES:
        for mirrored in PATTERNS[:3]:
            llrs = [_llr(calibration, p, mirrored, quality) for p in PATTERNS]
            if not all(map(math.isfinite, llrs)):
                yield "an llr that is not finite"
                return
            if any(after < before - SLACK for before, after in itertools.pairwise(llrs)):
                yield "the llr falls where more of the pattern agrees"
        for pattern in PATTERNS:
            llrs = [_llr(calibration, pattern, m, quality) for m in PATTERNS]
            if any(after > before + SLACK for before, after in itertools.pairwise(llrs)):
                yield "the llr grows where the mirrored impostor agrees better"
    if _llr(calibration, PATTERNS[-1], 0.0, QUALITIES[-1]) <= 0:
        yield "the best match there can be is no evidence of sameness"
    misses = [miss_probability(calibration, PairQuality(u, 1.0)) for u in (0.0, 0.5, 1.0)]
    if any(after > before + SLACK for before, after in itertools.pairwise(misses)):
        yield "matches are missed more often in better pictures"


def _llr(calibration: Calibration, pattern: float, mirrored: float, quality: PairQuality) -> float:
    """Of two pictures; before geometry twice as much seems to agree."""
    scores = {
        "pattern": pattern,
        "mirrored": mirrored,
        "tentative": 2 * pattern,
        "mirrored_tentative": 2 * mirrored,
    }
    try:
        return aligned_llr(calibration, scores, quality)
    except (OverflowError, ValueError):
        return math.nan
