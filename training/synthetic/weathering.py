"""What a condition does to a coat: seasons, water, mud, scars, and skin that slides."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.synthetic.arrays import F32, lookup, smoothstep
from training.synthetic.body import EXTENTS, Part
from training.synthetic.condition import AS_BORN
from training.synthetic.individual import STREAM_BODY, STREAM_CONDITION, stream
from training.synthetic.spec import RenderSpec
from training.synthetic.splat import Seen

_MUD = np.array((0.155, 0.115, 0.075), np.float32)  # linear reflectance
_WINTER = np.array((0.46, 0.42, 0.36), np.float32)
_GRID = 9  # knots of a patch map along u; along v as many, without a seam
_SCAR_PARTS = (Part.TORSO, Part.TORSO, Part.TORSO, Part.LEFT_HIND, Part.RIGHT_HIND)
_LEGS = (Part.LEFT_FORE, Part.RIGHT_FORE, Part.LEFT_HIND, Part.RIGHT_HIND)


@dataclass(frozen=True, slots=True)
class Hair:
    """Factors on the grain of the fur and on how far hairs carry colour over the edge of a spot."""

    grain: float = 1.0
    fray: float = 1.0


def hair_of(spec: RenderSpec, rough: float) -> Hair:
    """Length and roughness of the hair; ``rough`` is the family's."""
    longer = max(0.0, spec.condition.season)
    return Hair(rough * (1 + 0.5 * longer), 1 + 2.2 * longer)


def slid(seen: Seen, spec: RenderSpec) -> Seen:
    """Skin moved smoothly over the body by about ``slide_m``, anew in every picture."""
    if spec.condition.slide_m <= 0 or not len(seen.u):
        return seen
    rng = stream(STREAM_CONDITION, spec.condition.seed, spec.picture)
    u, v = seen.u.copy(), seen.v.copy()
    for part in Part:
        mine, along, around = seen.part == int(part), _knots(rng), _knots(rng)
        if mine.any():
            at = seen.u[mine], seen.v[mine]
            reach = np.float32(spec.condition.slide_m) / np.array(
                [EXTENTS[part].length_m, EXTENTS[part].girth_m], np.float32
            )
            u[mine] = np.clip(at[0] + reach[0] * _patchy(along, *at), 0, 1)
            v[mine] = np.clip(at[1] + reach[1] * _patchy(around, *at), 0, 1)
    return replace(seen, u=u, v=v)


def weathered(albedo: F32, seen: Seen, spec: RenderSpec) -> F32:
    """Linear reflectance (n, 3) after season, scars, water and mud."""
    condition = spec.condition
    if replace(condition, seed=0, slide_m=0.0) == AS_BORN:
        return albedo
    out = _season(albedo, condition.season)
    if condition.scars:
        out = _scarred(out, seen, spec)
    rng = stream(STREAM_CONDITION, condition.seed)
    for amount, put in ((condition.wet, _wet), (condition.mud, _muddy)):
        knots = rng.standard_normal((len(Part), _GRID, _GRID)).astype(np.float32)
        if amount > 0:
            out = put(out, _cover(seen, knots, amount))
    return np.asarray(out, np.float32)


def _season(albedo: F32, season: float) -> F32:
    """Winter fur is paler and greyer, its spots less deep; summer fur is a little darker."""
    if season >= 0:
        share = np.float32(0.28 * season)
        return np.asarray(albedo + share * (_WINTER - albedo) * (0.3 + albedo), np.float32)
    return albedo * np.float32(1 + 0.12 * season)


def _wet(albedo: F32, cover: F32) -> F32:
    return albedo * (1 - np.float32(0.55) * cover[:, None])


def _muddy(albedo: F32, cover: F32) -> F32:
    return albedo + np.float32(0.8) * cover[:, None] * (_MUD - albedo)


def _cover(seen: Seen, knots: F32, amount: float) -> F32:
    """How much of each pixel is covered: legs and belly first, patches elsewhere."""
    cover = np.zeros(len(seen.u), np.float32)
    for part in Part:
        mine = seen.part == int(part)
        if not mine.any():
            continue
        u, v = seen.u[mine], seen.v[mine]
        low = u if part in _LEGS else np.abs(v - 0.5) * 2 if part is Part.TORSO else 0 * u
        level = 0.45 * _patchy(knots[int(part)], u, v) + 1.1 * low - 1.75 + 1.6 * amount
        cover[mine] = smoothstep(-0.4, 0.4, level)
    return cover


def _scarred(albedo: F32, seen: Seen, spec: RenderSpec) -> F32:
    """Narrow hairless lines, pale or dark; the animal's own, in the order in which it got them."""
    out = albedo.copy()
    for number in range(spec.condition.scars):
        rng = stream(STREAM_BODY, spec.individual, 1000 + number)
        part = _SCAR_PARTS[int(rng.integers(len(_SCAR_PARTS)))]
        mine = np.flatnonzero(seen.part == int(part))
        size = np.array([EXTENTS[part].length_m, EXTENTS[part].girth_m])
        centre = np.array([rng.uniform(0.1, 0.7), rng.random()]) * size
        turn, half = rng.uniform(0, np.pi), rng.uniform(0.012, 0.05)
        width, shade = rng.uniform(0.002, 0.006), rng.choice([0.35, 1.0])
        away = np.stack([seen.u[mine], seen.v[mine]], 1) * size - centre
        away[:, 1] -= np.rint(away[:, 1] / size[1]) * size[1]
        along = away @ [np.cos(turn), np.sin(turn)]
        across = away @ [-np.sin(turn), np.cos(turn)] + 3 * (along**2 - 0.5 * half**2)
        reach = np.hypot(np.maximum(np.abs(along) - half, 0), across)
        share = smoothstep(1.5 * width, 0.6 * width, reach)[:, None]
        colour = shade * np.array((0.50, 0.36, 0.30))
        out[mine] += (share * (colour - out[mine])).astype(np.float32)
    return out


def _knots(rng: np.random.Generator) -> F32:
    return rng.standard_normal((_GRID, _GRID)).astype(np.float32)


def _patchy(knots: F32, u: F32, v: F32) -> F32:
    """A smooth field of deviation about 1 from (k, k) knots; v passes its seam."""
    closed = np.concatenate([knots, knots[:, :1]], axis=1)
    return lookup(closed, v * np.float32(_GRID), u * np.float32(_GRID - 1)) * np.float32(1.5)
