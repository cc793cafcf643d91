"""Fit the flank head on synthetic leopards: ``python -m training.calibration.flank``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from reid.pipeline import Engine
from reid.weights import weights_root
from training.calibration.score import FLANKS, FOLDER


def fit_flank(
    contrast: NDArray[np.float64], left: NDArray[np.bool_], individual: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """Weights on `side_contrast` without intercept, and the share right on unseen individuals."""
    held = individual // 2 % 2 == 0
    both, sign = np.concatenate([contrast, -contrast]), np.concatenate([left, ~left])
    seen = np.concatenate([~held, ~held])
    model = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
    model.fit(both[seen], sign[seen])
    right = float((model.predict(contrast[held]) == left[held]).mean())
    return np.asarray(model.fit(both, sign).coef_[0]), right


def write_flank_head(weights: NDArray[np.float64], right: float, fingerprint: str) -> None:
    """Into ``weights/flank-head``."""
    path = weights_root() / "flank-head" / "flank-head.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "bundle_fingerprint": fingerprint,
        "sharpness": 0.75,
        "trained_on": "synthetic leopards (training.synthetic)",
        "licence": "Apache-2.0",
        "right_on_unseen_synthetic": round(right, 4),
        "weights": [round(float(w), 5) for w in weights],
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def main() -> None:
    """Fit on what `training.calibration.score` wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flanks", type=Path, default=FOLDER / FLANKS)
    with np.load(parser.parse_args().flanks) as held:
        weights, right = fit_flank(held["contrast"], held["left"], held["individual"])
    print(f"flank right on unseen synthetic individuals: {right:.4g}")
    engine = Engine.load(threads=1, calibrated=False)
    write_flank_head(weights, right, engine.screener.fingerprint)


if __name__ == "__main__":
    main()
