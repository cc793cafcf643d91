"""From a system's scores of pairs to log-likelihood ratios that no own individual helped to fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from reid.errors import InputError
from training.evaluation.retrieval.predictions import Prediction

Floats = NDArray[np.float64]


def pair_llr(prediction: Prediction) -> Floats | None:
    """(k,) natural log-likelihood ratios of the sampled pairs.

    Scores that are llrs stay as they are. Others are calibrated by a balanced logistic regression
    on the score alone, fitted on the pairs of the other folds. None where a fold leaves nothing
    to fit on.
    """
    score = prediction.pair_score.astype(np.float64)
    if prediction.is_llr:
        return score
    fold, same = pair_fold(prediction), prediction.pair_same
    out = np.zeros(len(score))
    for number in np.unique(fold):
        seen, mine = fold != number, fold == number
        if min(same[seen].sum(), (~same[seen]).sum()) < 2:
            return None
        out[mine] = fitted_llr(score[seen], same[seen], score[mine])
    return out


def calibrated_elsewhere(prediction: Prediction, reference: Prediction) -> Prediction:
    """The same predictions with scores made llrs by a fit on *all* pairs of another dataset.

    What carries over from one species and light to another, and what is lost on the way.

    Raises:
        InputError: the same dataset, another system (its scores mean something else), or scores
            that are llrs already.
    """
    one, other = prediction.about, reference.about
    llrs = prediction.is_llr or reference.is_llr
    if one["dataset"] == other["dataset"] or one["system"] != other["system"] or llrs:
        raise InputError(
            f"calibration of {one['system']!r} on {one['dataset']!r}: expected predictions of the "
            f"same system on another dataset that are no llrs yet, found {other['system']!r} on "
            f"{other['dataset']!r}"
        )
    seen = reference.pair_score.astype(np.float64)
    llr = fitted_llr(seen, reference.pair_same, prediction.pair_score.astype(np.float64))
    about = {**one, "is_llr": True, "calibrated_on": other["dataset"]}
    return replace(prediction, pair_score=llr.astype(np.float32), about=about)


def pair_fold(prediction: Prediction) -> NDArray[np.int64]:
    """(k,): both pictures of a pair are of one fold."""
    return prediction.queries.fold[prediction.pairs[:, 0]]


def fitted_llr(seen: Floats, same: NDArray[np.bool_], asked: Floats) -> Floats:
    """llr of ``asked`` scores from a fit on ``seen``, bounded by what so many pairs can show.

    No llr is larger than the log of the number of different pairs, or lower than minus the log
    of the number of same pairs, that the fit saw.
    """
    centre, spread = seen.mean(), seen.std() + 1e-12
    model = LogisticRegression(C=100.0, class_weight="balanced", max_iter=2000)
    model.fit(((seen - centre) / spread)[:, None], same)
    raw = model.decision_function(((asked - centre) / spread)[:, None])
    return np.asarray(np.clip(raw, -np.log(same.sum()), np.log((~same).sum())), dtype=np.float64)
