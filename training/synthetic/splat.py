"""Which point of which part is seen in each pixel: dense samples, a z-buffer, one refinement."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.arrays import F32, Bool, lookup, resize
from training.synthetic.body import Part
from training.synthetic.camera import Camera
from training.synthetic.tube import Surface, slope

_STEP_PX = 0.95  # between samples: under one pixel leaves few holes
_WIDEST_STEPS = 96  # percentile
_FINEST = 4000  # samples along one direction, whatever the size of the animal
_LEAK_PX = 5  # window of the median
_DEPTH_STEPS = 65535
_PART_STRIDE = 1 << 28  # more than the samples of any part
Whole = NDArray[np.int64]
Window = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Visible pixels of the animal, n of them, inside the picture.

    ``rows``, ``columns`` (n,) int; ``part`` (n,) int; ``u``, ``v``, ``depth_m`` (n,) float32;
    ``normals`` (n, 3) float32 in the body frame.
    """

    rows: Whole
    columns: Whole
    part: Whole
    u: F32
    v: F32
    depth_m: F32
    normals: F32


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """One part on screen: a coarse grid of (x, y, depth, facing), and how finely to sample it."""

    part: Part
    grid: F32
    normals: F32
    fine_wh: tuple[int, int]


def see(surfaces: dict[Part, Surface], camera: Camera, picture_wh: tuple[int, int]) -> Seen:
    """Project all parts and keep what is nearest in every pixel; n may be 0."""
    sheets = [_sheet(part, surface, camera) for part, surface in surfaces.items()]
    window = _window(sheets, picture_wh)
    if window is None:
        return _nothing()
    x0, y0, x1, y1 = window
    shape = (y1 - y0, x1 - x0)
    winner, sample = _z_buffer(sheets, window)
    winner = winner.reshape(shape)
    winner = _fill_holes(_without_leaks(winner, sample))
    rows, columns = np.nonzero(winner >= 0)
    part, u, v = _surface_position(sheets, sample[winner[rows, columns]])
    return _refine(sheets, rows + y0, columns + x0, part, u, v)


def _sheet(part: Part, surface: Surface, camera: Camera) -> _Sheet:
    screen = camera.project(surface.points)
    facing = camera.facing(surface.points, surface.normals)[..., None]
    grid = np.concatenate([screen, facing], axis=-1).astype(np.float32)
    along, around = grid[1:, :, :2] - grid[:-1, :, :2], grid[:, 1:, :2] - grid[:, :-1, :2]
    step_u, step_v = (np.sqrt((d * d).sum(axis=-1)) for d in (along, around))
    fine_wh = (_fine(grid.shape[1], step_v), _fine(grid.shape[0], step_u))
    return _Sheet(part, grid, surface.normals.astype(np.float32), fine_wh)


def _fine(coarse: int, steps_px: F32) -> int:
    """Samples for steps of under a pixel nearly everywhere; ``_fill_holes`` does the rest."""
    flat = steps_px.ravel()
    at = (len(flat) - 1) * _WIDEST_STEPS / 100
    low = min(int(at), len(flat) - 2)
    parted = np.partition(flat, (low, low + 1))
    step = float(parted[low] + (parted[low + 1] - parted[low]) * np.float32(at - low))
    return int(min(_FINEST, max(coarse, np.ceil(coarse * step / _STEP_PX))))


def _window(sheets: list[_Sheet], picture_wh: tuple[int, int]) -> Window | None:
    xy = np.concatenate([s.grid[..., :2].reshape(-1, 2) for s in sheets])
    x0, y0 = np.maximum(np.floor(xy.min(0)).astype(int) - 1, 0)
    x1, y1 = np.minimum(np.ceil(xy.max(0)).astype(int) + 2, picture_wh)
    return (int(x0), int(y0), int(x1), int(y1)) if x1 > x0 and y1 > y0 else None


def _z_buffer(sheets: list[_Sheet], window: Window) -> tuple[Whole, Whole]:
    """Index of the nearest sample for each pixel of the window (-1: none), and all samples.

    A sample is one number: the part, and its place in the part's fine grid.
    """
    drawn = [_samples(sheet, window) for sheet in sheets]
    pixel, sample = (np.concatenate([d[i] for d in drawn]) for i in (0, 1))
    depth = np.concatenate([d[2] for d in drawn])
    x0, y0, x1, y1 = window
    winner = np.full((y1 - y0) * (x1 - x0), -1, np.int64)
    if len(pixel):
        span = max(float(np.ptp(depth)), 1e-6)
        far_first = ((depth.max() - depth) * (_DEPTH_STEPS / span)).astype(np.uint16)
        order = np.argsort(far_first, kind="stable")  # radix sort for 16 bits
        winner[pixel[order]] = order  # of equal pixels the last, nearest, stays
    return winner, sample


