"""From coat coordinates to colour in each pixel: texture, grain of the fur, no light yet."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from training.synthetic.arrays import F32, blur, lookup, resize, to_linear
from training.synthetic.body import EXTENTS, Part
from training.synthetic.coat import TEXELS_PER_M, coat_of, roughness
from training.synthetic.family import Family
from training.synthetic.spec import RenderSpec
from training.synthetic.splat import Seen
from training.synthetic.weathering import Hair, hair_of, weathered

_TILE = 512
_HAIR_M = 0.013  # visible length of a tuft of hair
_HAIR_WIDTH_M = 0.0022
_FRAY_M = 0.0016  # how far hairs carry colour across the edge of a spot
_GRAIN = 0.14


def albedo(seen: Seen, spec: RenderSpec, pixels_per_m: float, rng: np.random.Generator) -> F32:
    """Linear reflectance (n, 3) of the visible pixels of the spec's individual.

    The grain is fresh in every picture: hair moves, and it must not carry identity.
    """
    colours = np.zeros((len(seen.u), 3), np.float32)
    tile = _shifted(rng) if spec.coarse else _fresh_tile(rng)
    hair = hair_of(spec, roughness(spec.individual, spec.family))
    textures = textures_of(spec, pixels_per_m)
    for part in Part:
        mine = seen.part == int(part)
        if mine.any():
            colours[mine] = _part_colour(
                textures[part], part, seen.u[mine], seen.v[mine], tile, pixels_per_m, hair
            )
    return weathered(colours, seen, spec)


def _part_colour(
    texture: F32, part: Part, u: F32, v: F32, tile: F32, pixels_per_m: float, hair: Hair
) -> F32:
    extent = EXTENTS[part]
    along, around = u * np.float32(extent.length_m), v * np.float32(extent.girth_m)
    grain = lookup(tile, along / _HAIR_M, around / _HAIR_WIDTH_M, wrap=True)
    clump = lookup(tile, along / (2.5 * _HAIR_M), around / (5 * _HAIR_WIDTH_M), wrap=True)
    finest = min(1.0, pixels_per_m * _HAIR_WIDTH_M / 1.4)  # hairs below a pixel average out
    moved = np.clip(u + grain * np.float32(_FRAY_M * hair.fray / extent.length_m), 0, 1)
    rows, columns = texture.shape[:2]
    colour = lookup(texture, v * columns - 0.5, moved * rows - 0.5, wrap=True)
    shade = 1 + _GRAIN * hair.grain * (finest * grain + 0.35 * clump)
    return np.asarray(to_linear(colour) * shade[:, None], np.float32)


def textures_of(spec: RenderSpec, pixels_per_m: float) -> dict[Part, F32]:
    """Textures of the spec's coat at the picture's scale; in a coarse picture, near to it."""
    if not spec.coarse:
        whole = coat_of(spec.individual, spec.family, spec.texels_per_m)
        return {part: shrink(texture, pixels_per_m) for part, texture in whole.items()}
    level = max(0, round(-2 * math.log2(min(1.0, pixels_per_m / spec.texels_per_m))))
    return _smaller(spec.individual, spec.family, spec.texels_per_m, level)


@lru_cache(maxsize=16)
def _smaller(seed: int, family: Family, texels_per_m: int, level: int) -> dict[Part, F32]:
    """Every level is half the area of the one before."""
    whole, factor = coat_of(seed, family, texels_per_m), 2 ** (-level / 2)
    return {p: shrink(t, factor * TEXELS_PER_M) for p, t in whole.items()}


def _fresh_tile(rng: np.random.Generator) -> F32:
    tile = blur(rng.standard_normal((_TILE, _TILE), dtype=np.float32), 0.8)
    return np.asarray(tile / tile.std(), np.float32)


@lru_cache(maxsize=1)
def _one_tile() -> F32:
    return _fresh_tile(np.random.default_rng(0))


def _shifted(rng: np.random.Generator) -> F32:
    """One tile for all coarse pictures, moved and turned over: fresh noise takes too long."""
    down, right = (int(n) for n in rng.integers(_TILE, size=2))
    tile = np.roll(_one_tile(), (down, right), (0, 1))
    return np.ascontiguousarray(tile[:: (1, -1)[int(rng.integers(2))]])


def shrink(texture: F32, pixels_per_m: float) -> F32:
    """The texture averaged down to the picture's scale, so that small animals do not sparkle."""
    factor = pixels_per_m / TEXELS_PER_M
    if factor > 0.75:
        return texture
    rows, columns = texture.shape[:2]
    size = (max(8, int(columns * factor)), max(8, int(rows * factor)))
    return resize(texture, size, smooth=False)
