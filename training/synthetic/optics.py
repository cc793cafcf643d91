"""What lens, air and sensor do to a picture."""

from __future__ import annotations

import math

import cv2
import numpy as np

from training.synthetic.arrays import F32, blur, resize
from training.synthetic.spec import Illumination, RenderSpec

_NIGHT = (Illumination.FLASH, Illumination.INFRARED)
_NOISE = 0.075  # deviation in encoded units at noise 1


def smear(layer: F32, length_px: float, angle_rad: float) -> F32:
    """Motion blur of a premultiplied layer along a line."""
    if length_px < 1:
        return layer
    side = 2 * math.ceil(length_px / 2) + 1
    kernel = np.zeros((side, side), np.float32)
    half, middle = length_px / 2, side // 2
    for t in np.linspace(-half, half, 4 * side):
        x, y = middle + t * math.cos(angle_rad), middle + t * math.sin(angle_rad)
        kernel[int(np.clip(round(y), 0, side - 1)), int(np.clip(round(x), 0, side - 1))] += 1
    return np.asarray(cv2.filter2D(layer, -1, kernel / kernel.sum()), np.float32)


def haze(radiance: F32, depth_ratio: F32, spec: RenderSpec, rng: np.random.Generator) -> F32:
    """Fog: contrast lost with depth, and with a flash the light scattered straight back."""
    if spec.fog <= 0:
        return radiance
    height, width = depth_ratio.shape
    small = (max(2, width // 8), max(2, height // 8))
    cloud = rng.standard_normal((small[1] // 12 + 2, small[0] // 12 + 2), dtype=np.float32)
    patchy = resize(np.exp(0.35 * cloud).astype(np.float32), (width, height))
    thickness = np.float32(1.1 * spec.fog) * np.minimum(depth_ratio, 6.0) * patchy
    kept = np.exp(-thickness)[..., None]
    night = spec.light in _NIGHT
    veil = np.array((0.22, 0.20, 0.17) if night else (0.62, 0.64, 0.66), np.float32)
    if spec.light is Illumination.DUSK:
        veil *= np.float32(0.35)
    return np.asarray(radiance * kept + (1 - kept) * veil, np.float32)


def bloom(radiance: F32, strength: float) -> F32:
    """Light that spills from burnt-out places."""
    if strength <= 0:
        return radiance
    height, width = radiance.shape[:2]
    small = resize(radiance, (max(2, width // 8), max(2, height // 8)), smooth=False)
    spill = blur(np.clip(small - 0.6, 0, 3), width / 8 * 0.03)
    return radiance + np.float32(strength) * resize(spill, (width, height))


def hot_spot(radiance: F32, spec: RenderSpec) -> F32:
    """An infrared lamp lights the middle and leaves the corners dark."""
    height, width = radiance.shape[:2]
    x = (np.arange(width, dtype=np.float32) / width - spec.lamp_xy[0])[None, :]
    y = (np.arange(height, dtype=np.float32) / height - spec.lamp_xy[1])[:, None]
    lamp = 0.25 + 0.95 * np.exp(-(x * x + y * y) / spec.lamp_spread)
    return np.asarray(radiance * lamp[..., None], np.float32)


def particles(radiance: F32, spec: RenderSpec, rng: np.random.Generator) -> F32:
    """Drops and dust near the lens that a flash lights up."""
    if spec.fog <= 0 or spec.light not in _NIGHT:
        return radiance
    height, width = radiance.shape[:2]
    layer = np.zeros((height // 2, width // 2), np.float32)
    for _ in range(int(rng.poisson(60 * spec.fog))):
        centre = (int(rng.uniform(0, width / 2)), int(rng.uniform(0, height / 2)))
        radius = int(1 + rng.gamma(1.0, 0.004) * width / 2)
        cv2.circle(layer, centre, radius, float(rng.uniform(0.05, 0.5)), -1)
    return radiance + resize(blur(layer, width / 1200), (width, height))[..., None]


def grain(encoded: F32, spec: RenderSpec, rng: np.random.Generator) -> F32:
    """Sensor noise on encoded values in [0, 1], a little smoothed as cameras do."""
    if spec.noise <= 0:
        return encoded
    height, width = encoded.shape[:2]
    sigma = np.float32(_NOISE * spec.noise)
    luma = blur(rng.standard_normal((height, width), dtype=np.float32), 0.55)
    encoded += 1.6 * sigma * luma[..., None]
    if spec.light is not Illumination.INFRARED:
        half = (max(1, height // 2), max(1, width // 2))
        chroma = rng.standard_normal((*half, 3), dtype=np.float32)
        encoded += np.float32(0.7) * sigma * resize(chroma, (width, height))
    return encoded
