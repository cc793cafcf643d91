"""Light on the animal and on its surroundings, in linear units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.synthetic.arrays import F32, U8, blur, resize, to_linear
from training.synthetic.background import Plate
from training.synthetic.camera import Camera
from training.synthetic.individual import STREAM_SCENE, stream
from training.synthetic.spec import Illumination, RenderSpec
from training.synthetic.splat import Seen

_LUT = to_linear(np.linspace(0, 1, 256, dtype=np.float32))
_GREY = np.array((0.34, 0.40, 0.26), np.float32)  # near infrared, from what colours we have
_COARSE = 4  # smooth things are averaged small
_NIGHT = (Illumination.FLASH, Illumination.INFRARED)


@dataclass(frozen=True, slots=True, eq=False)
class Lamp:
    """``key`` and ``ambient`` colours (3,); ``sun`` a direction in the body frame, None: flash."""

    key: F32
    ambient: F32
    sun: F32 | None


def lamp_for(spec: RenderSpec, camera: Camera) -> Lamp:
    """The light of a spec; its tint and the sun's place belong to the station."""
    rng = stream(STREAM_SCENE, spec.station, 99)
    warm = float(rng.normal(0.0, 0.07))
    if spec.light in _NIGHT:
        tint = np.array((1 + warm, 1.0, 1 - 1.3 * warm), np.float32)
        return Lamp(1.05 * tint, np.array((0.004, 0.005, 0.008), np.float32), None)
    side, height = rng.uniform(-0.9, 0.9), rng.uniform(0.5, 1.2)
    sun = side * camera.axes[0] - height * camera.axes[1] - rng.uniform(-0.3, 0.6) * camera.axes[2]
    sun = (sun / np.linalg.norm(sun)).astype(np.float32)
    if spec.light is Illumination.DUSK:
        return Lamp(_rgb(0.34, 0.27, 0.20), _rgb(0.30, 0.32, 0.38), sun)
    return Lamp(_rgb(0.95, 0.90, 0.80), _rgb(0.50, 0.53, 0.57), sun)


def soften(seen: Seen, sigma_px: float) -> Seen:
    """Average normals over a neighbourhood: fur and skin round off the creases between parts."""
    if not len(seen.u):
        return seen
    y0, x0 = int(seen.rows.min()), int(seen.columns.min())
    at = seen.rows - y0, seen.columns - x0
    field = np.zeros((int(at[0].max()) + 1, int(at[1].max()) + 1, 3), np.float32)
    field[at] = seen.normals
    height, width = field.shape[:2]
    small = resize(field, (max(1, width // _COARSE), max(1, height // _COARSE)), smooth=False)
    mean = resize(blur(small, sigma_px / _COARSE), (width, height))[at]
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    return replace(seen, normals=np.asarray(mean / np.maximum(length, 1e-6), np.float32))


def light_animal(albedo: F32, seen: Seen, lamp: Lamp, camera: Camera, facing: F32) -> F32:
    """Radiance (n, 3) of the visible pixels; ``facing`` is the cosine to the camera."""
    if lamp.sun is None:
        falloff = (camera.distance_m / np.maximum(seen.depth_m, 0.2)) ** 2
        strength = (0.30 + 0.70 * np.clip(facing, 0, 1)) * falloff
        return np.asarray(albedo * (strength[:, None] * lamp.key + lamp.ambient), np.float32)
    direct = np.clip((seen.normals @ lamp.sun + 0.15) / 1.15, 0, 1)
    above = 0.62 + 0.38 * seen.normals[:, 2]  # sky above, ground below
    light = direct[:, None] * lamp.key + above[:, None] * lamp.ambient
    return np.asarray(albedo * light, np.float32)


def light_plate(plate: Plate, lamp: Lamp, depth_ratio: F32) -> F32:
    """Radiance (H, W, 3) of the surroundings; ``depth_ratio``: depth over the animal's."""
    colour = _LUT[plate.colour]
    if lamp.sun is None:
        falloff = np.minimum(1 / np.maximum(depth_ratio, 0.05) ** 2, 40.0) * (1 - plate.sky)
        return colour * (0.8 * falloff[..., None] * lamp.key + lamp.ambient)
    light = (0.55 * lamp.key + lamp.ambient) * np.float32(0.85)
    glow = 1 + plate.sky[..., None] * np.float32(0.6)
    return np.asarray(colour * light * glow, np.float32)


def to_infrared(radiance: F32) -> F32:
    """The same light as an infrared camera sees it: one channel three times.

    Dark hair reflects near infrared better than it does visible light, so spots turn grey.
    """
    grey = radiance @ _GREY
    return np.repeat(grey[..., None], 3, axis=-1)


def infrared_albedo(albedo: F32) -> F32:
    """Reflectance in near infrared: pigment counts for less."""
    return np.asarray(0.10 + 0.86 * albedo**0.85, np.float32)


def srgb_bytes(radiance: F32) -> U8:
    """Clip as a cheap sensor does and encode as sRGB."""
    clipped = np.clip(radiance, 0, 1)
    table = (np.power(np.linspace(0, 1, 4096), 1 / 2.2) * 255 + 0.5).astype(np.uint8)
    return table[(clipped * 4095).astype(np.uint16)]


def _rgb(r: float, g: float, b: float) -> F32:
    return np.array((r, g, b), np.float32)
