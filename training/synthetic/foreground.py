"""Grass and branches between camera and animal, fresh in each picture."""

from __future__ import annotations

import numpy as np

from training.synthetic.background import PALETTES, Plate, draw, draw_quickly, scene_of
from training.synthetic.plants import Patch, blade, quick_tuft, tuft
from training.synthetic.spec import RenderSpec

_TUFTS, _BRANCHES = 22, 2.0  # mean numbers at occlusion 1


def add_foreground(
    plate: Plate, spec: RenderSpec, animal_drop: float, rng: np.random.Generator
) -> Plate:
    """A copy of the plate with ``spec.occlusion`` of things in front; the plate itself when 0."""
    if spec.occlusion <= 0:
        return plate
    copied = Plate(
        plate.colour.copy(),
        plate.drop.copy(),
        plate.object_drop.copy(),
        plate.sky.copy(),
        plate.horizon,
    )
    colour = PALETTES[spec.scene or scene_of(spec.station)].plant
    length, tall = (spec.size_px / side for side in spec.picture_wh)
    make, put = (quick_tuft, draw_quickly) if spec.coarse else (tuft, draw)
    for _ in range(int(rng.poisson(_TUFTS * spec.occlusion))):
        x = spec.centre_xy[0] + rng.normal(0, 0.35 * length)
        near = animal_drop * float(rng.uniform(1.08, 1.35))
        put(copied, make(rng, float(x), near, colour, 0.42 * tall))
    for _ in range(int(rng.poisson(_BRANCHES * spec.occlusion))):
        put(copied, branch(rng, spec, animal_drop))
    return copied


def branch(rng: np.random.Generator, spec: RenderSpec, animal_drop: float) -> Patch:
    """A leafless branch that hangs or stands across the picture near the camera."""
    length = float(rng.uniform(0.4, 1.0))
    main = blade(rng, length, float(rng.normal(0, 0.9)), 0.008)
    twigs = []
    for _ in range(6):
        start = main[int(rng.integers(1, 5))]
        twigs.append(start + blade(rng, 0.3 * length, float(rng.normal(0, 1.2)), 0.003))
    x = spec.centre_xy[0] + rng.normal(0, 0.25)
    shades = [float(s) for s in rng.uniform(0.7, 1.2, 7)]
    drop = animal_drop * float(rng.uniform(1.1, 1.6))
    return Patch(float(x), drop, (0.33, 0.27, 0.21), [main, *twigs], shades)
