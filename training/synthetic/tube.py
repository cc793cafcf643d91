"""A generalised tube: a centre line, radii, and a surface grid with its own (u, v)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator

from training.synthetic.arrays import F64, Points, smoothstep


@dataclass(frozen=True, slots=True)
class Radii:
    """Half sizes in metres at the joints of a centre line: towards +n, towards -n, sideways."""

    up: tuple[float, ...]
    down: tuple[float, ...]
    side: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bulge:
    """A muscle: a smooth swelling of ``height_m`` about (u, v), of half widths (du, dv)."""

    u: float
    v: float
    du: float
    dv: float
    height_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Points of a tube's surface, (rows, columns, 3) metres, rows along u, columns along v.

    u runs 0 to 1 along the centre line (by length of skin), v once around: 0 at -n (belly),
    0.25 on the animal's left, 0.5 at +n (spine), 0.75 on its right; the last column repeats the
    first.
    """

    points: Points
    normals: Points


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Radii along u, each (rows, 1), and what turns joints (k, 3) into a centre line: (rows, k)."""

    up: F64
    down: F64
    side: F64
    basis: F64


def sweep(
    joints: Points, radii: Radii, rows: int, columns: int, bulges: tuple[Bulge, ...] = ()
) -> Surface:
    """The surface of a tube through ``joints`` (k, 3), with k radii of each kind.

    Cross-sections are half-ellipses above and below; the frame keeps the animal's left (y) as
    near as it can, which never degenerates for parts that lie about a vertical plane.
    """
    at, u = joint_u(joints, radii), np.linspace(0, 1, rows)
    centre = CubicSpline(at, joints, axis=0)(u)
    up, down, side = (
        PchipInterpolator(at, r)(u)[:, None] for r in (radii.up, radii.down, radii.side)
    )
    return _skin(centre, Profile(up, down, side, u[:, None]), columns, bulges)


def profile(joints: Points, radii: Radii, rows: int) -> Profile:
    """The splines of ``sweep`` at rest, to be used for every pose by ``sweep_along``."""
    at, u = joint_u(joints, radii), np.linspace(0, 1, rows)
    basis = CubicSpline(at, np.eye(len(at)), axis=0)(u)
    up, down, side = (
        PchipInterpolator(at, r)(u)[:, None] for r in (radii.up, radii.down, radii.side)
    )
    return Profile(up, down, side, basis)


def sweep_along(
    joints: Points, rest: Profile, scale: float, columns: int, bulges: tuple[Bulge, ...] = ()
) -> Surface:
    """As ``sweep``, several times as fast: every joint keeps its u of the profile's pose.

    ``scale`` multiplies the radii.
    """
    scaled = Profile(rest.up * scale, rest.down * scale, rest.side * scale, rest.basis)
    return _skin(rest.basis @ joints, scaled, columns, bulges)


def _skin(centre: Points, shape: Profile, columns: int, bulges: tuple[Bulge, ...]) -> Surface:
    u = np.linspace(0, 1, len(centre))
    tangent = _unit(slope(centre, 0))
    left = np.array([0.0, 1.0, 0.0]) - tangent * tangent[:, 1:2]
    left = _unit(left)
    normal = _cross(tangent, left)
    v = np.linspace(0, 1, columns)
    sine, cosine = np.sin(2 * np.pi * v)[None, :], -np.cos(2 * np.pi * v)[None, :]
    up, down, side = shape.up, shape.down, shape.side
    swell = 1 + _swelling(u, v, bulges) / np.maximum(side, 0.02)
    out = (sine * side * swell)[..., None] * left[:, None]
    high = (cosine * np.where(cosine > 0, up, down) * swell)[..., None] * normal[:, None]
    points = centre[:, None] + out + high
    return Surface(points, _normals(points))


def joint_u(joints: Points, radii: Radii) -> F64:
    """The u of each joint, (k,): length of skin from the first, so that caps are not squeezed."""
    thick = np.mean([radii.up, radii.down, radii.side], axis=0)
    steps = np.hypot(np.linalg.norm(np.diff(joints, axis=0), axis=1), np.diff(thick))
    return np.concatenate([[0.0], np.cumsum(steps) / steps.sum()])


def _swelling(u: F64, v: F64, bulges: tuple[Bulge, ...]) -> F64:
    total = np.zeros((len(u), len(v)))
    for b in bulges:
        dv = (v - b.v + 0.5) % 1.0 - 0.5
        reach = np.hypot((u[:, None] - b.u) / b.du, dv[None, :] / b.dv)
        total += b.height_m * (1 - smoothstep(0.0, 1.0, reach))
    return total


def _normals(points: Points) -> Points:
    along = slope(points, 0)
    closed = np.concatenate([points[:, -2:-1], points, points[:, 1:2]], axis=1)
    around = closed[:, 2:] - closed[:, :-2]
    return _unit(_cross(around, along))


def slope(values: np.ndarray, axis: int) -> np.ndarray:
    """``np.gradient`` along one axis for small arrays: the same values in a third of the time."""
    v = np.moveaxis(values, axis, 0)
    out = np.empty_like(v)
    out[1:-1] = (v[2:] - v[:-2]) / 2
    out[0], out[-1] = v[1] - v[0], v[-1] - v[-2]
    return np.moveaxis(out, 0, axis)


def _cross(a: Points, b: Points) -> Points:
    out = np.empty_like(a)
    for i, (j, k) in enumerate(((1, 2), (2, 0), (0, 1))):
        out[..., i] = a[..., j] * b[..., k] - a[..., k] * b[..., j]
    return out


def _unit(vectors: Points) -> Points:
    length = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, 1e-12), np.float64)
