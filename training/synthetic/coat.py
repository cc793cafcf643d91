"""The coat of an individual: one colour texture for each part, painted once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from training.synthetic import spots
from training.synthetic.anatomy import Style, style_of
from training.synthetic.arrays import (
    F32,
    F64,
    U8,
    Points,
    blur,
    fill,
    fractal_noise,
    resize,
    smoothstep,
)
from training.synthetic.body import EXTENTS, Part, build
from training.synthetic.family import Family
from training.synthetic.features import paint_features
from training.synthetic.individual import STREAM_COAT, Individual, individual, stream
from training.synthetic.layout import Chart, cell_radius, neighbours, scatter
from training.synthetic.patterns import family_coat
from training.synthetic.patterns.draw_traits import drawn
from training.synthetic.spec import FULL_DETAIL, Pose

TEXELS_PER_M = FULL_DETAIL  # one texel is a millimetre of skin
_DARTS_PER_CELL = 10  # thrown for every spot that could fit: close to full
_TAWNY_CENTRE = np.array((0.90, 0.80, 0.67), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What is painted: (rows along u, columns along v) uint8, 255 where present."""

    dark: U8
    tawny: U8


@lru_cache(maxsize=24)
def coat(seed: int) -> dict[Part, F32]:
    """Textures (rows, columns, 3) float32 sRGB in [0, 1] of the individual's parts."""
    animal = individual(seed)
    charts = _charts(animal)
    return {part: _texture(animal, part, charts[part]) for part in Part}


def coat_of(seed: int, family: Family, texels_per_m: int) -> dict[Part, F32]:
    """The coat of any family at ``texels_per_m``, shared: do not write to it."""
    if family is not Family.LEOPARD:
        return family_coat(seed, family, texels_per_m)
    return coat(seed) if texels_per_m == TEXELS_PER_M else _shrunken(seed, texels_per_m)


def roughness(seed: int, family: Family) -> float:
    """How much stronger than a leopard's the grain of the family's fur is."""
    return 1.0 if family is Family.LEOPARD else drawn(seed, family).rough


@lru_cache(maxsize=8)
def _shrunken(seed: int, texels_per_m: int) -> dict[Part, F32]:
    made = {}
    for part, texture in coat(seed).items():
        rows, columns = (int(side * texels_per_m / TEXELS_PER_M) for side in texture.shape[:2])
        made[part] = resize(texture, (max(8, columns), max(8, rows)), smooth=False)
    return made


def marking_count(seed: int) -> int:
    """Rosettes of the left flank between shoulder and hip: a check against real animals."""
    animal = individual(seed)
    chart = _charts(animal)[Part.TORSO]
    places = _places(animal, Part.TORSO, chart, stream(STREAM_COAT, seed, int(Part.TORSO)))
    u, v = places[:, 0], places[:, 1]
    return int(((u > 0.1) & (u < 0.64) & (v > 0.14) & (v < 0.48)).sum())


def _charts(animal: Individual) -> dict[Part, Chart]:
    """The skin at rest, so that the pattern never depends on a picture's pose."""
    surfaces = build(animal, Pose(stride=0.0), 1.0)
    charts = {}
    for part, surface in surfaces.items():
        rings = np.linalg.norm(np.diff(surface.points, axis=1), axis=-1).sum(1)
        at = np.linspace(0, 1, 33)
        girth = np.interp(at, np.linspace(0, 1, len(rings)), rings)
        charts[part] = Chart(EXTENTS[part].length_m, np.maximum(girth, 0.02))
    return charts


def _texture(animal: Individual, part: Part, chart: Chart) -> F32:
    rng = stream(STREAM_COAT, animal.seed, int(part))
    style = style_of(part)
    layers = _paint(rng, animal, part, chart, style)
    dark, tawny = (_ragged(rng, layer) for layer in (layers.dark, layers.tawny))
    base = _base_colour(rng, animal, style, dark.shape)
    base *= 1 - tawny[..., None] * (1 - _TAWNY_CENTRE)
    texture = base + dark[..., None] * (np.array(animal.ink, np.float32) - base)
    paint_features(texture, part, animal)
    return np.clip(texture, 0, 1)


