"""Grass, bushes, rocks and trunks as bunches of polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic.arrays import F64, Points

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One thing: where it meets the ground, its polygons and how bright each is.

    ``x`` a share of the width, ``drop`` a share of the height below the horizon; ``outlines``
    (k, 2) in shares of the height from the foot, y downwards.
    """

    x: float
    drop: float
    colour: Colour
    outlines: list[Points]
    shades: list[float]


def tuft(
    rng: np.random.Generator, x: float, drop: float, colour: Colour, height: float | None = None
) -> Patch:
    """A tuft of grass: curved blades, green to straw; ``height`` None: as suits its distance."""
    count = int(rng.integers(8, 20))
    size = rng.uniform(0.22, 0.55) * (drop if height is None else 2.0 * height)
    dry = rng.random()
    straw = np.array((0.68, 0.60, 0.38))
    tint = np.array(colour) * (1 - dry) * 1.15 + straw * dry
    blades = [
        blade(rng, size * rng.uniform(0.4, 1.0), float(rng.normal(0, 0.55)), 0.035 * size)
        + np.array([rng.normal(0, 0.18 * size), 0])
        for _ in range(count)
    ]
    return Patch(x, drop, _colour(tint), blades, _shades(rng, count, 0.25))


def blade(rng: np.random.Generator, length: float, lean: float, width: float) -> Points:
    """One blade from the origin upwards, leaning and drooping: (2k, 2)."""
    s = np.linspace(0, 1, 6)
    droop = rng.uniform(0.2, 1.1) * np.sign(lean)
    angle = lean + droop * s
    x = np.cumsum(np.sin(angle)) * length / 6
    y = -np.cumsum(np.cos(angle)) * length / 6
    half = width * (1 - s) ** 0.7 + 0.0003
    return np.concatenate([np.stack([x - half, y], 1), np.stack([x + half, y], 1)[::-1]])


def blades(rng: np.random.Generator, length: F64, lean: F64, width: F64) -> Points:
    """Many blades at once, (n, 2k, 2), as ``blade`` makes them one by one."""
    s = np.linspace(0, 1, 6)
    droop = rng.uniform(0.2, 1.1, len(length)) * np.sign(lean)
    angle = lean[:, None] + droop[:, None] * s
    step = np.stack([np.sin(angle), -np.cos(angle)], axis=-1) * length[:, None, None] / 6
    spine = np.cumsum(step, axis=1)
    half = width[:, None] * (1 - s) ** 0.7 + 0.0003
    side = np.stack([half, 0 * half], axis=-1)
    return np.concatenate([spine - side, (spine + side)[:, ::-1]], axis=1)


def quick_tuft(
    rng: np.random.Generator, x: float, drop: float, colour: Colour, height: float
) -> Patch:
    """As ``tuft``, five times as fast."""
    count = int(rng.integers(8, 20))
    size = rng.uniform(0.22, 0.55) * 2.0 * height
    dry = rng.random()
    tint = np.array(colour) * (1 - dry) * 1.15 + np.array((0.68, 0.60, 0.38)) * dry
    length = size * rng.uniform(0.4, 1.0, count)
    made = blades(rng, length, rng.normal(0, 0.55, count), np.full(count, 0.035 * size))
    made[..., 0] += rng.normal(0, 0.18 * size, (count, 1))
    return Patch(x, drop, _colour(tint), list(made), _shades(rng, count, 0.25))


def bush(rng: np.random.Generator, x: float, drop: float, colour: Colour) -> Patch:
    """A bush: twigs and leaves in a rough ball."""
    size = drop * rng.uniform(0.6, 1.3)
    outlines, shades = [], []
    for _ in range(9):
        outlines.append(blade(rng, size * rng.uniform(0.6, 1.1), float(rng.normal(0, 0.5)), 0.008))
        shades.append(0.55)
    for _ in range(int(rng.integers(150, 260))):
        centre = np.array([rng.normal(0, 0.42), -0.55 + 0.3 * rng.standard_normal()]) * size
        centre[1] = min(centre[1], -0.02 * size)
        outlines.append(centre + _leaf(rng, 0.028 * size))
        shades.append(float(0.75 + 0.35 * rng.random() - 0.25 * centre[1] / size))
    tint = np.array(colour) * rng.uniform(0.8, 1.2)
    return Patch(x, drop, _colour(tint), outlines, shades)


def rock(rng: np.random.Generator, x: float, drop: float, colour: Colour) -> Patch:
    """A boulder: a lumpy outline with a lighter top and a darker foot."""
    size = drop * rng.uniform(0.15, 0.55)
    angle = np.linspace(0, 2 * np.pi, 15, endpoint=False)
    radius = size * (1 + 0.16 * rng.standard_normal(15))
    whole = np.stack([radius * np.cos(angle), 0.6 * radius * np.sin(angle) - 0.35 * size], 1)
    top = whole * [0.8, 0.6] - [0.05 * size, 0.22 * size]
    crack = blade(rng, 0.7 * size, float(rng.normal(0, 0.7)), 0.012 * size) - [0, 0.1 * size]
    grey = np.array((0.52, 0.49, 0.44)) * rng.uniform(0.8, 1.15) + 0.04 * np.array(colour)
    return Patch(x, drop, _colour(grey), [whole, top, crack], [0.82, 1.05, 0.55])


def trunk(rng: np.random.Generator, x: float, drop: float, colour: Colour) -> Patch:
    """A small tree without leaves: a trunk that forks."""
    size = drop * rng.uniform(2.0, 4.0)
    lean = float(rng.normal(0, 0.15))
    outlines = [blade(rng, size, lean, 0.030 * size)]
    for _ in range(7):
        height = rng.uniform(0.25, 0.8) * size
        start = np.array([height * np.sin(lean), -height * np.cos(lean)])
        branch = blade(rng, 0.45 * size * rng.random(), float(rng.normal(0, 0.9)), 0.011 * size)
        outlines.append(branch + start)
    bark = np.array((0.36, 0.30, 0.25)) + 0.1 * np.array(colour)
    return Patch(x, drop, _colour(bark), outlines, _shades(rng, len(outlines), 0.12))


def _leaf(rng: np.random.Generator, size: float) -> Points:
    turn = rng.uniform(0, 2 * np.pi)
    angle = np.linspace(0, 2 * np.pi, 7, endpoint=False)
    shape = np.stack([np.cos(angle), 0.45 * np.sin(angle)], 1) * size * rng.uniform(0.6, 1.3)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(shape @ spin.T, np.float64)


def _shades(rng: np.random.Generator, count: int, spread: float) -> list[float]:
    return [float(s) for s in np.clip(rng.normal(1.0, spread, count), 0.4, 1.6)]


def _colour(values: Points) -> Colour:
    r, g, b = (float(v) for v in np.clip(values, 0, 1))
    return r, g, b
