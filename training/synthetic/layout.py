"""Where spots lie: Poisson-disc scattering on a chart whose width changes along it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from training.synthetic.arrays import F64, Bool, Points

Spacing = Callable[[F64, F64], F64]
_NEIGHBOURS = 10
_RELAX_STEPS = 3
_BATCH = 128


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """The skin of a part: ``length_m`` along u and the distance round it at 33 steps of u."""

    length_m: float
    girth_m: F64

    def girth(self, u: F64) -> F64:
        """Distance round the part at u, metres."""
        return np.interp(u, np.linspace(0, 1, len(self.girth_m)), self.girth_m)

    def metres(self, delta_uv: Points, u: F64) -> Points:
        """Differences (..., 2) of (u, v), taken the short way round, in metres at u."""
        dv = (delta_uv[..., 1] + 0.5) % 1.0 - 0.5
        return np.stack([delta_uv[..., 0] * self.length_m, dv * self.girth(u)], axis=-1)


def scatter(rng: np.random.Generator, chart: Chart, spacing: Spacing, darts: int) -> Points:
    """Spot centres (n, 2) in (u, v): dart throwing, then a little mutual repulsion.

    ``spacing(u, v)`` is the least distance to the next spot in metres. Dart throwing is Cook
    1986; the repulsion makes gaps as even as those of a coat.
    """
    kept = np.zeros((0, 3))
    for start in range(0, darts, _BATCH):
        thrown = rng.random((min(_BATCH, darts - start), 2))
        room = spacing(thrown[:, 0], thrown[:, 1])
        batch = np.column_stack([thrown, room])
        batch = batch[~_crowded(batch, kept, chart).any(axis=1)]
        clash = np.tril(_crowded(batch, batch, chart), -1)
        stays: list[int] = []
        for i in range(len(batch)):
            if not clash[i, stays].any():
                stays.append(i)
        kept = np.concatenate([kept, batch[stays]])
    return _relax(kept[:, :2], chart, spacing)


def _crowded(a: Points, b: Points, chart: Chart) -> Bool:
    """Whether rows (u, v, room) of a and b stand nearer than the mean of their rooms."""
    one, other = a.astype(np.float32), b.astype(np.float32)
    along = (one[:, None, 0] - other[:, 0]) * np.float32(chart.length_m)
    across = one[:, None, 1] - other[:, 1]
    across -= np.rint(across)  # the short way round
    across *= chart.girth(a[:, 0]).astype(np.float32)[:, None]
    near = 0.5 * (one[:, None, 2] + other[:, 2])
    return np.asarray(along * along + across * across < near * near, np.bool_)


def neighbours(spots: Points, chart: Chart) -> Points:
    """Offsets in metres from each spot to its nearest others, (n, k, 2)."""
    scale = np.array([chart.length_m, float(chart.girth_m.mean())])
    wrapped = np.concatenate([spots + np.array([0, shift]) for shift in (-1.0, 0.0, 1.0)])
    k = min(_NEIGHBOURS + 1, len(wrapped))
    _, index = cKDTree(wrapped * scale).query(spots * scale, k=k)
    return chart.metres(wrapped[index[:, 1:]] - spots[:, None], spots[:, :1])


def _relax(spots: Points, chart: Chart, spacing: Spacing) -> Points:
    for _ in range(_RELAX_STEPS if len(spots) > _NEIGHBOURS else 0):
        offset = neighbours(spots, chart)
        distance = np.maximum(np.linalg.norm(offset, axis=-1), 1e-6)
        room = 1.25 * spacing(spots[:, 0], spots[:, 1])[:, None]
        push = np.clip(room - distance, 0, None) / distance
        move = -0.12 * (push[..., None] * offset).sum(1)
        u = np.clip(spots[:, 0] + move[:, 0] / chart.length_m, 0.0, 1.0)
        v = (spots[:, 1] + move[:, 1] / chart.girth(u)) % 1.0
        spots = np.stack([u, v], axis=1)
    return spots


def cell_radius(offsets: Points, angles: F64, cap_m: F64) -> F64:
    """Distance from each spot to the border of its Voronoi cell, (n, angles), metres.

    The border with a neighbour at offset d lies at |d|^2 / (2 d.e) in direction e.
    """
    rays = np.stack([np.cos(angles), np.sin(angles)])
    along = offsets @ rays
    square = (offsets**2).sum(-1)[..., None]
    reach = np.where(along > 1e-6, square / (2 * np.maximum(along, 1e-6)), np.inf).min(axis=1)
    return np.asarray(np.minimum(reach, cap_m[:, None]), np.float64)
