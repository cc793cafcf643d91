"""The parts of the animal: which tubes it is made of and how thick they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from training.synthetic import skeleton
from training.synthetic.arrays import Points
from training.synthetic.individual import Individual
from training.synthetic.spec import Pose
from training.synthetic.tube import Bulge, Radii, Surface, sweep


class Part(IntEnum):
    """Part ids of the coat map."""

    TORSO = 0
    HEAD = 1
    LEFT_EAR = 2
    RIGHT_EAR = 3
    LEFT_FORE = 4
    RIGHT_FORE = 5
    LEFT_HIND = 6
    RIGHT_HIND = 7
    TAIL = 8


@dataclass(frozen=True, slots=True)
class Extent:
    """Length of a part and mean distance round it, in metres: the scale of its (u, v)."""

    length_m: float
    girth_m: float


EXTENTS = {
    Part.TORSO: Extent(1.15, 0.88),
    Part.HEAD: Extent(0.31, 0.47),
    Part.LEFT_EAR: Extent(0.075, 0.11),
    Part.RIGHT_EAR: Extent(0.075, 0.11),
    Part.LEFT_FORE: Extent(0.68, 0.31),
    Part.RIGHT_FORE: Extent(0.68, 0.31),
    Part.LEFT_HIND: Extent(0.74, 0.34),
    Part.RIGHT_HIND: Extent(0.74, 0.34),
    Part.TAIL: Extent(0.86, 0.15),
}
_TORSO = Radii(
    up=(0.012, 0.075, 0.120, 0.135, 0.135, 0.135, 0.145, 0.158, 0.132, 0.112, 0.100, 0.06),
    down=(0.012, 0.075, 0.115, 0.130, 0.125, 0.155, 0.172, 0.168, 0.142, 0.120, 0.104, 0.06),
    side=(0.012, 0.065, 0.095, 0.108, 0.108, 0.118, 0.122, 0.114, 0.102, 0.094, 0.086, 0.05),
)
_BELLY = Bulge(0.42, 0.0, 0.20, 0.16, 0.012)
_HEAD_AT = (0.0, 0.07, 0.28, 0.50, 0.66, 0.80, 0.94, 1.0)
_HEAD = Radii(
    up=(0.03, 0.072, 0.096, 0.090, 0.064, 0.050, 0.040, 0.008),
    down=(0.03, 0.070, 0.086, 0.088, 0.084, 0.076, 0.060, 0.014),
    side=(0.03, 0.070, 0.092, 0.090, 0.068, 0.060, 0.050, 0.012),
)
_EAR = Radii(
    up=(0.012, 0.016, 0.013, 0.003),
    down=(0.012, 0.016, 0.013, 0.003),
    side=(0.032, 0.038, 0.032, 0.005),
)
_FORE = Radii(
    up=(0.025, 0.090, 0.064, 0.042, 0.040, 0.005),
    down=(0.025, 0.088, 0.062, 0.040, 0.036, 0.005),
    side=(0.010, 0.040, 0.044, 0.038, 0.045, 0.007),
)
_HIND = Radii(
    up=(0.030, 0.112, 0.074, 0.036, 0.036, 0.005),
    down=(0.030, 0.112, 0.068, 0.036, 0.034, 0.005),
    side=(0.010, 0.042, 0.046, 0.032, 0.042, 0.007),
)
_TAIL_RADIUS = np.interp(
    np.linspace(0, 1, 12), [0, 0.1, 0.6, 0.93, 1], [0.040, 0.034, 0.026, 0.024, 0.008]
)


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """What a tube is swept from: joints (k, 3), k radii, rows and columns of its grid."""

    joints: Points
    radii: Radii
    grid: tuple[int, int]
    bulges: tuple[Bulge, ...] = ()


def limbs(animal: Individual, pose: Pose, towards: float) -> dict[Part, Limb]:
    """All parts in the body frame; ``towards`` +1: the camera is on the left."""
    spine = skeleton.spine(pose)
    skull = skeleton.head(pose, spine[-2], towards)
    parts = {
        Part.TORSO: Limb(spine, _scaled(_TORSO, 1.04 * animal.girth), (96, 97), _muscles(pose)),
        Part.HEAD: Limb(_along(skull, _HEAD_AT), _HEAD, (48, 49)),
        Part.TAIL: Limb(skeleton.tail(pose, towards), _round(_TAIL_RADIUS), (64, 25)),
    }
    for part, side in ((Part.LEFT_EAR, 1.0), (Part.RIGHT_EAR, -1.0)):
        parts[part] = Limb(_ear(skull, side), _EAR, (16, 25))
    for fore, hind, side in (
        (Part.LEFT_FORE, Part.LEFT_HIND, 1.0),
        (Part.RIGHT_FORE, Part.RIGHT_HIND, -1.0),
    ):
        parts[fore] = Limb(skeleton.fore_leg(pose, side, animal.limb), _FORE, (64, 41))
        parts[hind] = Limb(skeleton.hind_leg(pose, side, animal.limb), _HIND, (64, 41))
    return parts


def build(animal: Individual, pose: Pose, towards: float) -> dict[Part, Surface]:
    """Surfaces of all parts, in full detail."""
    made = limbs(animal, pose, towards)
    return {part: sweep(b.joints, b.radii, *b.grid, b.bulges) for part, b in made.items()}


def _muscles(pose: Pose) -> tuple[Bulge, ...]:
    """Shoulders and haunches under the skin: they move with the legs, the pattern with them."""
    bulges = [_BELLY]
    for side, v_shoulder, v_haunch in ((1.0, 0.33, 0.30), (-1.0, 0.67, 0.70)):
        fore, _ = skeleton.foot(pose, "fore", side)
        hind, _ = skeleton.foot(pose, "hind", side)
        bulges.append(Bulge(0.60 + 0.15 * fore, v_shoulder, 0.16, 0.17, 0.015 - 0.03 * fore))
        bulges.append(Bulge(0.14 + 0.15 * hind, v_haunch, 0.14, 0.18, 0.012 + 0.02 * hind))
    return tuple(bulges)


def _along(ends: Points, at: tuple[float, ...]) -> Points:
    steps = np.array(at)[:, None]
    return np.asarray(ends[0] + steps * (ends[1] - ends[0]), np.float64)


def _ear(skull: Points, side: float) -> Points:
    forward = skull[1] - skull[0]
    forward = forward / np.linalg.norm(forward)
    left = np.cross([0.0, 0.0, 1.0], forward)
    left /= np.linalg.norm(left)
    up = np.cross(forward, left)
    root = skull[0] + 0.058 * forward + side * 0.056 * left + 0.058 * up
    tip = root - 0.012 * forward + side * 0.030 * left + 0.062 * up
    return _along(np.stack([root, tip]), (0.0, 0.4, 0.75, 1.0))


def _scaled(radii: Radii, factor: float) -> Radii:
    up, down, side = (
        tuple(r * factor for r in kind) for kind in (radii.up, radii.down, radii.side)
    )
    return Radii(up, down, side)


def _round(radius: Points) -> Radii:
    values = tuple(float(r) for r in radius)
    return Radii(values, values, values)
