"""A pinhole camera that looks at the animal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reid.types import Flank
from training.synthetic.arrays import Points
from training.synthetic.skeleton import BODY_LENGTH_M
from training.synthetic.spec import RenderSpec

BODY_CENTRE_M = np.array([0.10, 0.0, 0.40])
_FOCAL_PER_WIDTH = 1.15  # about 47 degrees across, as trail cameras have
_NEAREST_M = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """``axes`` rows: right, down, forward in the body frame; ``position_m`` (3,)."""

    position_m: Points
    axes: Points
    focal_px: float
    principal_px: tuple[float, float]
    distance_m: float

    def project(self, points: Points) -> Points:
        """Pixel x, y and depth in metres of (..., 3) body points."""
        seen = (points - self.position_m) @ self.axes.T
        depth = np.maximum(seen[..., 2], 0.05)
        x = self.principal_px[0] + self.focal_px * seen[..., 0] / depth
        y = self.principal_px[1] + self.focal_px * seen[..., 1] / depth
        return np.stack([x, y, depth], axis=-1)

    def facing(self, points: Points, normals: Points) -> Points:
        """Cosine between the surface normal and the direction to the camera."""
        ray = self.position_m - points
        ray = ray / np.linalg.norm(ray, axis=-1, keepdims=True)
        return np.asarray((ray * normals).sum(-1), np.float64)


def towards(flank: Flank) -> float:
    """+1 when the camera stands on the animal's left, -1 on its right."""
    return 1.0 if flank is Flank.LEFT else -1.0


def camera_for(spec: RenderSpec) -> Camera:
    """The camera of a spec.

    The distance gives the asked-for size with a trail camera's field of view, so perspective is
    what it would be; an animal too near for any camera gets a longer lens instead.
    """
    width, height = spec.picture_wh
    focal = _FOCAL_PER_WIDTH * max(width, height)
    distance = focal * BODY_LENGTH_M / spec.size_px
    if spec.distance_m is not None:
        focal, distance = focal * spec.distance_m / distance, spec.distance_m
    if distance < _NEAREST_M:
        focal, distance = focal * _NEAREST_M / distance, _NEAREST_M
    yaw, pitch = math.radians(spec.yaw_deg), math.radians(spec.pitch_deg)
    side = towards(spec.flank)
    level = np.array([-math.sin(yaw), side * math.cos(yaw), 0.0])
    out = math.cos(pitch) * level + math.sin(pitch) * np.array([0.0, 0.0, 1.0])
    right = np.cross(-level, [0.0, 0.0, 1.0])
    axes = np.stack([right, np.cross(-out, right), -out])
    principal = (spec.centre_xy[0] * width - 0.5, spec.centre_xy[1] * height - 0.5)
    return Camera(BODY_CENTRE_M + distance * out, axes, focal, principal, distance)
