"""Shoulders and haunches that wear the torso's skin, so that no line parts a leg from the body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reid.types import Flank
from training.synthetic.arrays import F32, smoothstep
from training.synthetic.body import Part
from training.synthetic.camera import Camera
from training.synthetic.spec import RenderSpec
from training.synthetic.splat import Seen, see
from training.synthetic.tube import Surface

_TORSO_ENDS = {"fore": (0.13, 0.34), "hind": (0.14, 0.38)}  # u of a leg: all torso's, none
_NEAREST_M = 0.16  # between leg and torso for skin to join them


def shared_skin(
    seen: Seen, surfaces: dict[Part, Surface], camera: Camera, spec: RenderSpec
) -> tuple[Seen, F32]:
    """The torso's skin behind the near legs' upper ends, and its share there.

    Returns pixels (m of the n in ``seen``, in their order) with the torso's coat coordinates, and
    the share (n,) that the torso's colour has in each pixel of ``seen``: above 0 in those m.
    """
    left = spec.flank is Flank.LEFT
    share = np.zeros(len(seen.u), np.float32)
    for kind, near in (
        ("fore", Part.LEFT_FORE if left else Part.RIGHT_FORE),
        ("hind", Part.LEFT_HIND if left else Part.RIGHT_HIND),
    ):
        mine = seen.part == int(near)
        low, high = _TORSO_ENDS[kind]
        share[mine] = 1 - smoothstep(low, high, seen.u[mine])
    under = see({Part.TORSO: surfaces[Part.TORSO]}, camera, spec.picture_wh)
    behind = np.full((spec.picture_wh[1], spec.picture_wh[0]), -1, np.int64)
    behind[under.rows, under.columns] = np.arange(len(under.u))
    at = behind[seen.rows, seen.columns]
    share[at < 0] = 0
    joined = at >= 0
    share[joined] *= np.abs(under.depth_m[at[joined]] - seen.depth_m[joined]) < _NEAREST_M
    at = at[share > 0]
    fields = ("rows", "columns", "part", "u", "v", "depth_m", "normals")
    return replace(under, **{name: getattr(under, name)[at] for name in fields}), share


def joined_truth(seen: Seen, skin: Seen, share: F32) -> Seen:
    """Coat coordinates as they look: the torso's where its skin prevails."""
    prevails = share[share > 0] > 0.5
    at = np.flatnonzero(share > 0)[prevails]
    part, u, v = seen.part.copy(), seen.u.copy(), seen.v.copy()
    part[at], u[at], v[at] = (values[prevails] for values in (skin.part, skin.u, skin.v))
    return replace(seen, part=part, u=u, v=v)
