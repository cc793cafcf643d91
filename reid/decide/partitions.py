"""All the ways of grouping up to ten sightings, and the posterior over them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from reid.decide.ewens import block_sizes, log_prior, shares, theta_of
from reid.decide.particles import sample_partitions
from reid.errors import InputError
from reid.types.checks import require

MAX_EXACT = 10
"""Bell(10) = 115,975 groupings take about 50 ms; Bell(11) would be six times as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Groupings ``labels`` (m, n) int16, row by row distinct, and their ``probability`` (m,).

    Two sightings with the same label in a row are one animal in that grouping. ``exact`` is
    false when the rows are a weighted sample of more groupings than can be listed.
    """

    labels: NDArray[np.int16] = field(repr=False)
    probability: NDArray[np.float64] = field(repr=False)
    exact: bool = True

    def pair_probability(self) -> NDArray[np.float64]:
        """Probability of "same" for each pair, (n, n); the diagonal is 1."""
        n = self.labels.shape[1]
        result = np.eye(n)
        for i, j in itertools.combinations(range(n), 2):
            together = self.labels[:, i] == self.labels[:, j]
            result[i, j] = result[j, i] = min(1.0, float(self.probability[together].sum()))
        return result

    def animal_count(self) -> NDArray[np.float64]:
        """Probability of k + 1 animals at position k, (n,)."""
        counts = self.labels.max(axis=1)
        result = np.zeros(self.labels.shape[1])
        np.add.at(result, counts, self.probability)
        return result


@lru_cache(maxsize=MAX_EXACT)
def all_partitions(n: int) -> NDArray[np.int16]:
    """Every partition of n sightings as restricted growth strings, (Bell(n), n), read-only.

    Knuth, *The Art of Computer Programming* 4A, 7.2.1.5: the first sighting has label 0, each
    next one an earlier label or the next free one.

    Raises:
        InputError: for fewer than 1 or more than ``MAX_EXACT`` sightings.
    """
    require(
        1 <= n <= MAX_EXACT,
        f"partitions: expected 1 to {MAX_EXACT} sightings to list them all, found {n}",
        InputError,
    )
    labels = np.zeros((1, 1), dtype=np.int16)
    for _ in range(1, n):
        children = labels.max(axis=1).astype(np.int64) + 2
        starts = np.repeat(np.cumsum(children) - children, children)
        new = (np.arange(children.sum()) - starts).astype(np.int16)
        labels = np.column_stack([np.repeat(labels, children, axis=0), new])
    labels.setflags(write=False)
    return labels


def log_likelihood(labels: NDArray[np.int16], llr: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-likelihood (m,) of each partition, relative to "all different".

    The sum of ``llr`` (n, n), symmetric, natural log, over the pairs that a partition puts
    together: pairs are taken as independent given the partition.
    """
    total = np.zeros(len(labels))
    for i, j in itertools.combinations(range(labels.shape[1]), 2):
        if llr[i, j]:
            total += llr[i, j] * (labels[:, i] == labels[:, j])
    return total


def posterior(llr: NDArray[np.float64], prior_same: float) -> Posterior:
    """The posterior over groupings from pairwise log-likelihood ratios and a stated prior.

    ``llr`` (n, n) is symmetric with a zero diagonal; 0 where a pair says nothing. Exact up to
    ``MAX_EXACT`` sightings, a weighted sample beyond (``reid.decide.particles``).

    Raises:
        InputError: if ``llr`` is not square, symmetric and finite.
        ConfigError: if ``prior_same`` is not between 0 and 1.
    """
    _check(llr)
    theta = theta_of(prior_same)
    n = len(llr)
    if n > MAX_EXACT:
        labels, weight = sample_partitions(llr, theta)
        return Posterior(labels, weight, exact=False)
    labels = all_partitions(n)
    sizes = block_sizes(labels, shares(llr))
    log_weight = log_likelihood(labels, llr) + log_prior(sizes, theta)
    return Posterior(labels, np.exp(log_weight - logsumexp(log_weight)))


def _check(llr: NDArray[np.float64]) -> None:
    require(
        llr.ndim == 2 and llr.shape[0] == llr.shape[1] and len(llr) > 0,
        f"llr: expected (n, n) with n >= 1, found {llr.shape}",
    )
    require(
        bool(np.isfinite(llr).all()) and np.array_equal(llr, llr.T) and not np.diag(llr).any(),
        "llr: expected finite values, symmetric, with a diagonal of zeros",
    )
