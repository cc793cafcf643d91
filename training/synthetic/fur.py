"""From coat coordinates to colour in each pixel: texture, grain of the fur, no light yet."""

from __future__ import annotations

import numpy as np

from training.synthetic.arrays import F32, blur, lookup, resize, to_linear
from training.synthetic.body import EXTENTS, Part
from training.synthetic.coat import TEXELS_PER_M, coat
from training.synthetic.splat import Seen

_TILE = 512
_HAIR_M = 0.013  # visible length of a tuft of hair
_HAIR_WIDTH_M = 0.0022
_FRAY_M = 0.0016  # how far hairs carry colour across the edge of a spot
_GRAIN = 0.14


def albedo(seen: Seen, seed: int, pixels_per_m: float, rng: np.random.Generator) -> F32:
    """Linear reflectance (n, 3) of the visible pixels of individual ``seed``.

    The grain is fresh in every picture: hair moves, and it must not carry identity.
    """
    colours = np.zeros((len(seen.u), 3), np.float32)
    tile = blur(rng.standard_normal((_TILE, _TILE), dtype=np.float32), 0.8)
    tile /= tile.std()
    textures = coat(seed)
    for part in Part:
        mine = seen.part == int(part)
        if mine.any():
            colours[mine] = _part_colour(
                textures[part], part, seen.u[mine], seen.v[mine], tile, pixels_per_m
            )
    return colours


def _part_colour(texture: F32, part: Part, u: F32, v: F32, tile: F32, pixels_per_m: float) -> F32:
    extent = EXTENTS[part]
    along, around = u * np.float32(extent.length_m), v * np.float32(extent.girth_m)
    grain = lookup(tile, along / _HAIR_M, around / _HAIR_WIDTH_M, wrap=True)
    clump = lookup(tile, along / (2.5 * _HAIR_M), around / (5 * _HAIR_WIDTH_M), wrap=True)
    finest = min(1.0, pixels_per_m * _HAIR_WIDTH_M / 1.4)  # hairs below a pixel average out
    moved = np.clip(u + grain * np.float32(_FRAY_M / extent.length_m), 0, 1)
    small = shrink(texture, pixels_per_m)
    rows, columns = small.shape[:2]
    colour = lookup(small, v * columns - 0.5, moved * rows - 0.5, wrap=True)
    shade = 1 + _GRAIN * (finest * grain + 0.35 * clump)
    return np.asarray(to_linear(colour) * shade[:, None], np.float32)


def shrink(texture: F32, pixels_per_m: float) -> F32:
    """The texture averaged down to the picture's scale, so that small animals do not sparkle."""
    factor = pixels_per_m / TEXELS_PER_M
    if factor > 0.75:
        return texture
    rows, columns = texture.shape[:2]
    size = (max(8, int(columns * factor)), max(8, int(rows * factor)))
    return resize(texture, size, smooth=False)
