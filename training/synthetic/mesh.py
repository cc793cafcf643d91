"""The body of a spec: in full detail, or coarse and fast for small pictures."""

from __future__ import annotations

from functools import lru_cache

from training.synthetic.body import Part, build, limbs
from training.synthetic.camera import towards
from training.synthetic.individual import individual
from training.synthetic.spec import Pose, RenderSpec
from training.synthetic.tube import Profile, Surface, profile, sweep_along

_THIN = 2  # every so manyth row and column of the full grid
_FEWEST = (12, 13)


def body_of(spec: RenderSpec) -> dict[Part, Surface]:
    """Surfaces of all parts in the body frame; do not write to them."""
    side = towards(spec.flank)
    if not spec.coarse:
        return build(individual(spec.individual), spec.pose, side)
    return _coarse_body(spec.individual, spec.pose, side)


@lru_cache(maxsize=4)
def _coarse_body(seed: int, pose: Pose, side: float) -> dict[Part, Surface]:
    animal = individual(seed)
    made = {}
    for part, limb in limbs(animal, pose, side).items():
        scale = animal.girth if part is Part.TORSO else 1.0
        columns = max(_FEWEST[1], limb.grid[1] // _THIN + 1)
        made[part] = sweep_along(limb.joints, _at_rest()[part], scale, columns, limb.bulges)
    return made


@lru_cache(maxsize=1)
def _at_rest() -> dict[Part, Profile]:
    animal = individual(0)
    made = {}
    for part, limb in limbs(animal, Pose(stride=0.0), 1.0).items():
        rest = profile(limb.joints, limb.radii, max(_FEWEST[0], limb.grid[0] // _THIN))
        scale = 1 / animal.girth if part is Part.TORSO else 1.0
        made[part] = Profile(rest.up * scale, rest.down * scale, rest.side * scale, rest.basis)
    return made
