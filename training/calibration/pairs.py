"""Same and different pairs of measured animals, scored by the real matcher, kept in a file."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.errors import NotFoundError
from reid.fuse import PairQuality, pair_features, pair_quality
from reid.pipeline import Engine
from reid.pipeline.pair_scores import measure_pair
from reid.types import Light, PreparedAnnotation
from training.calibration.measured import Measured

SCORES = ("pattern", "mirrored", "tentative", "mirrored_tentative")


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPairs:
    """Raw scores, before any calibration.

    ``scores`` (n, 4) in the order of `SCORES`, ``usable`` and ``coverage`` (n,) of
    `reid.fuse.pair_quality`, ``same`` (n,) bool, ``individual`` (n, 2), ``infrared`` (n,) bool:
    at least one of the two pictures.
    """

    scores: NDArray[np.float64]
    usable: NDArray[np.float64]
    coverage: NDArray[np.float64]
    same: NDArray[np.bool_]
    individual: NDArray[np.int64]
    infrared: NDArray[np.bool_]

    @property
    def pattern(self) -> NDArray[np.float64]:
        """Verified pattern (n,)."""
        return self.scores[:, SCORES.index("pattern")]

    def features(self) -> NDArray[np.float64]:
        """(n, 3): `reid.fuse.pair_features` of every pair."""
        rows = zip(self.scores, self.usable, self.coverage, strict=True)
        named = ((dict(zip(SCORES, s, strict=True)), PairQuality(u, c)) for s, u, c in rows)
        return np.stack([pair_features(scores, quality) for scores, quality in named])

    def of(self, keep: NDArray[np.bool_]) -> ScoredPairs:
        """The pairs where ``keep``."""
        return ScoredPairs(**{f.name: getattr(self, f.name)[keep] for f in fields(self)})

    def save(self, path: Path) -> None:
        """Into one compressed file."""
        np.savez_compressed(path, **{f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def load(cls, path: Path) -> ScoredPairs:
        """What `save` wrote.

        Raises:
            NotFoundError: there is no such file.
        """
        if not path.is_file():
            raise NotFoundError(
                f"expected scored pairs in {path.name}, found none: make them with "
                "`python -m training.calibration.score`"
            )
        with np.load(path) as held:
            return cls(**{f.name: held[f.name] for f in fields(cls)})


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
    truth = np.arange(len(todo)) < len(same)
    who = np.array([(a.individual, b.individual) for a, b in todo], dtype=np.int64)
    return score_animals(engine, [(a.animal, b.animal) for a, b in todo], truth, who, threads)


def score_animals(
    engine: Engine,
    pairs: Sequence[tuple[PreparedAnnotation, PreparedAnnotation]],
    same: NDArray[np.bool_],
    individual: NDArray[np.int64],
    threads: int,
) -> ScoredPairs:
    """Pairs of prepared animals with their truth."""
    with ThreadPoolExecutor(threads) as pool:
        rows = np.array(list(pool.map(lambda pair: _row(engine, *pair), pairs)))
    infrared = [Light.INFRARED in (a.image.light, b.image.light) for a, b in pairs]
    usable, coverage = rows[:, -2], rows[:, -1]
    return ScoredPairs(rows[:, :-2], usable, coverage, same, individual, np.array(infrared))


def _row(engine: Engine, a: PreparedAnnotation, b: PreparedAnnotation) -> list[float]:
    _, scores = measure_pair(engine, a, b)
    return [*(scores[name] for name in SCORES), *pair_quality(a.view.quality, b.view.quality)]
