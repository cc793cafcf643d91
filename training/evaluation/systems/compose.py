"""Systems made of comparers: alone, a shortlist judged again, a fusion fitted on other folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from reid.errors import ConfigError
from training.evaluation.systems.contract import Comparer, Entries, Floats, Task

SHORTLIST = 20
"""Pictures a query that the costly comparers look at. On the development sets the right animal is
among the 20 for nearly every query for which it is among 100."""
TIE = np.float32(1e-3)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """``ranking`` (n, m), nan what is never proposed; ``pairs`` (k,) of the plan's pairs."""

    ranking: Floats = field(repr=False)
    pairs: Floats = field(repr=False)
    fitted: dict[str, list[float]] = field(default_factory=dict)


@runtime_checkable
class System(Protocol):
    """Answers a task."""

    @property
    def method(self) -> str:
        """Everything that the scores depend on."""

    @property
    def llr(self) -> bool:
        """Whether the scores of pairs are log-likelihood ratios as they come."""

    def predict(self, task: Task) -> Scores:
        """Scores of the gallery for every query, and of the plan's pairs."""


def matrix_of(comparer: Comparer, task: Task) -> Floats:
    """(n, m), nan where not allowed; made once a task."""
    if comparer.method not in task.done:
        found = comparer.matrix(task).astype(np.float32)
        found[~task.plan.allowed] = np.nan
        task.done[comparer.method] = found
    return task.done[comparer.method]


def at(comparer: Comparer, task: Task, entries: Entries) -> Floats:
    """(k,) scores of entries, from the matrix where there is one."""
    if comparer.dense:
        return np.asarray(matrix_of(comparer, task)[entries[:, 0], entries[:, 1]])
    return comparer.entries(task, entries)


@dataclass(frozen=True)
class Alone:
    """One comparer over the whole gallery."""

    comparer: Comparer

    @property
    def method(self) -> str:
        """The comparer's."""
        return self.comparer.method

    @property
    def llr(self) -> bool:
        """The comparer's."""
        return self.comparer.llr

    def predict(self, task: Task) -> Scores:
        """See `System`."""
        return Scores(matrix_of(self.comparer, task), at(self.comparer, task, task.plan.pairs))


def shortlist(routes: Sequence[Comparer], task: Task, length: int = SHORTLIST) -> Entries:
    """(k, 2) union of each route's best ``length`` pictures of every query, sorted."""
    taken = np.zeros(task.plan.allowed.shape, dtype=np.bool_)
    for route in routes:
        scores = np.where(np.isnan(found := matrix_of(route, task)), -np.inf, found)
        width = min(length, scores.shape[1])
        best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        np.put_along_axis(taken, best, values=True, axis=1)
    return np.argwhere(taken & task.plan.allowed)


@dataclass(frozen=True)
class Reranked:
    """The shortlists of ``routes`` (dense), put in order by ``judge``; ties keep the first
    route's order, and what is on no shortlist follows in that order.
    """

    routes: tuple[Comparer, ...]
    judge: Comparer
    length: int = SHORTLIST

    @property
    def method(self) -> str:
        """Routes, judge and length."""
        routes = " | ".join(r.method for r in self.routes)
        return f"({routes})[{self.length}] > {self.judge.method}"

    @property
    def llr(self) -> bool:
        """The judge's."""
        return self.judge.llr

    def predict(self, task: Task) -> Scores:
        """See `System`."""
        entries = shortlist(self.routes, task, self.length)
        judged = at(self.judge, task, entries)
        ranking = above(matrix_of(self.routes[0], task), entries, judged)
        return Scores(ranking, at(self.judge, task, task.plan.pairs))


def above(base: Floats, entries: Entries, scores: Floats) -> Floats:
    """(n, m): entries by their scores, everything else below them in the order of ``base``."""
    low, high = float(np.nanmin(base)), float(np.nanmax(base))
    order = (base - low) / max(high - low, 1e-9)  # 0 to 1
    out = np.asarray(order + np.float32(min(0.0, float(scores.min(initial=0))) - 2))
    rows, columns = entries.T
    out[rows, columns] = scores + TIE * order[rows, columns]
    return out


