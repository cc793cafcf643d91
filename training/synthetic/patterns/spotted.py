"""Paints spots and rosettes: each texel looks up the nearest spot and its polar table."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.synthetic.anatomy import Style
from training.synthetic.arrays import F32, F64, Points, lookup
from training.synthetic.body import Part
from training.synthetic.layout import cell_radius
from training.synthetic.patterns.raster import Raster
from training.synthetic.patterns.scattered import nearest_offsets, scatter_evenly
from training.synthetic.patterns.tables import ANGLES, BINS, tables
from training.synthetic.patterns.traits import Spotting

_CELL_NEIGHBOURS = 9
_LEGS = (Part.LEFT_FORE, Part.RIGHT_FORE, Part.LEFT_HIND, Part.RIGHT_HIND)
_LEGS_WIDER = 1.05  # than anatomy says: against photographs
_SMALL_ORDER = 3  # evening out of parts that matter less
_BEND_M = 0.035  # between knots of the bending
_EDGE_TEXELS = 0.6  # half the width of an edge, at least


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Shares (rows, columns) in [0, 1] of ink and of the tawny inside of rings."""

    dark: F32
    tawny: F32


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """Each texel's nearest marking (n,) and its place about it: metres along u and v (n,)."""

    spot: np.ndarray
    along: F32
    across: F32


def paint_spots(
    rng: np.random.Generator, raster: Raster, style: Style, traits: Spotting
) -> Drawing:
    """Ink and tawny of one part."""
    wider = _LEGS_WIDER if raster.part in _LEGS else 1.0

    def spacing(u: F64, v: F64) -> F64:
        return style.spacing(u, v) * traits.spacing * wider

    order = traits.order if raster.part is Part.TORSO else min(traits.order, _SMALL_ORDER)
    spots = scatter_evenly(rng, raster, spacing, order)
    u, v = spots[:, 0], spots[:, 1]
    shape = (raster.rows, raster.columns)
    if len(spots) < 3:
        return Drawing(np.zeros(shape, np.float32), np.zeros(shape, np.float32))
    cells = cell_radius(
        nearest_offsets(spots, raster.chart, _CELL_NEIGHBOURS), ANGLES, 0.85 * spacing(u, v)
    )
    made = tables(rng, cells, style.ring(u, v), style.stretch(u, v), style.share(u, v), traits)
    bare = rng.random(len(u)) < style.bare(u, v)
    made.outer[bare], made.tawny[bare], made.dots[bare] = -1, -1, 0
    local = nearest_spot(rng, raster, spots, traits.warp_m)
    ragged = raster.noise(rng, 0.006).ravel() * np.float32(traits.ragged_m)
    radius, angle = cv2.cartToPolar(local.along, local.across)
    radius = radius.ravel() + ragged
    at = np.asarray(angle.ravel() * np.float32(BINS / (2 * np.pi)), np.float32)
    row = local.spot.astype(np.float32)
    outer, inner, tawny = (_table(t, at, row) for t in (made.outer, made.inner, made.tawny))
    soft = np.float32(max(_EDGE_TEXELS / raster.texels_per_m, 0.0012))
    dark = _inside(outer - radius, soft) * _inside(radius - inner, soft)
    dark *= outer > 0
    if made.dots[..., 2].any():
        dark = np.maximum(dark, _dots(made.dots, local, soft))
    pale = _inside(tawny - radius, 2 * soft) * (tawny > 0)
    return Drawing(dark.reshape(shape), pale.reshape(shape))


def nearest_spot(rng: np.random.Generator, raster: Raster, spots: Points, warp_m: float) -> Local:
    """The Voronoi cell of every texel, on a drawing bent by ``warp_m``."""
    pad = raster.pad
    label = _labels(raster, spots, pad)
    bend = np.float32(warp_m * raster.texels_per_m)
    along, around = (bend * raster.noise(rng, _BEND_M, 1) for _ in range(2))
    rows = np.arange(raster.rows, dtype=np.float32)[:, None] + along
    columns = np.arange(raster.columns, dtype=np.float32)[None, :] + around
    nearest = cv2.remap(
        label, columns + pad, rows, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    spot = nearest.ravel().astype(np.int64)
    u = (rows.ravel() + 0.5) / raster.rows
    v = (columns.ravel() + 0.5) / raster.columns
    centre = spots.astype(np.float32)[spot]
    across = v - centre[:, 1]
    across -= np.rint(across)
    girth = raster.chart.girth(spots[:, 0]).astype(np.float32)[spot]
    along = (u - centre[:, 0]) * np.float32(raster.chart.length_m)
    return Local(spot, np.ascontiguousarray(along), np.ascontiguousarray(across * girth))


def _labels(raster: Raster, spots: Points, pad: int) -> F32:
    """Index of the nearest spot, (rows, columns + 2 pad); the seam is passed over."""
    shape = (raster.rows, raster.columns + 2 * pad)
    row = np.minimum((spots[:, 0] * raster.rows).astype(int), raster.rows - 1)
    free = np.full(shape, 255, np.uint8)
    owner = np.zeros(shape, np.int64)
    for turn in (-1, 0, 1):
        column = ((spots[:, 1] + turn) * raster.columns).astype(int) + pad
        there = (column >= 0) & (column < shape[1])
        free[row[there], column[there]] = 0
        owner[row[there], column[there]] = np.flatnonzero(there)
    _, label = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    names = np.zeros(int(label.max()) + 1, np.float32)
    at = free == 0
    names[label[at]] = owner[at]
    return np.asarray(names[label], np.float32)


def _table(table: F32, at: F32, row: F32) -> F32:
    closed = np.concatenate([table, table[:, :1]], axis=1)
    return lookup(closed, at, row)


def _inside(distance: F32, soft: np.float32) -> F32:
    """0 to 1 across an edge of half width ``soft``."""
    return np.asarray(np.clip(0.5 + 0.5 * distance / soft, 0, 1), np.float32)


def _dots(dots: F32, local: Local, soft: np.float32) -> F32:
    dark = np.zeros(len(local.spot), np.float32)
    for k in range(dots.shape[1]):
        along, across, radius = (dots[:, k, i][local.spot] for i in range(3))
        reach = np.hypot(local.along.ravel() - along, local.across.ravel() - across)
        dark = np.maximum(dark, _inside(radius - reach, soft) * (radius > 0))
    return dark
