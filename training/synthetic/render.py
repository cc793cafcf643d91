"""From a spec to a picture with its ground truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from training.synthetic import lighting, optics
from training.synthetic.arrays import F32, Bool, blur, fill, resize
from training.synthetic.background import Plate, plate, scene_of
from training.synthetic.camera import Camera, camera_for
from training.synthetic.foreground import add_foreground
from training.synthetic.fur import albedo
from training.synthetic.individual import STREAM_PICTURE, stream
from training.synthetic.mesh import body_of
from training.synthetic.rendered import Rendered, truth
from training.synthetic.seams import joined_truth, shared_skin
from training.synthetic.shadows import burn, dapple
from training.synthetic.skeleton import BODY_LENGTH_M
from training.synthetic.spec import Illumination, RenderSpec
from training.synthetic.splat import Seen, see
from training.synthetic.strip import draw_strip
from training.synthetic.weathering import slid

_SOFT = 0.012  # of the animal's length: how far fur rounds off creases
_COARSE = 8  # soft things are drawn small
_NEAREST_DROP = 0.05  # an animal placed above the horizon is treated as just below it


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """Everything placed but not yet lit."""

    spec: RenderSpec
    camera: Camera
    seen: Seen
    plate: Plate
    depth_ratio: F32
    occluder: Bool
    skin: tuple[Seen, F32] | None


def render(spec: RenderSpec, place: Plate | None = None) -> Rendered:
    """Render one picture. Deterministic: equal specs give equal pixels on one machine.

    ``place``: an empty picture of ``spec.picture_wh`` to use instead of the station's.

    The animal's surface is sampled densely, projected by a pinhole camera into a z-buffer,
    coloured from the coat texture of its individual, lit, and laid over the station's plate.
    """
    rng = stream(STREAM_PICTURE, spec.individual, spec.station, spec.picture)
    stage = _set_stage(spec, place, rng)
    radiance = _shoot(stage, rng)
    encoded = optics.grain(_develop(radiance, stage, rng), spec, rng)
    pixels = np.asarray(np.clip(encoded * 255 + 0.5, 0, 255), np.uint8)
    if spec.light is Illumination.INFRARED:
        pixels[...] = pixels[..., 1:2]
    covered = draw_strip(pixels, spec.strip)
    seen = joined_truth(stage.seen, *stage.skin) if stage.skin else stage.seen
    return truth(spec, pixels, seen, stage.occluder | covered)


def _set_stage(spec: RenderSpec, place: Plate | None, rng: np.random.Generator) -> _Stage:
    camera = camera_for(spec)
    surfaces = body_of(spec)
    seen = see(surfaces, camera, spec.picture_wh)
    skin = shared_skin(seen, surfaces, camera, spec) if spec.soft_seams else None
    seen = slid(lighting.soften(seen, _SOFT * spec.size_px), spec)
    if place is None:
        place = plate(spec.station, spec.scene or scene_of(spec.station), spec.picture_wh)
    feet = float(camera.project(np.zeros((1, 3)))[0, 1]) / spec.picture_wh[1]
    drop = max(feet - place.horizon, _NEAREST_DROP)
    place = add_foreground(place, spec, drop, rng)
    ratio = np.asarray(np.minimum(drop / place.drop, 30.0), np.float32)
    occluder = place.object_drop > drop * 1.04
    shown = ~occluder[seen.rows, seen.columns]
    ratio[seen.rows[shown], seen.columns[shown]] = seen.depth_m[shown] / camera.distance_m
    return _Stage(spec, camera, seen, place, ratio, occluder, skin)


def _shoot(stage: _Stage, rng: np.random.Generator) -> F32:
    """Radiance (H, W, 3): the lit plate with the lit animal over it."""
    spec, seen = stage.spec, stage.seen
    lamp = lighting.lamp_for(spec, stage.camera)
    scene = lighting.light_plate(stage.plate, lamp, stage.depth_ratio)
    if spec.light is Illumination.INFRARED:
        scene = lighting.to_infrared(scene)
    if not len(seen.u):
        return scene
    coat = _coat(stage, rng)
    if spec.light is Illumination.INFRARED:
        coat = lighting.infrared_albedo(coat)
    lit = lighting.light_animal(coat, seen, lamp, stage.camera, _facing(stage))
    if spec.dapple > 0:
        shade = dapple(spec, rng)
        lit *= shade[seen.rows, seen.columns, None]
    if spec.light is Illumination.INFRARED:
        lit = lighting.to_infrared(lit)
    _shadow(scene, stage)
    return _compose(scene, lit, stage)


def _coat(stage: _Stage, rng: np.random.Generator) -> F32:
    """Reflectance of the visible pixels, the torso's where its skin reaches over a leg."""
    spec, scale = stage.spec, stage.spec.size_px / BODY_LENGTH_M
    coat = albedo(stage.seen, spec, scale, rng)
    if stage.skin is not None:
        skin, share = stage.skin
        at = share > 0
        over = albedo(slid(skin, spec), spec, scale, rng)
        coat[at] += share[at, None] * (over - coat[at])
    return coat


