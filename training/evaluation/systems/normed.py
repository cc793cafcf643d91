"""Scores that mean the same in every catalogue: how far above what both pictures usually get."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.evaluation.systems.compose import matrix_of
from training.evaluation.systems.contract import Comparer, Entries, Floats, Task

LOWEST, HIGHEST = -3.0, 6.0
"""Standard deviations beyond which little more is believed: tails of a score are no evidence."""
BEYOND = 0.02
"""What counts of each standard deviation beyond: the order of candidates must stay."""


@dataclass(frozen=True)
class NormedComparer:
    """Symmetric score normalisation, as in speaker verification (s-norm, Kenny 2010).

    A score is told in standard deviations above the mean of what the query gets from all pictures
    that it may find, and the same from the gallery picture's side; the mean of both counts, damped
    beyond `LOWEST` and `HIGHEST`. The cohort is the catalogue, in which all but a few are other
    animals; no label is used. What a species or a light gives to every pair is taken out, and so is
    what a picture gives to everybody.
    """

    inner: Comparer
    dense: bool = field(default=True, init=False)
    llr: bool = field(default=False, init=False)
    relative: bool = field(default=False, init=False)

    @property
    def method(self) -> str:
        """The inner one's, normed."""
        return f"normed[{LOWEST:g},{HIGHEST:g},{BEYOND:g}] {self.inner.method}"

    def matrix(self, task: Task) -> Floats:
        """(n, m); see `Comparer`."""
        return normed(matrix_of(self.inner, task), task.plan.allowed)

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,); see `Comparer`."""
        return np.asarray(matrix_of(self, task)[entries[:, 0], entries[:, 1]])


def normed(scores: Floats, allowed: NDArray[np.bool_]) -> Floats:
    """(n, m) scores against their row's and their column's; 0 where nothing is allowed."""
    seen = np.where(allowed, scores, 0.0).astype(np.float64)
    total = np.zeros(scores.shape)
    for axis in (1, 0):
        count = np.maximum(allowed.sum(axis=axis, keepdims=True), 1)
        mean = seen.sum(axis=axis, keepdims=True) / count
        spread = np.where(allowed, scores - mean, 0.0)
        deviation = np.sqrt((spread**2).sum(axis=axis, keepdims=True) / count)
        total += spread / np.maximum(deviation, 1e-6)
    within = np.clip(total / 2, LOWEST, HIGHEST)
    return np.asarray(within + BEYOND * (total / 2 - within), dtype=np.float32)
