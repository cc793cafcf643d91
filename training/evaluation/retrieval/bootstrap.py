"""Intervals over individuals: pictures of one animal are not independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
REPLICATES = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its interval; nan where there is nothing to measure."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "-"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def coded(names: Sequence[str] | NDArray[np.str_]) -> Ints:
    """(n,) numbers from 0, equal for equal names."""
    return np.unique(np.asarray(names, dtype=str), return_inverse=True)[1].astype(np.int64)


def draws(individuals: int, *, replicates: int = REPLICATES, seed: int = 20) -> Ints:
    """(replicates, individuals): how often each individual is drawn, with replacement."""
    rng = np.random.default_rng(seed)
    share = np.full(individuals, 1 / individuals) if individuals else np.zeros(0)
    return (
        rng.multinomial(individuals, share, size=replicates)
        if individuals
        else np.zeros((replicates, 0), np.int64)
    )


def mean_figure(values: Floats, individual: Ints, counts: Ints) -> Figure:
    """Mean of (n,) values with the interval over individuals (``counts`` from `draws`)."""
    if not len(values):
        return Figure(np.nan, np.nan, np.nan)
    size = counts.shape[1]
    total = np.bincount(individual, weights=values, minlength=size)
    number = np.bincount(individual, minlength=size)
    with np.errstate(invalid="ignore"):
        drawn = (counts @ total) / (counts @ number)
    return figure_of(float(values.mean()), drawn)


def balanced_draws(
    values: Floats, individual: Ints, group: Ints, counts: Ints
) -> tuple[float, Floats]:
    """Mean over groups (flank classes) of their mean value, and the same of every draw.

    Every class counts the same; a draw that holds none of them is nan.
    """
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    mean = np.bincount(place, weights=values) / np.bincount(place)
    size, owner = counts.shape[1], individual[first]
    total = np.bincount(owner, weights=mean, minlength=size)
    with np.errstate(invalid="ignore"):
        drawn = (counts @ total) / (counts @ np.bincount(owner, minlength=size))
    return float(mean.mean()), drawn


def pair_figure(
    measure: Callable[[Floats], float], a: Ints, b: Ints, counts: Ints, value: float
) -> Figure:
    """A figure over pairs of individuals ``a`` and ``b`` (k,).

    ``measure`` takes the pairs' weights: the product of how often the two were drawn, and for a
    pair of one individual how often that one was.
    """
    drawn = [measure(pair_weight(row, a, b)) for row in counts]
    return figure_of(value, np.array(drawn, dtype=np.float64))


def pair_weight(row: Ints, a: Ints, b: Ints) -> Floats:
    """(k,) weights of pairs under one draw of individuals."""
    return np.where(a == b, row[a], row[a] * row[b]).astype(np.float64)


def figure_of(value: float, drawn: Floats) -> Figure:
    """A value with the interval of its draws (those that are finite)."""
    good = drawn[np.isfinite(drawn)]
    if not len(good):
        return Figure(value, np.nan, np.nan)
    low, high = np.quantile(good, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(value, float(low), float(high))
