"""Where the animal walks: ground, plants, rocks and sky, painted from a station's seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from training.synthetic.arrays import F32, U8, fractal_noise, smoothstep
from training.synthetic.individual import STREAM_SCENE, stream
from training.synthetic.plants import Patch, bush, rock, trunk, tuft
from training.synthetic.spec import Scene

_TILE = 512
_GROUND_SCALES = ((30.0, 0.07), (130.0, 0.09), (420.0, 0.08))  # cells, weight


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """An empty picture of a station, not yet lit.

    ``colour`` (H, W, 3) uint8 sRGB reflectance; ``drop`` (H, W) float32: how far below the
    horizon, as a share of the height, the thing in this pixel meets the ground (depth is
    inversely proportional to it); ``object_drop``: the same for what stands on the ground, 0
    for ground and sky; ``sky`` (H, W) float32 in [0, 1]; ``horizon`` a share of the height.
    """

    colour: U8
    drop: F32
    object_drop: F32
    sky: F32
    horizon: float


@dataclass(frozen=True, slots=True)
class Palette:
    """sRGB colours (0 to 1) of a kind of place, and how much grows there."""

    ground: tuple[float, float, float]
    plant: tuple[float, float, float]
    canopy: float
    tufts: int
    bushes: int
    rocks: int
    trunks: int


PALETTES = {
    Scene.GRASS: Palette((0.46, 0.37, 0.27), (0.42, 0.47, 0.20), 0.16, 70, 4, 2, 2),
    Scene.BUSH: Palette((0.42, 0.33, 0.26), (0.30, 0.38, 0.18), 0.30, 34, 12, 3, 6),
    Scene.DESERT: Palette((0.66, 0.55, 0.41), (0.55, 0.50, 0.33), 0.03, 14, 5, 5, 0),
    Scene.ROCKS: Palette((0.50, 0.46, 0.40), (0.45, 0.44, 0.27), 0.08, 24, 4, 16, 1),
}


def scene_of(station: int) -> Scene:
    """The kind of place a station is, unless a spec says otherwise."""
    return list(Scene)[int(stream(STREAM_SCENE, station).integers(len(Scene)))]


@lru_cache(maxsize=4)
def plate(station: int, scene: Scene, picture_wh: tuple[int, int]) -> Plate:
    """The empty picture of a station; the arrays are shared, so copy before drawing."""
    rng = stream(STREAM_SCENE, station, list(Scene).index(scene) + 1)
    width, height = picture_wh
    horizon = float(rng.uniform(0.26, 0.40))
    palette = PALETTES[scene]
    rows = (np.arange(height, dtype=np.float32) + 0.5) / height - horizon
    drop = np.repeat(np.maximum(rows, 0.004)[:, None], width, axis=1)
    colour = _ground(rng, palette, drop)
    sky = _far(rng, palette, colour, horizon)
    made = Plate(colour, drop, np.zeros_like(drop), sky, horizon)
    for patch in _things(rng, palette):
        draw(made, patch)
    return made


def draw(onto: Plate, patch: Patch) -> None:
    """Paint a thing in place: its polygons are in shares of the picture about (x, drop)."""
    height, width = onto.drop.shape
    foot = np.array([patch.x * width, (onto.horizon + patch.drop) * height])
    for shape, shade in zip(patch.outlines, patch.shades, strict=True):
        points = np.round((foot + shape * height) * 16 - 8).astype(np.int32)
        colour = tuple(float(c) for c in np.clip(np.array(patch.colour) * shade * 255, 0, 255))
        cv2.fillPoly(onto.colour, [points], colour, cv2.LINE_AA, 4)
        for layer in (onto.drop, onto.object_drop):
            cv2.fillPoly(layer, [points], (patch.drop,), cv2.LINE_8, 4)
        cv2.fillPoly(onto.sky, [points], (0.0,), cv2.LINE_8, 4)


def draw_quickly(onto: Plate, patch: Patch) -> None:
    """As ``draw``, several times as fast: where the thing is, is painted only once."""
    height, width = onto.drop.shape
    foot = np.array([patch.x * width, (onto.horizon + patch.drop) * height])
    covered = np.zeros((height, width), np.uint8)
    for shape, shade in zip(patch.outlines, patch.shades, strict=True):
        points = np.round((foot + shape * height) * 16 - 8).astype(np.int32)
        colour = [min(255.0, c * shade * 255) for c in patch.colour]
        cv2.fillPoly(onto.colour, [points], colour, cv2.LINE_AA, 4)
        cv2.fillPoly(covered, [points], (1.0,), cv2.LINE_8, 4)
    at = covered > 0
    onto.drop[at] = onto.object_drop[at] = patch.drop
    onto.sky[at] = 0


def _ground(rng: np.random.Generator, palette: Palette, drop: F32) -> U8:
    """Soil in perspective: one tile of noise looked up at three scales."""
    height, width = drop.shape
    tile = fractal_noise(rng, (_TILE, _TILE), 16.0, 4)
    tile = np.concatenate([tile, tile[::-1]])
    tile = np.concatenate([tile, tile[:, ::-1]], axis=1)  # repeats without a seam
    columns = (np.arange(width, dtype=np.float32) - width / 2) / height
    grain = np.zeros_like(drop)
    first = int(np.argmax(drop[:, 0] > drop[0, 0]))  # nothing to paint above the horizon
    below = drop[first:]
    for scale, weight in _GROUND_SCALES:
        x = (columns[None, :] / below * np.float32(scale)) % np.float32(2 * _TILE)
        y = np.broadcast_to((np.float32(scale) / below) % np.float32(2 * _TILE), below.shape)
        grain[first:] += np.float32(weight) * cv2.remap(
            tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        )
    tint = fractal_noise(rng, (width, height), width / 3, 3)[..., None] * np.float32(0.010)
    colour = np.array(palette.ground, np.float32) * (1 + grain[..., None])
    colour += tint * np.array((0.2, 1.0, -0.3), np.float32)
    return np.asarray(np.clip(colour * 255, 0, 255), np.uint8)


def _far(rng: np.random.Generator, palette: Palette, colour: U8, horizon: float) -> F32:
    """Paint distant growth and sky above the horizon; returns where the sky is."""
    height, width = colour.shape[:2]
    band = max(2, int(horizon * height) + 2)
    skyline = fractal_noise(rng, (width, 1), width / 5, 5)[0]
    top = palette.canopy * (0.6 + 0.35 * skyline) + 0.012
    above = horizon - (np.arange(band, dtype=np.float32) + 0.5) / height
    leaves = fractal_noise(rng, (width, band), height / 22, 5)
    cover = top[None, :] - above[:, None] + np.float32(0.25 * palette.canopy + 0.004) * leaves
    sky = smoothstep(0.004, -0.004, cover).astype(np.float32)
    shade = (0.62 + 0.16 * leaves)[..., None] * np.array(palette.plant, np.float32)
    gradient = np.linspace(0.80, 0.95, band, dtype=np.float32)[:, None, None]
    blue = gradient * np.array((0.93, 0.97, 1.0), np.float32)
    mixed = shade + sky[..., None] * (blue - shade)
    colour[:band] = np.clip(mixed * 255, 0, 255).astype(np.uint8)
    full = np.zeros((height, width), np.float32)
    full[:band] = sky
    return full


def _things(rng: np.random.Generator, palette: Palette) -> list[Patch]:
    """Everything that stands about, far things first; the middle ground is kept open."""
    made = []
    makers = (
        (tuft, palette.tufts),
        (bush, palette.bushes),
        (rock, palette.rocks),
        (trunk, palette.trunks),
    )
    for make, count in makers:
        for _ in range(count):
            reach = rng.beta(1.1, 2.4) if make is tuft else rng.beta(1.0, 6.0)
            drop = 0.02 + 0.62 * reach
            made.append(make(rng, float(rng.uniform(-0.05, 1.05)), float(drop), palette.plant))
    return sorted(made, key=lambda patch: patch.drop)