def _facing(stage: _Stage) -> F32:
    """Cosine to the camera of each visible pixel, from its own ray."""
    camera, seen = stage.camera, stage.seen
    x = (seen.columns - camera.principal_px[0]) / camera.focal_px
    y = (seen.rows - camera.principal_px[1]) / camera.focal_px
    rays = np.stack([x, y, np.ones_like(x)], axis=1).astype(np.float32)
    normals = seen.normals @ camera.axes.T.astype(np.float32)
    cosine = -np.einsum("ij,ij->i", rays, normals)
    return np.asarray(cosine / np.sqrt(1 + x * x + y * y), np.float32)


def _shadow(scene: F32, stage: _Stage) -> None:
    """Darken the ground under the animal, softly, in place."""
    angle = np.linspace(0, 2 * np.pi, 24)
    ring = np.stack([0.55 * np.cos(angle), 0.16 * np.sin(angle), 0 * angle], axis=1)
    points = stage.camera.project(ring)[:, :2]
    height, width = scene.shape[:2]
    light = np.ones((height // _COARSE, width // _COARSE), np.float32)
    fill(light, points / _COARSE, 0.45)
    light = resize(blur(light, 0.03 * stage.spec.size_px / _COARSE), (width, height))
    light[stage.plate.object_drop > 0] = 1
    scene *= light[..., None]


def _compose(scene: F32, lit: F32, stage: _Stage) -> F32:
    """Lay the animal over the scene: soft edge, motion blur, things in front of it."""
    seen, spec = stage.seen, stage.spec
    pad = int(spec.motion_blur_px) + 4
    y0, y1 = max(0, seen.rows.min() - pad), seen.rows.max() + pad + 1
    x0, x1 = max(0, seen.columns.min() - pad), seen.columns.max() + pad + 1
    view = scene[y0:y1, x0:x1]
    layer = np.zeros((*view.shape[:2], 4), np.float32)
    layer[seen.rows - y0, seen.columns - x0, :3] = lit
    layer[seen.rows - y0, seen.columns - x0, 3] = 1
    layer = blur(layer, 0.65)
    layer = optics.smear(layer, spec.motion_blur_px, _heading(stage.camera))
    layer *= ~stage.occluder[y0:y1, x0:x1, None]
    view *= 1 - layer[..., 3:]
    view += layer[..., :3]
    return scene


def _heading(camera: Camera) -> float:
    """Direction in which the animal moves in the picture, radians from the x axis."""
    ends = camera.project(np.array([[0.0, 0.0, 0.4], [0.1, 0.0, 0.4]]))
    delta = ends[1, :2] - ends[0, :2]
    return math.atan2(float(delta[1]), float(delta[0]))


def _develop(radiance: F32, stage: _Stage, rng: np.random.Generator) -> F32:
    """Air, lens and exposure; encoded values in [0, 1]."""
    spec = stage.spec
    radiance = optics.haze(radiance, stage.depth_ratio, spec, rng)
    radiance = optics.particles(radiance, spec, rng)
    if spec.light is Illumination.INFRARED:
        radiance = optics.hot_spot(radiance, spec)
    radiance = burn(radiance, spec)
    radiance *= np.float32(2.0**spec.exposure_ev)
    radiance = optics.bloom(radiance, 0.10 + 0.8 * spec.fog)
    radiance = blur(radiance, spec.defocus_px)
    return np.asarray(lighting.srgb_bytes(radiance) / np.float32(255), np.float32)