@dataclass(frozen=True)
class Fused:
    """Comparers weighed by a logistic regression over the shortlists of the dense ones.

    For each fold the weights are fitted on pairs of query and candidate that both belong to other
    folds, so no query is judged by weights that saw its individual. The score is the fitted
    log-odds with same and different given equal mass. ``weights``, where given (constant, then
    one a comparer), are used as they are: fitted on another dataset.
    """

    comparers: tuple[Comparer, ...]
    length: int = SHORTLIST
    weights: tuple[float, ...] | None = None

    @property
    def method(self) -> str:
        """Comparers, length and given weights."""
        parts = " + ".join(c.method for c in self.comparers)
        return f"({parts})[{self.length}] {self.weights or 'cross-fitted'}"

    @property
    def llr(self) -> bool:
        """No: fitted on shortlists, whose pairs are harder than most."""
        return False

    def predict(self, task: Task) -> Scores:
        """See `System`.

        Raises:
            ConfigError: no comparer that can propose candidates, or nothing to fit on.
        """
        routes = [c for c in self.comparers if c.dense]
        if not routes:
            raise ConfigError("fusion: expected at least one comparer that searches all pictures")
        entries, pairs = shortlist(routes, task, self.length), task.plan.pairs
        both = np.concatenate([entries, pairs])
        features = np.stack([at(c, task, both) for c in self.comparers], axis=1)
        scores, fitted = self._scores(task, features, both, len(entries))
        ranking = above(matrix_of(routes[0], task), entries, scores[: len(entries)])
        return Scores(ranking, scores[len(entries) :], fitted)

    def _scores(
        self, task: Task, features: Floats, both: Entries, candidates: int
    ) -> tuple[Floats, dict[str, list[float]]]:
        if self.weights is not None:
            constant, *slopes = self.weights
            given = features @ np.array(slopes, dtype=np.float32) + np.float32(constant)
            return np.asarray(given, dtype=np.float32), {}
        plan = task.plan
        asked, found = plan.fold[plan.queries[both[:, 0]]], plan.fold[plan.gallery[both[:, 1]]]
        same = plan.same[both[:, 0], both[:, 1]]
        early = np.arange(len(both)) < candidates
        out = np.zeros(len(both), dtype=np.float32)
        fitted = {}
        for fold in np.unique(plan.fold):
            seen = early & (asked != fold) & (found != fold)
            weights = fit(features[seen], same[seen])
            mine = asked == fold
            out[mine] = features[mine] @ weights[1:].astype(np.float32) + weights[0]
            fitted[str(fold)] = [float(w) for w in weights]
        return out, fitted


def fit(features: Floats, same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Constant and slopes of a balanced logistic regression; slopes are never negative.

    A comparer that is of no use gets 0: more alike must never count against "same".

    Raises:
        ConfigError: only same or only different pairs.
    """
    if same.all() or not same.any():
        raise ConfigError(
            f"fusion: expected same and different candidates to fit on, found {int(same.sum())} "
            f"same of {len(same)}; give weights that were fitted on another dataset"
        )
    from scipy.optimize import minimize

    centre, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    x = (features - centre) / spread
    mass = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    sign = np.where(same, 1.0, -1.0)

    def cost(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (w[0] + x @ w[1:])
        slope = -mass * sign / (1 + np.exp(np.clip(margin, -500, 500)))
        loss = float((mass * np.logaddexp(0, -margin)).sum()) + 1e-4 * float(w[1:] @ w[1:])
        gradient = np.concatenate([[slope.sum()], slope @ x + 2e-4 * w[1:]])
        return loss, gradient

    bounds = [(None, None)] + [(0.0, None)] * x.shape[1]
    w = minimize(cost, np.zeros(1 + x.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = w[1:] / spread
    return np.concatenate([[w[0] - slopes @ centre], slopes])
