"""Fusion: comparers weighed together, by weights that saw none of the animals that they judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from reid.errors import ConfigError
from training.evaluation.systems.compose import SHORTLIST, Scores, above, at, matrix_of, shortlist
from training.evaluation.systems.contract import Comparer, Floats, Task

Bools = NDArray[np.bool_]
PENALTY = 1e-4  # of squared standardised slopes: only keeps separable data from running away


@dataclass(frozen=True, slots=True)
class Weights:
    """``ranking`` and ``evidence``: constant, then a slope for each comparer.

    They differ because their pairs do: candidates of a shortlist are alike by choice, so what
    tells them apart is not what tells two pictures apart that were drawn at random. ``evidence``
    gives log-likelihood ratios, which stay within ``lowest`` and ``highest``: what the number of
    pairs that were fitted can show.
    """

    ranking: tuple[float, ...]
    evidence: tuple[float, ...]
    lowest: float
    highest: float

    def rank(self, features: Floats) -> Floats:
        """(k,) for the order of candidates."""
        return _weighed(features, self.ranking)

    def llr(self, features: Floats) -> Floats:
        """(k,) natural log-likelihood ratios."""
        return np.clip(_weighed(features, self.evidence), self.lowest, self.highest)


def mean_of(weights: Sequence[Weights]) -> Weights:
    """One set of weights for another dataset: the mean of the folds'."""
    columns = ([*w.ranking, *w.evidence, w.lowest, w.highest] for w in weights)
    mean = [float(v) for v in np.mean(list(columns), axis=0)]
    cut = len(weights[0].ranking)
    return Weights(tuple(mean[:cut]), tuple(mean[cut:-2]), mean[-2], mean[-1])


@dataclass(frozen=True)
class Fused:
    """Comparers weighed by logistic regressions with slopes that are never negative.

    Candidates are the shortlists of the dense comparers. For each fold both sets of weights are
    fitted on pairs of which both pictures are of other folds: the order on candidates, the
    evidence on the plan's pairs and without relative comparers. ``weights``, where given, were
    fitted on another dataset.
    """

    comparers: tuple[Comparer, ...]
    length: int = SHORTLIST
    weights: Weights | None = None

    @property
    def method(self) -> str:
        """Comparers, length and given weights."""
        parts = " + ".join(c.method for c in self.comparers)
        return f"({parts})[{self.length}] {self.weights or 'cross-fitted'}"

    @property
    def llr(self) -> bool:
        """Yes: the evidence of pairs is fitted as such."""
        return True

    def predict(self, task: Task) -> Scores:
        """See `System`.

        Raises:
            ConfigError: no comparer that can propose candidates, or nothing to fit on.
        """
        routes = [c for c in self.comparers if c.dense]
        if not routes:
            raise ConfigError("fusion: expected at least one comparer that searches all pictures")
        plan, entries = task.plan, shortlist(routes, task, self.length)
        both = np.concatenate([entries, plan.pairs])
        features = np.stack([at(c, task, both) for c in self.comparers], axis=1)
        asked, found = plan.fold[plan.queries[both[:, 0]]], plan.fold[plan.gallery[both[:, 1]]]
        same, early = plan.same[both[:, 0], both[:, 1]], np.arange(len(both)) < len(entries)
        absolute = np.array([not c.relative for c in self.comparers], dtype=np.float32)
        scores, fitted = np.zeros(len(both), dtype=np.float32), {}
        for fold in np.unique(plan.fold):
            seen, mine = (asked != fold) & (found != fold), asked == fold
            weights = self.weights or _fitted(features[seen], same[seen], early[seen], absolute)
            scores[mine & early] = weights.rank(features[mine & early])
            scores[mine & ~early] = weights.llr(features[mine & ~early])
            fitted[str(fold)] = asdict(weights)
        ranking = above(matrix_of(routes[0], task), entries, scores[early])
        return Scores(ranking, scores[~early], {} if self.weights else fitted)


def _fitted(features: Floats, same: Bools, early: Bools, absolute: Floats) -> Weights:
    """``absolute`` (comparers,) is 0 for those that are no evidence: their slope becomes 0."""
    ranking = fit(features[early], same[early])
    truth = same[~early]
    evidence = fit(features[~early] * absolute, truth)
    bounds = -float(np.log(truth.sum())), float(np.log((~truth).sum()))
    return Weights(tuple(map(float, ranking)), tuple(map(float, evidence)), *bounds)


def fit(features: Floats, same: Bools) -> NDArray[np.float64]:
    """Constant and slopes of a balanced logistic regression; slopes are never negative.

    A comparer that is of no use gets 0: more alike must never count against "same".

    Raises:
        ConfigError: only same or only different pairs.
    """
    if same.all() or not same.any():
        raise ConfigError(
            f"fusion: expected same and different pairs to fit on, found {int(same.sum())} same "
            f"of {len(same)}; give weights that were fitted on another dataset"
        )
    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    x = (features - centre) / spread
    mass = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    sign = np.where(same, 1.0, -1.0)

    def cost(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (w[0] + x @ w[1:])
        slope = -mass * sign / (1 + np.exp(np.clip(margin, -500, 500)))
        loss = float((mass * np.logaddexp(0, -margin)).sum()) + PENALTY * float(w[1:] @ w[1:])
        return loss, np.concatenate([[slope.sum()], slope @ x + 2 * PENALTY * w[1:]])

    bounds = [(None, None)] + [(0.0, None)] * x.shape[1]
    w = minimize(cost, np.zeros(1 + x.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = w[1:] / spread
    return np.concatenate([[w[0] - slopes @ centre], slopes])


def _weighed(features: Floats, weights: tuple[float, ...]) -> Floats:
    slopes = np.array(weights[1:], dtype=np.float32)
    return np.asarray(features @ slopes + np.float32(weights[0]), dtype=np.float32)
