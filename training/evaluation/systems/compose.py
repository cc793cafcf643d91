"""Systems made of comparers: alone, or a shortlist judged again by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from training.evaluation.systems.contract import Comparer, Entries, Floats, Task

SHORTLIST = 20
"""Pictures a query that the costly comparers look at. On the development sets the right animal is
among the 20 for nearly every query for which it is among 100."""
TIE = np.float32(1e-3)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """``ranking`` (n, m), nan what is never proposed; ``pairs`` (k,) of the plan's pairs.

    ``fitted``: weights by fold, as JSON values, of systems that fit any.
    """

    ranking: Floats = field(repr=False)
    pairs: Floats = field(repr=False)
    fitted: dict[str, Any] = field(default_factory=dict)


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
