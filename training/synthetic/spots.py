"""Shapes of single markings: solid spots, broken rings, tail bands, as polygons in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthetic.arrays import F64, Points

ANGLES = np.linspace(0, 2 * np.pi, 40, endpoint=False)


@dataclass(frozen=True, slots=True, eq=False)
class Marking:
    """Outlines about a spot's centre, (k, 2) metres along u and v: dark ones, tawny centres."""

    dark: tuple[Points, ...]
    tawny: tuple[Points, ...] = ()


def solid(rng: np.random.Generator, cell_m: F64, share: float, stretch: float) -> Marking:
    """A filled spot: ``share`` of its cell (40,), ``stretch`` times longer along u than across."""
    size = 0.5 * (float(cell_m.mean()) + cell_m) * share
    radius = size * (1 + wobble(rng, 0.16))
    return Marking((_outline(radius, ANGLES) * [stretch**0.5, stretch**-0.5],))


def rosette(rng: np.random.Generator, cell_m: F64, openness: float) -> Marking:
    """A ring of irregular blobs along the border of the cell, open between them."""
    cell = 0.35 * float(cell_m.mean()) + 0.65 * cell_m
    outer = cell * (0.83 + 0.05 * rng.standard_normal()) * (1 + wobble(rng, 0.05))
    blobs = int(np.clip(round(rng.normal(3.2 + 1.6 * openness, 0.9)), 2, 6))
    thick = float(cell.mean()) * rng.uniform(0.30, 0.40)
    cuts = np.sort(np.arange(blobs) / blobs + rng.normal(0, 0.30 / blobs, blobs) + rng.random())
    ends = np.append(cuts[1:], cuts[0] + 1.0)
    dark = [_arc(rng, outer, thick, a, b, openness) for a, b in zip(cuts, ends, strict=True)]
    lost = rng.random() < 0.35 * openness and blobs > 3
    shown = dark[1:] if lost else dark
    return Marking(tuple(shown), (_outline(outer - 0.45 * thick, ANGLES),))


def cluster(rng: np.random.Generator, cell_m: F64) -> Marking:
    """Two or three blobs close together: between a spot and a rosette."""
    count = int(rng.integers(2, 4))
    start = rng.uniform(0, 2 * np.pi)
    size = float(cell_m.mean())
    blobs = []
    for i in range(count):
        angle = start + 2 * np.pi * i / count + rng.normal(0, 0.25)
        centre = 0.45 * size * np.array([np.cos(angle), np.sin(angle)])
        radius = size * rng.uniform(0.27, 0.38) * (1 + wobble(rng, 0.16))
        blobs.append(_outline(radius, ANGLES) + centre)
    return Marking(tuple(blobs), (_outline(np.full(len(ANGLES), 0.45 * size), ANGLES),))


def wobble(rng: np.random.Generator, amount: float) -> F64:
    """A smooth random change of radius with angle: harmonics 2 to 5, (40,)."""
    total = np.zeros(len(ANGLES))
    for order in range(2, 6):
        shift = rng.uniform(0, 2 * np.pi)
        total += rng.normal(0, amount / (order - 0.5)) * np.cos(order * ANGLES + shift)
    return total


def _arc(
    rng: np.random.Generator, outer: F64, thick: float, start: float, end: float, openness: float
) -> Points:
    """One blob of a ring between two turns: thick in the middle, rounded at both ends."""
    gap = 0.018 + 0.05 * openness * rng.random()
    turn = np.linspace(start + gap, max(end - gap, start + gap + 0.04), 14)
    angle = 2 * np.pi * turn
    rim = np.interp(angle, ANGLES, outer, period=2 * np.pi)
    bow = np.sqrt(np.clip(1 - np.linspace(-1, 1, 14) ** 4, 0, 1))
    inner_thick = thick * rng.uniform(0.75, 1.3) * (1 + 0.14 * rng.standard_normal(14))
    mid = rim - 0.5 * thick
    out = mid + 0.5 * thick * bow * (1 + 0.08 * rng.standard_normal(14))
    inside = np.maximum(mid - (inner_thick - 0.5 * thick) * bow, 0.1 * rim)
    return np.concatenate([_outline(out, angle), _outline(inside, angle)[::-1]])


def _outline(radius: F64, angle: F64) -> Points:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
