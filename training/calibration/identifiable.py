"""Fit the identifiability head: ``python -m training.calibration.identifiable``.

Synthetic leopards alone; what was looked at of each is kept in ``build/identifiability``. Figures:
each half of the individuals judged by a head that was fitted on the other; what is written is
fitted on all. Equal seeds give equal heads.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from reid.errors import InputError
from reid.view.identifiability import FEATURES, IdentifiabilityHead
from reid.weights import DEFAULT_BUNDLE, weights_root
from training.calibration.found import Looked, look_at_synthetic, sure_llr
from training.calibration.metrics import auc

FOLDER = Path("build") / "identifiability"
HEAD = Path("identifiability") / "identifiability.json"
INDIVIDUALS, SEED = 24, 11
RIDGE = 1e-2  # per picture: keeps weights finite where every picture was found
BINS = 5
RESAMPLES = 1000
METHOD = f"calibrated llr of one pair, at least {sure_llr():.2f}, by {DEFAULT_BUNDLE}"
Floats = NDArray[np.float64]


def fit_head(looked: Looked, *, method: str, fitted_on: str) -> IdentifiabilityHead:
    """Logistic regression with weights of at least 0, by bounded quasi-Newton (L-BFGS-B)."""
    x = np.column_stack([np.ones(len(looked.found)), looked.features])
    sign = np.where(looked.found, 1.0, -1.0)
    ridge = RIDGE / len(FEATURES)

    def cost(w: Floats) -> tuple[float, Floats]:
        margin = sign * (x @ w)
        loss = np.logaddexp(0, -margin).mean() + ridge / 2 * float(w[1:] @ w[1:])
        slope = -(x * (sign / (1 + np.exp(np.clip(margin, -500, 500))))[:, None]).mean(0)
        slope[1:] += ridge * w[1:]
        return float(loss), slope

    bounds = [(None, None)] + [(0.0, None)] * len(FEATURES)
    best = minimize(cost, np.zeros(x.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = tuple(round(float(w), 5) for w in best[1:])
    return IdentifiabilityHead(round(float(best[0]), 5), weights, method, fitted_on, len(x))


def crossed(looked: Looked) -> Floats:
    """(n,) chances, each by a head that saw none of the picture's individual.

    Raises:
        InputError: fewer than two individuals.
    """
    half = looked.individual // 2 % 2 == 0  # a left and a right flank stand side by side
    if half.all() or not half.any():
        raise InputError("expected at least four individuals to fit and judge, found fewer")
    chance = np.empty(len(half))
    for part in (half, ~half):
        head = fit_head(looked.of(~part), method="", fitted_on="")
        chance[part] = head.chances(looked.features[part])
    return chance


@dataclass(frozen=True, slots=True)
class Figures:
    """How well chances order and how true they are; ``low`` and ``high``: 95 % interval of the
    AUC over individuals.
    """

    pictures: int
    individuals: int
    found: float
    chance: float
    auc: float
    low: float
    high: float
    calibration_error: float
    brier: float
    brier_of_mean: float


def figures(chance: Floats, looked: Looked) -> Figures:
    """Figures of chances (n,) that were told without having seen the pictures."""
    found = looked.found
    low, high = _interval(chance, looked)
    return Figures(
        pictures=len(found),
        individuals=len(np.unique(looked.individual)),
        found=float(found.mean()),
        chance=float(chance.mean()),
        auc=auc(chance, found),
        low=low,
        high=high,
        calibration_error=expected_error(chance, found),
        brier=float(((chance - found) ** 2).mean()),
        brier_of_mean=float(found.var()),
    )


def expected_error(chance: Floats, found: NDArray[np.bool_]) -> float:
    """Expected calibration error over fifths of the pictures, by chance (Naeini et al. 2015)."""
    parts = np.array_split(np.argsort(chance, kind="stable"), BINS)
    gaps = [len(p) * abs(chance[p].mean() - found[p].mean()) for p in parts if len(p)]
    return float(sum(gaps) / len(chance))


def _interval(chance: Floats, looked: Looked) -> tuple[float, float]:
    """Pictures of one individual share its coat, so that individuals are drawn."""
    rng, place = np.random.default_rng(0), np.unique(looked.individual, return_inverse=True)[1]
    count = int(place.max()) + 1
    drawn = [
        np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(RESAMPLES)
    ]
    values = [auc(chance, looked.found, weight[place].astype(np.float64)) for weight in drawn]
    if np.isnan(values).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(values, (2.5, 97.5))
    return float(low), float(high)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print the figures, write the head."""
    parser = argparse.ArgumentParser(description=__doc__, prog="training.calibration.identifiable")
    parser.add_argument("--individuals", type=int, default=INDIVIDUALS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kept", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, help="default: the place of the shipped head")
    given = parser.parse_args(arguments)
    looked = look_at_synthetic(given.kept, given.individuals, given.seed, given.workers)
    told = f"synthetic leopards (training.synthetic), seed {given.seed}; no photograph"
    head = fit_head(looked, method=METHOD, fitted_on=told)
    path = given.out or weights_root() / HEAD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head.as_json(), encoding="utf-8")
    print(figures(crossed(looked), looked))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