def _samples(sheet: _Sheet, window: Window) -> tuple[Whole, Whole, F32]:
    columns, rows = sheet.fine_wh
    x0, y0, x1, y1 = window
    fine = resize(sheet.grid, (columns, rows)).reshape(-1, 4)
    index = np.flatnonzero(fine[:, 3] > 0)
    fine = fine[index]
    x = (fine[:, 0] + (0.5 - x0)).astype(np.int32)  # rounds: the rest of the sum is positive
    y = (fine[:, 1] + (0.5 - y0)).astype(np.int32)
    inside = (fine[:, 0] > x0 - 0.5) & (x < x1 - x0) & (fine[:, 1] > y0 - 0.5) & (y < y1 - y0)
    pixel = y.astype(np.int64) * (x1 - x0) + x
    sample = index + int(sheet.part) * _PART_STRIDE
    return pixel[inside], sample[inside], fine[:, 2][inside]


def _surface_position(sheets: list[_Sheet], sample: Whole) -> tuple[Whole, F32, F32]:
    """Part, u and v of samples."""
    part, index = np.divmod(sample, _PART_STRIDE)
    sizes = {int(s.part): s.fine_wh for s in sheets}
    wide = np.array([sizes[p][0] for p in range(len(sheets))])[part]
    high = np.array([sizes[p][1] for p in range(len(sheets))])[part]
    row, column = np.divmod(index, wide)
    return part, ((row + 0.5) / high).astype(np.float32), ((column + 0.5) / wide).astype(np.float32)


def _without_leaks(winner: Whole, sample: Whole) -> Whole:
    """Drop single pixels in which the part behind shows through a gap between samples."""
    part = np.zeros(winner.shape, np.uint8)
    hit = winner >= 0
    part[hit] = 1 + sample[winner[hit]] // _PART_STRIDE
    around = cv2.medianBlur(part, _LEAK_PX)
    return np.where((part != around) & (part > 0) & (around > 0), -1, winner)


def _fill_holes(winner: Whole) -> Whole:
    """Give pixels that no sample hit, yet lie inside the animal, their nearest neighbour's."""
    hit = (winner >= 0).astype(np.uint8)
    closed = cv2.morphologyEx(hit, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    holes = (closed > 0) & (hit == 0)
    if not holes.any():
        return winner
    _, label = cv2.distanceTransformWithLabels(
        1 - hit, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    index = np.zeros(int(label.max()) + 1, np.int64)
    index[label[hit > 0]] = winner[hit > 0]
    out = winner.copy()
    out[holes] = index[label[holes]]
    return out


def _refine(sheets: list[_Sheet], rows: Whole, columns: Whole, part: Whole, u: F32, v: F32) -> Seen:
    """One Newton step from each sample's own position to the centre of its pixel."""
    depth = np.zeros(len(u), np.float32)
    normals = np.zeros((len(u), 3), np.float32)
    for sheet in sheets:
        mine = part == int(sheet.part)
        u[mine], v[mine] = _newton(sheet.grid, u[mine], v[mine], columns[mine], rows[mine])
        at = _grid_position(sheet.grid, u[mine], v[mine])
        depth[mine] = lookup(sheet.grid[..., 2].copy(), *at)
        normals[mine] = lookup(sheet.normals, *at)
    return Seen(rows, columns, part, u, v, depth, normals)


def _newton(grid: F32, u: F32, v: F32, x: Whole, y: Whole) -> tuple[F32, F32]:
    xy = np.ascontiguousarray(grid[..., :2])
    at = _grid_position(grid, u, v)
    slope_u = np.ascontiguousarray(slope(xy, 0) * grid.shape[0], np.float32)
    slope_v = np.ascontiguousarray(slope(xy, 1) * grid.shape[1], np.float32)
    here, a, b = lookup(xy, *at), lookup(slope_u, *at), lookup(slope_v, *at)
    rx, ry = x - here[:, 0], y - here[:, 1]
    det = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    good: Bool = np.abs(det) > 1e-3 * (np.abs(a).sum(1) * np.abs(b).sum(1) + 1e-6)
    safe = np.where(good, det, 1.0)
    du = np.where(good, (rx * b[:, 1] - ry * b[:, 0]) / safe, 0.0)
    dv = np.where(good, (ry * a[:, 0] - rx * a[:, 1]) / safe, 0.0)
    limit_u, limit_v = 1.0 / grid.shape[0], 1.0 / grid.shape[1]
    new_u = u + np.clip(du, -limit_u, limit_u)
    new_v = v + np.clip(dv, -limit_v, limit_v)
    return np.clip(new_u, 0, 1).astype(np.float32), np.clip(new_v, 0, 1).astype(np.float32)


def _grid_position(grid: F32, u: F32, v: F32) -> tuple[F32, F32]:
    """Column and row of (u, v) under the half-cell convention that ``cv2.resize`` uses."""
    return v * grid.shape[1] - 0.5, u * grid.shape[0] - 0.5


def _nothing() -> Seen:
    whole, real = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return Seen(whole, whole, whole, real, real, real, np.zeros((0, 3), np.float32))
