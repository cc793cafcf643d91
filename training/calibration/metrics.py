"""How good a log-likelihood ratio is: Cllr, Cllr-min, calibration error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression


def cllr(llr: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Log-likelihood-ratio cost in bits (Brummer and du Preez 2006); 1 is what silence costs."""
    good = np.logaddexp(0, -llr[same]).mean()
    bad = np.logaddexp(0, llr[~same]).mean()
    return float((good + bad) / (2 * np.log(2)))


def cllr_min(llr: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Cllr after the best monotone recalibration (pool adjacent violators)."""
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    fit = IsotonicRegression(y_min=1e-9, y_max=1 - 1e-9, out_of_bounds="clip")
    p = fit.fit_transform(llr, same.astype(float), sample_weight=weight)
    return cllr(np.log(p) - np.log1p(-p), same)


def auc(score: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Share of (same, different) pairs in the right order; ties count half."""
    s, d = score[same][:, None], score[~same][None]
    return float((s > d).mean() + 0.5 * (s == d).mean())


def above_every_different(score: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Share of same pairs above the highest different pair."""
    return float((score[same] > score[~same].max()).mean())
