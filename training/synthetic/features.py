"""Eyes, nose, mouth, ear marks and tail rings: what is not a spot."""

from __future__ import annotations

import numpy as np

from training.synthetic.arrays import F32, Points, fractal_noise, smoothstep
from training.synthetic.body import Part
from training.synthetic.individual import STREAM_COAT, Individual, stream

_NOSE = np.array((0.42, 0.27, 0.22), np.float32)
_AMBER = np.array((0.62, 0.50, 0.18), np.float32)
_PINK = np.array((0.80, 0.66, 0.56), np.float32)
_RING_STEP = 0.062  # between tail rings, as a share of the tail


def paint_features(texture: F32, part: Part, animal: Individual) -> None:
    """Paint in place on a texture (rows, columns, 3)."""
    rows, columns = texture.shape[:2]
    u = ((np.arange(rows) + 0.5) / rows)[:, None]
    v = ((np.arange(columns) + 0.5) / columns)[None, :]
    ink = np.array(animal.ink, np.float32)
    if part is Part.HEAD:
        _face(texture, u, v, ink)
    elif part in (Part.LEFT_EAR, Part.RIGHT_EAR):
        _ear(texture, u, v, ink, np.array(animal.belly, np.float32))
    elif part is Part.TAIL:
        _tail_rings(texture, u, v, ink, animal)


def _face(texture: F32, u: Points, v: Points, ink: F32) -> None:
    low = np.abs(v - 0.5)
    _blend(texture, _patch(u, low, 0.905, 0.0, 0.06, 0.13), _NOSE)
    _blend(texture, 0.85 * _patch(u, low, 0.565, 0.125, 0.060, 0.035), ink)
    _blend(texture, _patch(u, low, 0.565, 0.125, 0.034, 0.019), _AMBER)
    _blend(texture, _patch(u, low, 0.57, 0.125, 0.013, 0.009), ink)
    mouth = smoothstep(0.022, 0.008, np.abs(low - 0.335 + 0.05 * (u - 0.7)))
    _blend(texture, mouth * smoothstep(0.64, 0.70, u) * smoothstep(0.96, 0.90, u), ink)
    for step in range(4):  # whisker rows
        row = smoothstep(0.010, 0.004, np.abs(low - 0.17 - 0.035 * step))
        broken = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * (u * 26 + 0.3 * step)))
        _blend(texture, 0.7 * row * broken * smoothstep(0.70, 0.73, u) * (u < 0.86), ink)


def _ear(texture: F32, u: Points, v: Points, ink: F32, pale: F32) -> None:
    behind = smoothstep(0.30, 0.20, np.abs(v - 0.5))
    _blend(texture, 1 - behind + 0 * u, _PINK)
    _blend(texture, 0.9 * behind + 0 * u, ink)
    _blend(texture, behind * _patch(u, np.abs(v - 0.5), 0.62, 0.0, 0.17, 0.16), pale)


def _tail_rings(texture: F32, u: Points, v: Points, ink: F32, animal: Individual) -> None:
    rng = stream(STREAM_COAT, animal.seed, int(Part.TAIL), 1)
    rows, columns = texture.shape[:2]
    drift = 0.010 * fractal_noise(rng, (columns, rows), 40.0, 3)
    above = 1 - np.abs(v - 0.5) * 2  # 0 along the top of the tail
    for centre in np.arange(0.64, 0.985, _RING_STEP):
        at, half = centre + rng.normal(0, 0.007), rng.uniform(0.013, 0.021)
        band = smoothstep(half + 0.006, half - 0.006, np.abs(u + drift - at))
        _blend(texture, band * smoothstep(1.0, 0.72, above + rng.normal(0, 0.08)), ink)
    _blend(texture, smoothstep(0.965, 0.985, u) + 0 * v, ink)


def _patch(u: Points, low: Points, at_u: float, at_low: float, du: float, dlow: float) -> Points:
    return smoothstep(1.15, 0.85, np.hypot((u - at_u) / du, (low - at_low) / dlow))


def _blend(texture: F32, share: Points, colour: F32) -> None:
    texture += share.astype(np.float32)[..., None] * (colour - texture)