def _places(animal: Individual, part: Part, chart: Chart, rng: np.random.Generator) -> Points:
    style = style_of(part)

    def spacing(u: F64, v: F64) -> F64:
        return style.spacing(u, v) * animal.rosette_scale

    grid_u, grid_v = np.meshgrid(np.linspace(0, 1, 24), np.linspace(0, 1, 24))
    cells = float((1 / spacing(grid_u, grid_v) ** 2).mean())
    darts = int(_DARTS_PER_CELL * cells * chart.length_m * chart.girth_m.mean())
    return scatter(rng, chart, spacing, min(darts, 9000))


def _paint(
    rng: np.random.Generator, animal: Individual, part: Part, chart: Chart, style: Style
) -> Layers:
    rows = int(EXTENTS[part].length_m * TEXELS_PER_M)
    columns = int(EXTENTS[part].girth_m * TEXELS_PER_M)
    pad = columns // 3
    dark, tawny = np.zeros((2, rows, columns + 2 * pad), np.uint8)
    places = _places(animal, part, chart, rng)
    u, v = places[:, 0], places[:, 1]
    cap = 0.75 * style.spacing(u, v) * animal.rosette_scale
    cells = cell_radius(neighbours(places, chart), spots.ANGLES, cap)
    keep = rng.random(len(u)) >= style.bare(u, v)
    traits = np.stack([style.ring(u, v), style.stretch(u, v), style.share(u, v)], axis=1)
    for i in np.flatnonzero(keep):
        marking = _marking(rng, animal.openness, traits[i], cells[i])
        scale = np.array([columns / float(chart.girth(u[i])), rows / chart.length_m])
        at = np.array([v[i] * columns + pad, u[i] * rows])
        for canvas, outlines in ((dark, marking.dark), (tawny, marking.tawny)):
            for outline in outlines:
                fill(canvas, outline[:, ::-1] * scale + at, 255)
    return Layers(_fold(dark, pad), _fold(tawny, pad))


def _marking(rng: np.random.Generator, openness: float, traits: F64, cell_m: F64) -> spots.Marking:
    ring, stretch, share = (float(t) for t in traits)
    openness *= ring
    kind = ring + 0.25 * rng.standard_normal()
    if kind > 0.62:
        return spots.rosette(rng, cell_m, openness)
    if kind > 0.40:
        return spots.cluster(rng, cell_m)
    stretch, share = stretch * rng.lognormal(0, 0.15), share * rng.lognormal(0, 0.10)
    return spots.solid(rng, cell_m, share, stretch)


def _fold(canvas: U8, pad: int) -> U8:
    """Bring what was painted beyond the seam back to the other side of it."""
    out = canvas[:, pad:-pad].copy()
    out[:, -pad:] = np.maximum(out[:, -pad:], canvas[:, :pad])
    out[:, :pad] = np.maximum(out[:, :pad], canvas[:, -pad:])
    return out


def _ragged(rng: np.random.Generator, layer: U8) -> F32:
    """Edges as fur makes them: soft, and frayed along the lie of the hair."""
    soft = blur(np.asarray(layer / np.float32(255), np.float32), 1.6)
    rows, columns = layer.shape
    fray = fractal_noise(rng, (columns, rows), 7.0, 2)
    return np.asarray(smoothstep(0.28, 0.72, soft + 0.09 * fray * (soft > 0.02)), np.float32)


def _base_colour(
    rng: np.random.Generator, animal: Individual, style: Style, shape: tuple[int, ...]
) -> F32:
    rows, columns = shape
    u = ((np.arange(rows) + 0.5) / rows)[:, None]
    v = ((np.arange(columns) + 0.5) / columns)[None, :]
    drift = np.float32(0.06) * fractal_noise(rng, (columns, rows), 140.0, 3)
    belly = np.clip(style.belly(u, v).astype(np.float32) + drift, 0, 1)
    back = np.clip(style.back(u, v).astype(np.float32) + drift, 0, 1)
    colour = np.array(animal.flank, np.float32) * (1 + 0.35 * drift[..., None])
    for share, other in ((back, animal.back), (belly, animal.belly)):
        colour += share[..., None] * (np.array(other, np.float32) - colour)
    return colour
