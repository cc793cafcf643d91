"""Markings as polar tables: for each spot, the radii between which its skin is dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic.arrays import F32, F64
from training.synthetic.patterns.traits import Spotting

BINS = 48
ANGLES: F64 = np.linspace(0, 2 * np.pi, BINS, endpoint=False)
_TURN = np.arange(BINS) / BINS
_INSIDE = -1.0  # an inner radius that nothing lies within: a solid spot
_DOTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Dark between ``inner`` and ``outer`` (n, BINS) metres; tawny within ``tawny`` (n, BINS).

    ``dots`` (n, 3, 3): offsets along u and v and radius of dots inside a ring, radius 0 for none.
    """

    outer: F32
    inner: F32
    tawny: F32
    dots: F32


def tables(
    rng: np.random.Generator, cell_m: F64, ring: F64, stretch: F64, share: F64, traits: Spotting
) -> Tables:
    """Markings of n spots from their cells (n, BINS) and the anatomy's fields (n,)."""
    mean = cell_m.mean(1, keepdims=True)
    cell = 0.3 * mean + 0.7 * np.minimum(cell_m, 1.4 * mean)
    kind = ring * traits.ring + 0.3 * rng.standard_normal(len(ring))
    outer, inner, tawny = _rings(rng, cell, kind, traits)
    solid_outer = _solids(rng, cell, stretch, share, traits)
    solid = (kind < 0.42)[:, None]
    outer = np.where(solid, solid_outer, outer)
    inner = np.where(solid, _INSIDE, inner)
    tawny = np.where(solid, _INSIDE, tawny)
    dots = _dots(rng, mean[:, 0], kind, traits)
    return Tables(*(t.astype(np.float32) for t in (outer, inner, tawny, dots)))


def _rings(
    rng: np.random.Generator, cell: F64, kind: F64, traits: Spotting
) -> tuple[F64, F64, F64]:
    """Rings of blobs; those of little ``kind`` are clusters of two or three."""
    n, mean = len(cell), cell.mean(1, keepdims=True)
    cluster = kind < 0.62
    blobs = np.clip(np.round(rng.normal(traits.blobs, 0.9, n)), 2, 7)
    blobs[cluster] = rng.integers(2, 4, int(cluster.sum()))
    rim = cell * traits.fill * (1 + wobble(rng, n, 0.05)) * rng.normal(1, 0.04, (n, 1))
    rim[cluster] *= 0.88
    thick = mean * traits.thick * rng.lognormal(0, 0.16, (n, 1))
    thick[cluster] = 0.66 * mean[cluster]
    bow, each = _blobs(rng, blobs, traits)
    width = thick * bow * each
    middle = rim - 0.5 * thick * each
    shown = bow > 0
    outer = np.where(shown, middle + 0.5 * width, _INSIDE)
    inner = np.where(shown, np.maximum(middle - 0.5 * width, 0.08 * rim), _INSIDE)
    return outer, inner, rim - 0.45 * thick


def _blobs(rng: np.random.Generator, blobs: F64, traits: Spotting) -> tuple[F64, F64]:
    """Share of the full width (n, BINS), 0 in the gaps, and each blob's own factor."""
    n = len(blobs)
    uneven = rng.normal(0, 0.05, (n, 2, 1))
    shift = rng.random((n, 2, 1))
    turn = _TURN + rng.random((n, 1))
    waves = uneven * np.sin(2 * np.pi * (np.array([1, 2])[:, None] * turn[:, None] + shift))
    at = (turn + waves.sum(1)) * blobs[:, None]
    which = np.floor(at).astype(np.int64) % 7
    gap = np.clip(traits.gap * rng.uniform(0.3, 1.7, (n, 7)), 0.0, 0.6)
    factor = rng.uniform(0.8, 1.25, (n, 7))
    rows = np.arange(n)[:, None]
    x = (2 * (at - np.floor(at)) - 1) / (1 - gap[rows, which])
    bow = np.sqrt(np.clip(1 - x**4, 0, 1))
    lost = (rng.random((n, 1)) < traits.lost) & (blobs[:, None] > 2.5) & (which == 1)
    return np.where(lost, 0.0, bow), factor[rows, which]


def _solids(rng: np.random.Generator, cell: F64, stretch: F64, share: F64, traits: Spotting) -> F64:
    n = len(cell)
    size = 0.5 * (cell.mean(1, keepdims=True) + cell)
    size = size * (share * traits.size * rng.lognormal(0, 0.10, n))[:, None]
    long = (stretch * traits.stretch * rng.lognormal(0, 0.15, n))[:, None]
    tilt = ANGLES - rng.normal(0, 0.35, (n, 1))
    oval = 1 / np.sqrt(np.cos(tilt) ** 2 / long + np.sin(tilt) ** 2 * long)
    return np.asarray(size * oval * (1 + wobble(rng, n, 0.11)), np.float64)


def _dots(rng: np.random.Generator, mean: F64, kind: F64, traits: Spotting) -> F64:
    n = len(mean)
    count = rng.poisson(traits.dots, n) * (kind > 0.62)
    there = np.arange(_DOTS) < count[:, None]
    angle, reach = rng.uniform(0, 2 * np.pi, (n, _DOTS)), 0.42 * np.sqrt(rng.random((n, _DOTS)))
    radius = rng.uniform(0.09, 0.17, (n, _DOTS)) * there
    made = np.stack([reach * np.cos(angle), reach * np.sin(angle), radius], axis=-1)
    return np.asarray(made * mean[:, None, None], np.float64)


def wobble(rng: np.random.Generator, n: int, amount: float) -> F64:
    """A smooth random change of radius with angle: harmonics 2 to 5, (n, BINS)."""
    order = np.arange(2, 6)[:, None]
    height = rng.normal(0, amount / (order - 0.5), (n, 4, 1))
    waves = np.cos(order * ANGLES + rng.uniform(0, 2 * np.pi, (n, 4, 1)))
    return np.asarray((height * waves).sum(1), np.float64)
