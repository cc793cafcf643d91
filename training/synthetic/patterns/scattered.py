"""Fast scattering: points at the wanted density, evened out by mutual repulsion."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from training.synthetic.arrays import F64, Points
from training.synthetic.layout import Chart, Spacing
from training.synthetic.patterns.raster import Raster

_PACKED = 0.66  # points for each square of the spacing, as dart throwing leaves them
_NEIGHBOURS = 6
_PUSH = 0.28
_SPARSE = 0.85  # of the points at first; the rest fills what stays open
_DARTS = 6  # thrown for every spot
_ROOM = 0.80  # of the spacing is enough for one more


def scatter_evenly(
    rng: np.random.Generator, raster: Raster, spacing: Spacing, order: int
) -> Points:
    """Centres (n, 2) in (u, v), about ``spacing(u, v)`` metres apart.

    ``order`` rounds of repulsion: none leaves a Poisson process, eight a blue-noise one. Ten times
    as fast as ``training.synthetic.layout.scatter``.
    """
    grid_u, grid_v = raster.coarse()
    room = spacing(grid_u, grid_v) + 0 * grid_u * grid_v
    chart = raster.chart
    area = chart.length_m * chart.girth(grid_u) / room.size
    mean = (_PACKED * area / room**2).ravel()
    count = int((_SPARSE if order else 1.0) * mean.sum() + rng.random())
    cell = np.searchsorted(np.cumsum(mean) / mean.sum(), rng.random(count))
    row, column = np.divmod(np.minimum(cell, room.size - 1), room.shape[1])
    inside = rng.random((count, 2))
    spots = (np.stack([row, column], 1) + inside) / room.shape
    if count <= _NEIGHBOURS or not order:
        return spots
    for _ in range(order):
        spots = _repelled(spots, chart, spacing)
    return _repelled(_filled(rng, spots, chart, spacing), chart, spacing)


def _filled(rng: np.random.Generator, spots: Points, chart: Chart, spacing: Spacing) -> Points:
    """More spots where there is room for one: what repulsion leaves open, darts find."""
    scale: F64 = np.array([chart.length_m, float(chart.girth_m.mean())])
    box = [4 * scale[0], scale[1]]
    thrown = rng.random((_DARTS * len(spots), 2))
    room = _ROOM * spacing(thrown[:, 0], thrown[:, 1])
    near, _ = cKDTree(spots * scale, boxsize=box).query(thrown * scale)
    free, room = thrown[near > room], room[near > room]
    close = cKDTree(free * scale, boxsize=box).query_ball_point(free * scale, room)
    taken = np.zeros(len(free), np.bool_)
    chosen = []
    for i, others in enumerate(close):
        if not taken[i]:
            chosen.append(i)
            taken[others] = True
    return np.concatenate([spots, free[chosen]])


def _repelled(spots: Points, chart: Chart, spacing: Spacing) -> Points:
    offset = nearest_offsets(spots, chart, _NEIGHBOURS)
    distance = np.maximum(np.sqrt((offset**2).sum(-1)), 1e-6)
    room = 1.25 * spacing(spots[:, 0], spots[:, 1])[:, None]
    push = np.clip(room - distance, 0, None) / distance
    move = -_PUSH * (push[..., None] * offset).sum(1)
    u = np.clip(spots[:, 0] + move[:, 0] / chart.length_m, 0.0, 1.0)
    v = (spots[:, 1] + move[:, 1] / chart.girth(u)) % 1.0
    return np.stack([u, v], axis=1)


def nearest_offsets(spots: Points, chart: Chart, count: int) -> Points:
    """Offsets in metres from each spot to its nearest others, (n, k, 2), k <= ``count``."""
    scale: F64 = np.array([chart.length_m, float(chart.girth_m.mean())])
    tree = cKDTree(spots * scale, boxsize=[4 * scale[0], scale[1]])  # v wraps round, u does not
    _, index = tree.query(spots * scale, k=min(count + 1, len(spots)))
    return chart.metres(spots[index[:, 1:]] - spots[:, None], spots[:, :1])
