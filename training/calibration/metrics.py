"""How good a log-likelihood ratio is: Cllr, Cllr-min, calibration error, coverage.

Every function takes (n,) scores or llrs (natural log, higher: the same animal), (n,) bool truth,
and optional (n,) weights of the pairs (a bootstrap's counts). Costs give the same and the different
pairs half of the mass each, whatever their numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def halves(same: Bools, weight: Floats | None = None) -> Floats:
    """Weights under which same and different pairs have mass 0.5 each; nan where one is absent."""
    raw = np.ones(len(same)) if weight is None else np.asarray(weight, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mass = np.where(same, raw / raw[same].sum(), raw / raw[~same].sum())
    return np.asarray(0.5 * mass)


def cllr(llr: Floats, same: Bools, weight: Floats | None = None) -> float:
    """Log-likelihood-ratio cost in bits (Brummer and du Preez 2006); 1 is what silence costs."""
    cost = np.logaddexp(0, np.where(same, -llr, llr))
    return float((halves(same, weight) * cost).sum() / np.log(2))


def pav_llr(llr: Floats, same: Bools, weight: Floats | None = None) -> Floats:
    """The best monotone recalibration (pool adjacent violators), bounded at 1e-9."""
    fit = IsotonicRegression(y_min=1e-9, y_max=1 - 1e-9, out_of_bounds="clip")
    p = fit.fit_transform(llr, same.astype(float), sample_weight=halves(same, weight))
    return np.asarray(np.log(p) - np.log1p(-p))


def cllr_min(llr: Floats, same: Bools, weight: Floats | None = None) -> float:
    """Cllr after the best monotone recalibration: what the order alone could give."""
    return cllr(pav_llr(llr, same, weight), same, weight)


def auc(score: Floats, same: Bools, weight: Floats | None = None) -> float:
    """Share of (same, different) pairs in the right order; ties count half."""
    raw = np.ones(len(same)) if weight is None else weight
    value, place = np.unique(score, return_inverse=True)
    alike = np.bincount(place, weights=raw * same, minlength=len(value))
    other = np.bincount(place, weights=raw * ~same, minlength=len(value))
    below = np.cumsum(other) - other
    total = alike.sum() * other.sum()
    return float((alike * (below + 0.5 * other)).sum() / total) if total else float("nan")


def above_every_different(score: Floats, same: Bools, weight: Floats | None = None) -> float:
    """Share of same pairs above the highest different pair (of those with a weight)."""
    raw = np.ones(len(same)) if weight is None else weight
    alike, other = same & (raw > 0), ~same & (raw > 0)
    if not alike.any() or not other.any():
        return float("nan")
    return float((raw[alike] * (score[alike] > score[other].max())).sum() / raw[alike].sum())


def calibration_error(
    llr: Floats, same: Bools, weight: Floats | None = None, *, bins: int = 10
) -> float:
    """Expected calibration error of the posterior at a prior of one half, bins of equal width.

    The mean over bins, by mass, of how far the mean posterior is from the share of same pairs
    (Naeini et al. 2015), with same and different pairs given half of the mass each.
    """
    mass = halves(same, weight)
    posterior = 1 / (1 + np.exp(-np.clip(llr, -500, 500)))
    place = np.minimum((posterior * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=mass * (posterior - same), minlength=bins)
    return float(np.abs(gap).sum())


def coverage_at(llr: Floats, same: Bools, most_wrong: float, weight: Floats | None = None) -> float:
    """The largest share of pairs that can be decided with at most ``most_wrong`` wrong verdicts.

    Pairs are decided from the surest (largest absolute llr) on, by the llr's sign; the share of
    wrong ones is of the decided; mass is half same, half different. Ties are decided together.
    0 when even the surest are too often wrong.
    """
    mass = halves(same, weight)
    wrong = mass * (np.sign(llr) != np.where(same, 1, -1))
    sureness, place = np.unique(-np.abs(llr), return_inverse=True)
    decided = np.cumsum(np.bincount(place, weights=mass, minlength=len(sureness)))
    errors = np.cumsum(np.bincount(place, weights=wrong, minlength=len(sureness)))
    good = errors <= most_wrong * decided * (1 + 1e-12)
    return float(decided[good].max(initial=0.0))


def wrong_and_covered(
    llr: Floats, same: Bools, error: float, weight: Floats | None = None
) -> tuple[float, float]:
    """Verdicts at the nominal error rate: share of wrong ones among the decided, share decided.

    Decided is an absolute llr of at least log((1 - error) / error), a posterior of 1 - error at a
    prior of one half; mass is half same, half different. No decision is (0, 0).
    """
    mass = halves(same, weight)
    decided = np.abs(llr) >= np.log((1 - error) / error)
    wrong = mass[decided & ((llr > 0) != same)].sum()
    covered = mass[decided].sum()
    return (float(wrong / covered) if covered else 0.0), float(covered)
