"""Fit calibration and flank head on synthetic leopards: ``python -m training.calibration.fit``.

Coefficients are fitted on one half of the individuals; the other half, which nothing saw, gives
the figures. What ships is fitted on all of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from reid.fuse.calibration import Calibration, PairCalibration, SightingCalibration
from reid.pipeline import Engine, code_version
from reid.types import Flank
from reid.weights import describe_file, load_bundle, weights_root
from training.calibration.measured import Measured, measure_many
from training.calibration.metrics import auc, cllr, cllr_min
from training.calibration.pairs import ScoredPairs, score_pairs

FIRST_INDIVIDUAL = 10_000
FITTED = np.array([1.0, 1.0, 0.0, 1.0])
"""Which features are fitted. Quality times pattern is not: left free its weight turns negative,
and a match in a poor picture would then count for more than the same match in a good one."""
UNMODELLED_MISS = 0.02
"""Share of true pairs in good pictures that may go unmatched for reasons that no synthetic coat
has (growth, wet fur, odd posture). One flank alone can then speak against "same" at 50 to 1 at
most, so "different" at 1 % needs both flanks, or a more generous error rate."""
MISSED_BELOW = 1.0
"""A true pair whose ``pattern`` stays below this was missed: different animals reach 1."""


def fit_pairs(pairs: ScoredPairs) -> PairCalibration:
    """Balanced logistic regression: its log-odds are the log-likelihood ratio.

    Without intercept: two pictures that can tell nothing must say nothing.
    """
    model = LogisticRegression(C=10.0, class_weight="balanced", fit_intercept=False, max_iter=2000)
    model.fit(pairs.features * FITTED, pairs.same)
    weights = [float(w) for w in model.coef_[0] * FITTED]
    different, same = int((~pairs.same).sum()), int(pairs.same.sum())
    return PairCalibration(
        intercept=0.0,
        weights=(weights[0], weights[1], weights[2], weights[3]),
        highest=float(np.log(different)),
        lowest=-float(np.log(same)),
    )


def llr_of(fit: PairCalibration, pairs: ScoredPairs) -> NDArray[np.float64]:
    """Bounded log-likelihood ratios (n,)."""
    raw = fit.intercept + pairs.features @ np.array(fit.weights)
    return np.clip(raw, fit.lowest, fit.highest)


def fit_miss(pairs: ScoredPairs) -> tuple[float, float]:
    """Probability of missing a true match as a logistic function of quality."""
    missed = pairs.pattern[pairs.same] < MISSED_BELOW
    quality = pairs.quality[pairs.same][:, None]
    model = LogisticRegression(C=10.0, max_iter=2000).fit(quality, missed)
    return float(model.intercept_[0]), float(model.coef_[0, 0])


def fit_all(pairs: ScoredPairs, described: str) -> Calibration:
    """The calibration that ships."""
    pair = fit_pairs(pairs)
    intercept, slope = fit_miss(pairs)
    sighting = SightingCalibration(
        gain=1.0,
        per_log_pair=1.0,
        highest=pair.highest,
        lowest=pair.lowest,
        unmodelled_miss=UNMODELLED_MISS,
    )
    return Calibration(
        method="balanced logistic regression on verified pattern, its excess over the mirrored "
        "impostor, and quality; bounded by the number of fitting pairs",
        pair=pair,
        sighting=sighting,
        miss_intercept=intercept,
        miss_quality=slope,
        fitted_on=described,
        checked_light=("colour",),
        date=datetime.now(UTC).date().isoformat(),
        code_version=code_version(),
    )


def fit_flank(measured: Sequence[Measured]) -> tuple[NDArray[np.float64], float]:
    """Weights on `side_contrast` without intercept, and the share right on unseen individuals."""
    x = np.stack([m.contrast for m in measured])
    left = np.array([m.flank is Flank.LEFT for m in measured])
    held = np.array([m.individual // 2 % 2 == 0 for m in measured])
    both, sign = np.concatenate([x, -x]), np.concatenate([left, ~left])
    seen = np.concatenate([~held, ~held])
    model = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
    model.fit(both[seen], sign[seen])
    right = float((model.predict(x[held]) == left[held]).mean())
    return np.asarray(model.fit(both, sign).coef_[0]), right


def held_out_figures(pairs: ScoredPairs) -> dict[str, float]:
    """Fitted on odd pairs of individuals, judged on the even ones; mixed pairs are left out."""
    half = pairs.individual // 2 % 2
    train = pairs.of(np.asarray((half == 1).all(axis=1)))
    test = pairs.of(np.asarray((half == 0).all(axis=1)))
    llr = llr_of(fit_pairs(train), test)
    return {
        "same pairs": float(test.same.sum()),
        "different pairs": float((~test.same).sum()),
        "AUC": auc(llr, test.same),
        "Cllr": cllr(llr, test.same),
        "Cllr-min": cllr_min(llr, test.same),
        "wrong same at 1 %": float((llr[~test.same] >= np.log(99)).mean()),
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


def write_flank_head(weights: NDArray[np.float64], right: float, engine: Engine) -> None:
    """Into ``weights/flank-head``."""
    path = weights_root() / "flank-head" / "flank-head.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "bundle_fingerprint": engine.embedder.fingerprint,
        "sharpness": 0.75,
        "trained_on": "synthetic leopards (training.synthetic)",
        "licence": "Apache-2.0",
        "right_on_unseen_synthetic": round(right, 4),
        "weights": [round(float(w), 5) for w in weights],
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, fit, print held-out figures, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--individuals", type=int, default=80)
    parser.add_argument("--different", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    measured = measure_many(FIRST_INDIVIDUAL, asked.individuals, asked.seed, asked.workers)
    fit_and_write(measured, asked.different, asked.seed, asked.workers)


def fit_and_write(measured: Sequence[Measured], different: int, seed: int, threads: int) -> None:
    """Fit on measured pictures and write calibration and flank head."""
    engine = Engine.load(threads=1, calibrated=False)
    pairs = score_pairs(engine, measured, different, seed, threads)
    for name, value in held_out_figures(pairs).items():
        print(f"{name}: {value:.4g}")
    individuals = len({m.individual for m in measured})
    described = (
        f"{len(measured)} synthetic pictures of {individuals} synthetic leopards "
        f"({int(pairs.same.sum())} same, {int((~pairs.same).sum())} different pairs); no photograph"
    )
    weights, right = fit_flank(measured)
    print(f"flank right on unseen synthetic individuals: {right:.4g}")
    write_calibration(fit_all(pairs, described), engine.config.bundle)
    write_flank_head(weights, right, engine)


if __name__ == "__main__":
    main()
