"""Open set: the right answer may be "not in the catalogue"."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.ranks import Ranks

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class OpenSet:
    """Each (n,) bool: ``known`` and ``unknown`` queries, and whether the answer was right.

    The answer is the best proposal's class where its score reaches a threshold that was chosen on
    the *other* folds' individuals, else "not in the catalogue".
    """

    known: Bools = field(repr=False)
    unknown: Bools = field(repr=False)
    right: Bools = field(repr=False)


def open_set(prediction: Prediction, ranks: Ranks) -> OpenSet | None:
    """Answers under cross-fitted thresholds; None without unknown queries or a second fold."""
    fold = prediction.queries.fold
    known, unknown = ranks.known & ~prediction.unknown, prediction.unknown
    classes = prediction.queries.flank_class
    right = np.zeros(len(fold), dtype=np.bool_)
    for number in np.unique(fold):
        seen, asked = fold != number, fold == number
        if not (seen & known).any() or not (seen & unknown).any():
            return None
        limit = best_threshold(ranks, known & seen, unknown & seen, classes)
        right[asked] = answers(ranks, unknown, limit)[asked]
    return OpenSet(known, unknown, right)


def answers(ranks: Ranks, unknown: Bools, limit: float) -> Bools:
    """(n,): right under a threshold, both for the known and for the unknown."""
    named = ranks.score >= limit
    return np.asarray(np.where(unknown, ~named, named & ranks.right))


def best_threshold(ranks: Ranks, known: Bools, unknown: Bools, classes: NDArray[np.str_]) -> float:
    """The score at which the geometric mean of BAKS and BAUS is highest on these queries."""
    values = np.unique(ranks.score[known | unknown])
    limits = np.quantile(values, np.linspace(0, 1, min(len(values), 200)), method="nearest")
    limits = np.append(np.unique(limits), np.inf)
    said = [answers(ranks, unknown, float(limit)) for limit in limits]
    means = [
        np.sqrt(balanced(right[known], classes[known]) * balanced(right[unknown], classes[unknown]))
        for right in said
    ]
    return float(limits[int(np.argmax(means))])


def balanced(right: Bools, classes: NDArray[np.str_]) -> float:
    """Mean over classes of the share of right answers: BAKS of the known, BAUS of the unknown."""
    if not len(right):
        return float("nan")
    place = np.unique(classes, return_inverse=True)[1]
    return float((np.bincount(place, weights=right) / np.bincount(place)).mean())
