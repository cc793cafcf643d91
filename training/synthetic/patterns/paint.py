"""Textures of an animal's parts, from its family's traits."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from training.synthetic.anatomy import Style, style_of
from training.synthetic.arrays import F32
from training.synthetic.body import Part
from training.synthetic.family import Family
from training.synthetic.features import paint_features
from training.synthetic.individual import STREAM_COAT, Individual, stream
from training.synthetic.patterns.blotched import paint_blotches
from training.synthetic.patterns.draw_traits import Drawn, drawn
from training.synthetic.patterns.raster import Raster, raster
from training.synthetic.patterns.spotted import Drawing, paint_spots
from training.synthetic.patterns.striped import paint_faint, paint_stripes
from training.synthetic.patterns.traits import Blotching, Faint, Spotting, Striping

_TAWNY = np.array((0.84, 0.70, 0.52), np.float32)
_PLAIN_TAILS = (Family.FAINT, Family.STRIPES, Family.BLOTCHES)


@lru_cache(maxsize=8)
def family_coat(seed: int, family: Family, texels_per_m: int) -> dict[Part, F32]:
    """Textures (rows, columns, 3) float32 sRGB in [0, 1] of the parts, shared: do not write."""
    animal = drawn(seed, family)
    return {part: _texture(animal, seed, family, part, texels_per_m) for part in Part}


def _texture(animal: Drawn, seed: int, family: Family, part: Part, texels_per_m: int) -> F32:
    rng = stream(STREAM_COAT, seed, int(part), 1 + list(Family).index(family))
    place, style = raster(part, texels_per_m), style_of(part)
    drawing = _pattern(rng, place, style, animal)
    texture = _base_colour(rng, place, style, animal.animal, animal.white)
    tint = animal.traits.tint if isinstance(animal.traits, Spotting) else 0.0
    texture *= 1 - np.float32(tint) * drawing.tawny[..., None] * (1 - _TAWNY)
    ink = np.array(animal.animal.ink, np.float32)
    texture += drawing.dark[..., None] * (ink - texture)
    if not (part is Part.TAIL and family in _PLAIN_TAILS):
        paint_features(texture, part, animal.animal)
    return np.clip(texture, 0, 1, out=texture)


def _pattern(rng: np.random.Generator, place: Raster, style: Style, animal: Drawn) -> Drawing:
    traits = animal.traits
    nothing = np.zeros((place.rows, place.columns), np.float32)
    if place.part in (Part.LEFT_EAR, Part.RIGHT_EAR):
        return Drawing(nothing, nothing)
    if isinstance(traits, Spotting):
        return paint_spots(rng, place, style, traits)
    if isinstance(traits, Striping):
        return Drawing(paint_stripes(rng, place, style, traits), nothing)
    if isinstance(traits, Faint):
        return Drawing(paint_faint(rng, place, traits), nothing)
    assert isinstance(traits, Blotching)
    return Drawing(paint_blotches(rng, place, style, traits), nothing)


def _base_colour(
    rng: np.random.Generator, place: Raster, style: Style, animal: Individual, white: float
) -> F32:
    u, v = place.coarse()
    drift = np.float32(0.06) * place.noise(rng, 0.14, 3)
    colour = np.array(animal.flank, np.float32) * (1 + 0.35 * drift[..., None])
    low = 0.5 + np.sign(v - 0.5) * np.minimum(np.abs(v - 0.5) + white, 0.5)
    for share, at, other in ((style.back, v, animal.back), (style.belly, low, animal.belly)):
        mixed = np.clip(place.spread(share(u, at) + 0 * u * at) + drift, 0, 1)
        colour += mixed[..., None] * (np.array(other, np.float32) - colour)
    return np.asarray(colour, np.float32)
