"""The champion's calibration, drawn towards a place's own calibration individuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from reid.fuse import PairQuality, aligned_llr, pair_features
from reid.fuse.calibration import Calibration, PairCalibration
from reid.pipeline.engine import code_version
from training.calibration.adapt import Adapted, adapted
from training.calibration.pairs import SCORES

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPairs:
    """Pairs of pictures of one flank, within individuals that nothing else was learnt from.

    ``raw`` (k, 6): `training.evaluation.systems.product.RAW`; ``same`` (k,) bool; ``individual``
    (k, 2).
    """

    raw: Floats = field(repr=False)
    same: NDArray[np.bool_] = field(repr=False)
    individual: NDArray[np.str_] = field(repr=False)

    @property
    def individuals(self) -> int:
        """How many take part in a same pair: those that say how one animal looks twice."""
        return len(np.unique(self.individual[self.same]))


def llr_under(calibration: Calibration, raw: Floats) -> Floats:
    """(k,) natural log-likelihood ratios as the product gives them."""
    return np.array([aligned_llr(calibration, *_named(row)) for row in raw], dtype=np.float64)


def drawn_towards(start: Calibration, pairs: LabelledPairs, whose: str, day: date) -> Calibration:
    """The start's three weights, each scaled by what the pairs ask for as far as they carry it.

    Maximum a posteriori around the start (`training.calibration.adapt`): without individuals it is
    the start. No weight changes its sign, bounds and the rate of misses stay, and pictures that
    can tell nothing still say nothing. ``day`` is what it is dated with.
    """
    if not pairs.individuals or pairs.same.all():
        return start
    weights = np.array(start.pair.weights)
    parts = np.stack([pair_features(*_named(row)) for row in pairs.raw]) * weights
    begin = Adapted(0.0, (1.0,) * len(weights), start.pair.lowest, start.pair.highest)
    found = adapted(begin, parts, pairs.same, pairs.individuals, with_constant=False)
    pattern, excess, shortfall = (float(w * s) for w, s in zip(weights, found.slopes, strict=True))
    pair = PairCalibration(
        pattern=pattern,
        excess=excess,
        shortfall=shortfall,
        highest=start.pair.highest,
        lowest=start.pair.lowest,
    )
    same = int(pairs.same.sum())
    return start.model_copy(
        update={
            "pair": pair,
            "method": f"{start.method}; then drawn towards a place's own pairs (maximum a "
            "posteriori around these weights)",
            "fitted_on": f"{start.fitted_on}; then {whose}: {pairs.individuals} individuals "
            f"({same} same, {len(pairs.same) - same} different)",
            "date": day.isoformat(),
            "code_version": code_version(),
        }
    )


def _named(row: Sequence[float] | Floats) -> tuple[dict[str, float], PairQuality]:
    return dict(zip(SCORES, map(float, row), strict=False)), PairQuality(*map(float, row[-2:]))
