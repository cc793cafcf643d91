"""Fast scattering: points at the wanted density, evened out by mutual repulsion."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from training.synthetic.arrays import F64, Points
from training.synthetic.layout import Chart, Spacing
from training.synthetic.patterns.raster import Raster

_PACKED = 0.66  # points for each square of the spacing, as dart throwing leaves them
_NEIGHBOURS = 6
_PUSH = 0.22


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
    count = int(mean.sum() + rng.random())
    cell = np.searchsorted(np.cumsum(mean) / mean.sum(), rng.random(count))
    row, column = np.divmod(np.minimum(cell, room.size - 1), room.shape[1])
    inside = rng.random((count, 2))
    spots = (np.stack([row, column], 1) + inside) / room.shape
    for _ in range(order if count > _NEIGHBOURS else 0):
        spots = _repelled(spots, chart, spacing)
    return spots


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
    tree = cKDTree(_boxed(spots) * scale, boxsize=[4 * scale[0], scale[1]])
    _, index = tree.query(_boxed(spots) * scale, k=min(count + 1, len(spots)))
    return chart.metres(spots[index[:, 1:]] - spots[:, None], spots[:, :1])


def _boxed(spots: Points) -> Points:
    """v wraps round; u, in a box four times as long, never does."""
    return np.stack([spots[:, 0], spots[:, 1] % 1.0], axis=1)
