"""Shadows of grass and leaves on the coat, and lamps that burn out what is near."""

from __future__ import annotations

import numpy as np

from training.synthetic.arrays import F32, blur, fill, fractal_noise, smoothstep
from training.synthetic.plants import blades
from training.synthetic.spec import RenderSpec

_BLADES = 40  # at dapple 1
_DEEP = 0.62  # light that a shadow takes


def dapple(spec: RenderSpec, rng: np.random.Generator) -> F32:
    """Factor on the light in each pixel (H, W): shadows of leaves above and of blades of grass."""
    width, height = spec.picture_wh
    cell = max(4.0, 0.11 * spec.size_px)
    leaves = fractal_noise(rng, (width, height), cell, 3)
    dark: F32 = smoothstep(0.1, 0.5, leaves + 1.5 * spec.dapple - 1.1).astype(np.float32)
    stems: F32 = np.zeros((height, width), np.float32)
    count = int(rng.poisson(_BLADES * spec.dapple))
    size = spec.size_px * rng.uniform(0.25, 0.6, count)
    made = blades(rng, size, rng.normal(0, 0.5, count), rng.uniform(0.006, 0.02, count) * size)
    foot = np.array([spec.centre_xy[0] * width, spec.centre_xy[1] * height + 0.35 * spec.size_px])
    spread = rng.normal(0, (0.45 * spec.size_px, 0.05 * spec.size_px), (count, 2))
    for blade, at in zip(made, foot + spread, strict=True):
        fill(stems, blade + at, 1.0)
    shade = np.maximum(dark, blur(stems, 0.006 * spec.size_px))
    shade = blur(shade, 0.004 * spec.size_px)
    return np.asarray(1 - np.float32(_DEEP * min(1.0, 0.4 + spec.dapple)) * shade, np.float32)


def burn(radiance: F32, spec: RenderSpec) -> F32:
    """A lamp's burnt-out middle, and the streaks that it drags over a cheap sensor's columns."""
    if spec.burn <= 0:
        return radiance
    height, width = radiance.shape[:2]
    x = (np.arange(width, dtype=np.float32) / width - spec.lamp_xy[0])[None, :]
    y = (np.arange(height, dtype=np.float32) / height - spec.lamp_xy[1])[:, None]
    spot = np.exp(-(x * x + y * y) / np.float32(0.5 * spec.lamp_spread))
    radiance = radiance * (1 + np.float32(5 * spec.burn) * spot[..., None])
    over = np.clip(radiance - 1, 0, 4).mean(axis=0, keepdims=True)
    return np.asarray(radiance + np.float32(0.35 * spec.burn) * over, np.float32)
