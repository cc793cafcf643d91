"""A calibration drawn towards a catalogue's own labelled pairs, as far as these can carry it.

The shipped calibration is the start: with no known animal it stays as it is, and every labelled
pair moves it a little (maximum a posteriori under a normal prior around the start).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
STRENGTH = 0.1
"""Squared distance from the start weighs so much against the summed loss of the known individuals,
one each. Chosen on tigers; docs/evaluation.md has the others that were tried."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """``llr = constant + slopes . features``, within bounds that the pairs seen can support."""

    constant: float
    slopes: tuple[float, ...]
    lowest: float
    highest: float

    def llr(self, features: Floats) -> Floats:
        """(n,) natural log-likelihood ratios of (n, c) features."""
        value = features @ np.array(self.slopes) + self.constant
        return np.asarray(np.clip(value, self.lowest, self.highest), dtype=np.float64)


def adapted(
    start: Adapted,
    features: Floats,
    same: NDArray[np.bool_],
    individuals: int,
    *,
    strength: float = STRENGTH,
    with_constant: bool = True,
) -> Adapted:
    """The start moved by pairs of so many ``individuals``; the start where one kind is missing.

    Same and different pairs have half of the weight each, slopes are never negative. Bounds stay
    the start's: few pairs cannot widen what a large fit allows. Without ``with_constant`` the
    constant stays as it is, so that pictures that can tell nothing go on saying nothing.
    """
    if same.all() or not same.any():
        return start
    pull = strength / max(individuals, 1)
    mass = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    sign = np.where(same, 1.0, -1.0)
    begin = np.array([start.constant, *start.slopes])
    x = np.column_stack([np.ones(len(same)), features])

    def cost(w: Floats) -> tuple[float, Floats]:
        margin = sign * (x @ w)
        slope = -mass * sign / (1 + np.exp(np.clip(margin, -500, 500)))
        away = w - begin
        loss = float((mass * np.logaddexp(0, -margin)).sum()) + pull * float(away @ away)
        return loss, x.T @ slope + 2 * pull * away

    fixed = None if with_constant else start.constant
    bounds = [(fixed, fixed), *[(0.0, None)] * len(start.slopes)]
    found = minimize(cost, begin, jac=True, bounds=bounds, method="L-BFGS-B").x
    constant, *slopes = map(float, found)
    return Adapted(constant, tuple(slopes), start.lowest, start.highest)
