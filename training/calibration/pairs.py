"""Same and different pairs of measured synthetic leopards, scored by the real matcher."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.fuse import pair_features, pair_quality
from reid.pipeline import Engine
from reid.pipeline.pair_scores import measure_pair
from training.calibration.measured import Measured


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPairs:
    """``features`` (n, 4), ``quality`` (n,), ``same`` (n,) bool, ``individual`` (n, 2)."""

    features: NDArray[np.float64]
    quality: NDArray[np.float64]
    same: NDArray[np.bool_]
    individual: NDArray[np.int64]
    pattern: NDArray[np.float64]

    def of(self, keep: NDArray[np.bool_]) -> ScoredPairs:
        """The pairs where ``keep``."""
        return ScoredPairs(
            self.features[keep],
            self.quality[keep],
            self.same[keep],
            self.individual[keep],
            self.pattern[keep],
        )


def score_pairs(
    engine: Engine, measured: Sequence[Measured], different: int, seed: int, threads: int
) -> ScoredPairs:
    """Every same pair and ``different`` random different pairs of one flank."""
    couples = list(itertools.combinations(measured, 2))
    couples = [(a, b) for a, b in couples if a.flank is b.flank]
    same = [c for c in couples if c[0].individual == c[1].individual]
    others = [c for c in couples if c[0].individual != c[1].individual]
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(others), size=min(different, len(others)), replace=False)
    todo = [*same, *(others[k] for k in chosen)]
    with ThreadPoolExecutor(threads) as pool:
        rows = list(pool.map(lambda c: _row(engine, *c), todo))
    features, quality, pattern = (np.array(column) for column in zip(*rows, strict=True))
    individual = np.array([(a.individual, b.individual) for a, b in todo], dtype=np.int64)
    truth = np.arange(len(todo)) < len(same)
    return ScoredPairs(features, quality, truth, individual, pattern)


def _row(engine: Engine, a: Measured, b: Measured) -> tuple[NDArray[np.float64], float, float]:
    _, scores = measure_pair(engine, a.animal, b.animal)
    quality = pair_quality(a.animal.view.quality.usable, b.animal.view.quality.usable)
    return pair_features(scores, quality), quality, scores["pattern"]
