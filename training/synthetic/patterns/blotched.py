"""Paints large dark-edged fields: bent Voronoi cells."""

from __future__ import annotations

import numpy as np

from training.synthetic.anatomy import Style
from training.synthetic.arrays import F32, F64, lookup, smoothstep
from training.synthetic.body import Part
from training.synthetic.layout import cell_radius
from training.synthetic.patterns.raster import Raster
from training.synthetic.patterns.scattered import nearest_offsets, scatter_evenly
from training.synthetic.patterns.spotted import nearest_spot
from training.synthetic.patterns.tables import ANGLES, BINS, wobble
from training.synthetic.patterns.traits import Blotching

_SMALLER = {Part.TORSO: 1.0, Part.TAIL: 0.6, Part.HEAD: 0.4}
_LEGS = 0.5


def paint_blotches(
    rng: np.random.Generator, raster: Raster, style: Style, traits: Blotching
) -> F32:
    """Ink (rows, columns) of one part."""
    apart = traits.spacing_m * _SMALLER.get(raster.part, _LEGS)

    def spacing(u: F64, v: F64) -> F64:
        return apart * (1 - 0.3 * smoothstep(0.55, 0.75, u)) + 0 * v

    spots = scatter_evenly(rng, raster, spacing, 3)
    if len(spots) < 3:
        return np.zeros((raster.rows, raster.columns), np.float32)
    cells = cell_radius(nearest_offsets(spots, raster.chart, 9), ANGLES, spacing(*spots.T))
    edge = cells * traits.fill * (1 + wobble(rng, len(cells), 0.10))
    local = nearest_spot(rng, raster, spots, traits.warp_m)
    angle = np.arctan2(local.across, local.along) % np.float32(2 * np.pi)
    closed = np.concatenate([edge, edge[:, :1]], axis=1).astype(np.float32)
    at = np.asarray(angle * np.float32(BINS / (2 * np.pi)), np.float32)
    limit = np.maximum(lookup(closed, at, local.spot.astype(np.float32)), 1e-4)
    share = np.hypot(local.along, local.across) / limit
    share = share + 0.05 * raster.noise(rng, 0.01).ravel()
    inside = smoothstep(1.04, 0.97, share)
    core = smoothstep(1 - traits.rim + 0.06, 1 - traits.rim - 0.06, share)
    own = np.clip(traits.inside * rng.uniform(0.5, 1.5, len(spots)), 0, 1)[local.spot]
    dark = inside * (1 - core * (1 - own))
    dark = dark.reshape(raster.rows, raster.columns)
    return np.asarray(dark * (1 - np.clip(style.bare(raster.u, raster.v), 0, 1)), np.float32)
