"""Fit the calibration on scored synthetic pairs: ``python -m training.calibration.fit``.

Coefficients are fitted on one half of the individuals; the other half, which nothing saw, gives
the figures. What ships is fitted on all of them. `training.calibration.score` makes the pairs.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from reid.fuse.calibration import (
    Calibration,
    MissCalibration,
    PairCalibration,
    SightingCalibration,
)
from reid.pipeline import code_version
from reid.weights import DEFAULT_BUNDLE, SPECIES_BUNDLE, describe_file, load_bundle
from training.calibration.metrics import auc, calibration_error, cllr, cllr_min
from training.calibration.misses import BEST, MISSED_BELOW, miss_rates
from training.calibration.pairs import ScoredPairs
from training.calibration.score import FOLDER, PAIRS

LEAST_UNMODELLED = 0.05
"""Stated judgement: share of true pairs in good pictures that may go unmatched for reasons that no
synthetic coat has (growth, wet fur, odd posture). One flank alone can then speak against "same" at
20 to 1 at most. What real pictures show is in docs/results.md; none of them sets a number here."""
PRIOR = 0.5
"""Weight of the quadratic penalty on the coefficients against the log-likelihood of all pairs:
different synthetic animals hardly ever match by chance, and without it the fit would believe that
none ever do."""
BOUNDS = ((0, None), (0, None), (None, 0))
"""Signs of `reid.fuse.calibration.FEATURES`: more match is never less evidence."""


def fit_pairs(pairs: ScoredPairs) -> PairCalibration:
    """Balanced logistic regression: its log-odds are the log-likelihood ratio.

    Without intercept: two pictures that can tell nothing must say nothing.
    """
    x, same = pairs.features(), pairs.same
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    sign = np.where(same, -1.0, 1.0)

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = sign * (x @ w)
        slope = weight * sign / (1 + np.exp(-z))
        cost = float((weight * np.logaddexp(0, z)).sum() + PRIOR * (w @ w) / len(same))
        return cost, x.T @ slope + 2 * PRIOR * w / len(same)

    found = minimize(loss, np.zeros(3), jac=True, method="L-BFGS-B", bounds=BOUNDS)
    pattern, excess, shortfall = (float(w) for w in found.x)
    return PairCalibration(
        pattern=pattern,
        excess=excess,
        shortfall=shortfall,
        highest=float(np.log((~same).sum())),
        lowest=-float(np.log(same.sum())),
    )


def llr_of(fit: PairCalibration, pairs: ScoredPairs, unmodelled: float) -> NDArray[np.float64]:
    """What `reid.fuse.aligned_llr` gives, (n,)."""
    value = pairs.features() @ np.array(fit.weights)
    impostor = pairs.scores[:, 1] >= pairs.pattern
    value = np.clip(np.where(impostor, np.minimum(value, 0), value), fit.lowest, fit.highest)
    return np.asarray(np.log((1 - unmodelled) * np.exp(value) + unmodelled))


def fit_miss(pairs: ScoredPairs) -> MissCalibration:
    """Probability of missing a true match: logistic in quality, and what no quality explains."""
    good = next(rate for rate in miss_rates(pairs) if rate.stratum == BEST)
    missed = pairs.pattern[pairs.same] < MISSED_BELOW
    model = LogisticRegression(C=10.0, max_iter=2000)
    model.fit(pairs.usable[pairs.same][:, None], missed)
    return MissCalibration(
        intercept=float(model.intercept_[0]),
        usable=float(model.coef_[0, 0]),
        unmodelled=max(LEAST_UNMODELLED, good.high),
        source=f"the larger of {LEAST_UNMODELLED:g} (stated judgement) and {good.high:.3f}: upper "
        f"end of the 95 % interval (Wilson, over {good.individuals} synthetic individuals) of true "
        f"pairs missed in pictures of {good.stratum}, {100 * good.rate:.1f} % of {good.pairs} "
        "pairs; no photograph",
    )


def fit_all(pairs: ScoredPairs) -> Calibration:
    """The calibration that ships."""
    pair = fit_pairs(pairs)
    same, individuals = int(pairs.same.sum()), len(np.unique(pairs.individual))
    return Calibration(
        method="balanced logistic regression without intercept on verified pattern, its excess "
        "over the mirrored impostor, and its shortfall of what pictures this good would show; "
        "bounded by the number of fitting pairs",
        pair=pair,
        sighting=SightingCalibration(
            gain=1.0, per_log_pair=1.0, highest=pair.highest, lowest=pair.lowest
        ),
        miss=fit_miss(pairs),
        fitted_on=f"pairs of pictures of {individuals} synthetic leopards ({same} same, "
        f"{len(pairs.same) - same} different, {100 * pairs.infrared.mean():.0f} % with synthetic "
        "infrared); no photograph",
        checked_light=("colour",),
        date=datetime.now(UTC).date().isoformat(),
        code_version=code_version(),
    )


def held_out(pairs: ScoredPairs) -> dict[str, dict[str, float]]:
    """Fitted on half of the individuals, judged on the other; pairs across halves are left out.

    Both ways, pooled, and apart by light.
    """
    half = pairs.individual // 2 % 2
    parts = [pairs.of(np.asarray((half == k).all(axis=1))) for k in (0, 1)]
    llr = [llr_of(fit_pairs(parts[1 - k]), parts[k], LEAST_UNMODELLED) for k in (0, 1)]
    same = np.concatenate([p.same for p in parts])
    infrared = np.concatenate([p.infrared for p in parts])
    value = np.concatenate(llr)
    kinds = {"all": same | ~same, "colour": ~infrared, "with infrared": infrared}
    return {name: figures(value[keep], same[keep]) for name, keep in kinds.items()}


def figures(llr: NDArray[np.float64], same: NDArray[np.bool_]) -> dict[str, float]:
    """How good log-likelihood ratios are."""
    return {
        "same": float(same.sum()),
        "different": float((~same).sum()),
        "AUC": auc(llr, same),
        "Cllr": cllr(llr, same),
        "Cllr-min": cllr_min(llr, same),
        "ECE": calibration_error(llr, same),
        "wrong same at 1 %": float((llr[~same] >= np.log(99)).mean()),
    }


def write_calibration(calibration: Calibration, bundle: str) -> None:
    """Into the bundle's folder, declared in its manifest with its hash."""
    directory = load_bundle(bundle).directory
    path = directory / "calibration.json"
    path.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    entry = describe_file(path, relative_to=directory)
    manifest["calibration"] = entry.model_dump()
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (directory / "manifest.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Fit, print held-out figures, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=FOLDER / PAIRS)
    parser.add_argument("--bundles", nargs="+", default=[DEFAULT_BUNDLE, SPECIES_BUNDLE])
    parser.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    asked = parser.parse_args()
    pairs = ScoredPairs.load(asked.pairs)
    for kind, found in held_out(pairs).items():
        print(kind, ", ".join(f"{name} {value:.4g}" for name, value in found.items()))
    calibration = fit_all(pairs)
    print(calibration.pair, calibration.miss)
    if not asked.dry_run:
        for bundle in asked.bundles:
            write_calibration(calibration, bundle)


if __name__ == "__main__":
    main()
