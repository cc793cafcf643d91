"""How often a true match is not found, by quality, with intervals over individuals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from training.calibration.pairs import ScoredPairs

MISSED_BELOW = 1.0
"""A true pair whose ``pattern`` stays below this was missed: different animals reach 1."""
USABLE = (0.0, 0.25, 0.5, 0.75, 1.0)
FROM_THE_SIDE = 0.8
"""Least coverage of both pictures of a pair that shows the flank from the side."""
BEST = "usable 0.75 to 1"
"""The stratum of good pictures."""


@dataclass(frozen=True, slots=True)
class MissRate:
    """Share of true pairs missed: the mean over individuals, and its 95 % interval."""

    stratum: str
    pairs: int
    individuals: int
    rate: float
    low: float
    high: float


def wilson(rate: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Interval of a share seen among ``n`` independent cases (Wilson 1927)."""
    middle = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def miss_rates(pairs: ScoredPairs) -> list[MissRate]:
    """Strata of the same-animal pairs, empty ones left out.

    Pairs of one individual share its coat and often its pictures, so the individuals are the
    cases: each counts once, by its own share.
    """
    true = pairs.of(pairs.same)
    missed = true.pattern < MISSED_BELOW
    found = (
        _rate(name, missed[keep], true.individual[keep, 0])
        for name, keep in _strata(true)
        if keep.any()
    )
    return list(found)


def _strata(true: ScoredPairs) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for low, high in pairwise(USABLE):
        inside = (true.usable >= low) & ((true.usable < high) | (high == 1.0))
        yield f"usable {low:g} to {high:g}", inside
    side = true.coverage >= FROM_THE_SIDE
    yield f"from the side (coverage {FROM_THE_SIDE:g} or more)", side
    yield "from the side, usable 0.5 or more", side & (true.usable >= 0.5)


def _rate(name: str, missed: NDArray[np.bool_], individual: NDArray[np.int64]) -> MissRate:
    who = np.unique(individual)
    rate = float(np.mean([missed[individual == one].mean() for one in who]))
    return MissRate(name, len(missed), len(who), rate, *wilson(rate, len(who)))
