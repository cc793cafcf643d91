"""Draws an animal of a family: its colours and the numbers of its pattern."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from training.synthetic.family import Family
from training.synthetic.individual import STREAM_BODY, Colour, Individual, individual, stream
from training.synthetic.patterns.traits import Blotching, Faint, Spotting, Striping, Traits

# Corners of the colours between leopards' rosettes, sRGB: any mixture of them occurs.
_LEOPARD = np.array(
    [
        (0.85, 0.75, 0.57),  # tawny
        (0.85, 0.79, 0.66),  # Persian
        (0.89, 0.84, 0.73),  # pale desert
        (0.81, 0.65, 0.44),  # rufous, forest
        (0.75, 0.68, 0.56),  # grey-brown
    ]
)
_WHITE = np.array((0.93, 0.91, 0.87))
_INK = np.array((0.105, 0.075, 0.06))


@dataclass(frozen=True, slots=True)
class Drawn:
    """``animal`` with its family's colours, and its pattern; ``rough`` multiplies the fur's grain;
    ``white``: how far the belly's colour climbs up the flank, as a share of the girth.

    For ``Family.FAINT`` the ink is paler than the coat.
    """

    animal: Individual
    traits: Traits
    rough: float = 1.0
    white: float = 0.0


@lru_cache(maxsize=256)
def drawn(seed: int, family: Family) -> Drawn:
    """The animal of a seed in a family that ``patterns`` paints."""
    rng = stream(STREAM_BODY, seed, 1 + list(Family).index(family))
    return _DRAW[family](rng, individual(seed))


def _rosettes(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = rng.dirichlet(np.full(len(_LEOPARD), 0.7)) @ _LEOPARD
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.6, 2.2))
    return Drawn(animal, _rosette_traits(rng), white=float(rng.uniform(0, 0.13)))


def _rosette_traits(rng: np.random.Generator) -> Spotting:
    return Spotting(
        spacing=float(rng.lognormal(-0.23, 0.14)),
        order=int(rng.integers(6, 11)),
        ring=float(rng.uniform(0.85, 1.25)),
        blobs=float(rng.uniform(2.4, 4.6)),
        gap=float(rng.uniform(0.08, 0.34)),
        lost=float(rng.uniform(0.0, 0.2)),
        thick=float(rng.uniform(0.32, 0.54)),
        fill=float(rng.uniform(0.74, 0.88)),
        size=float(rng.uniform(0.92, 1.14)),
        stretch=float(rng.lognormal(0.05, 0.12)),
        dots=float(rng.uniform(0, 0.12)),
        warp_m=float(rng.uniform(0.0005, 0.003)),
        tint=float(rng.uniform(0.3, 1.0)),
        ragged_m=float(rng.uniform(0.0005, 0.0014)),
    )


def _melanistic(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = np.array((0.185, 0.155, 0.135)) * rng.uniform(0.75, 1.6)
    animal = _coloured(rng, base, flank, flank * 1.15, flank * rng.uniform(0.35, 0.62))
    return Drawn(animal, _rosette_traits(rng))


def _jaguar(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = np.array((0.83, 0.68, 0.42)) * rng.uniform(0.9, 1.08)
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.7, 1.5))
    traits = replace(
        _rosette_traits(rng),
        spacing=float(rng.lognormal(0.15, 0.14)),
        ring=float(rng.uniform(1.0, 1.4)),
        blobs=float(rng.uniform(4.0, 6.5)),
        gap=float(rng.uniform(0.03, 0.2)),
        thick=float(rng.uniform(0.18, 0.32)),
        fill=float(rng.uniform(0.84, 1.0)),
        dots=float(rng.uniform(0.9, 2.4)),
    )
    return Drawn(animal, traits)


def _spots(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = np.array((0.83, 0.70, 0.48)) * rng.uniform(0.88, 1.08)
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.6, 1.6))
    traits = replace(
        _rosette_traits(rng),
        spacing=float(rng.lognormal(-0.28, 0.18)),
        order=int(rng.integers(2, 8)),
        ring=0.0,
        size=float(rng.uniform(0.65, 1.08)),
        stretch=float(rng.lognormal(0.0, 0.12)),
        tint=0.0,
    )
    return Drawn(animal, traits)


def _stripes(rng: np.random.Generator, base: Individual) -> Drawn:
    orange, pale = np.array((0.80, 0.52, 0.25)), np.array((0.84, 0.70, 0.48))
    flank = orange + rng.beta(1.2, 1.6) * (pale - orange)
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.5, 1.8))
    traits = Striping(
        wavelength_m=float(rng.uniform(0.045, 0.085)),
        length=float(rng.uniform(3.0, 6.0)),
        cover=float(rng.uniform(0.20, 0.42)),
        double=float(rng.uniform(0.0, 0.6)),
        broken=float(rng.uniform(0.2, 0.9)),
        straight=int(rng.integers(2, 5)),
    )
    return Drawn(animal, traits)


def _faint(rng: np.random.Generator, base: Individual) -> Drawn:
    dark, red = np.array((0.36, 0.31, 0.27)), np.array((0.64, 0.42, 0.26))
    flank = (dark + rng.random() * (red - dark)) * rng.uniform(0.85, 1.15)
    pale = flank + rng.uniform(0.55, 1.0) * (np.array((0.92, 0.88, 0.80)) - flank)
    animal = _coloured(rng, base, flank, flank * rng.uniform(0.9, 1.25), pale)
    traits = Faint(
        stripes=float(rng.uniform(5, 13)),
        width_m=float(rng.uniform(0.006, 0.014)),
        spots=float(rng.uniform(4, 26)),
        strength=float(rng.uniform(0.45, 1.0)),
    )
    return Drawn(animal, traits, rough=float(rng.uniform(1.4, 2.6)))


def _blotches(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = (np.array((0.70, 0.62, 0.48)) + rng.normal(0, 0.018, 3)) * rng.uniform(0.8, 1.1)
    animal = _coloured(rng, base, flank, _WHITE * 0.95, _INK * rng.uniform(0.8, 2.4))
    traits = Blotching(
        spacing_m=float(rng.uniform(0.06, 0.12)),
        fill=float(rng.uniform(0.78, 0.95)),
        rim=float(rng.uniform(0.08, 0.30)),
        inside=float(rng.uniform(0.05, 0.75)),
        warp_m=float(rng.uniform(0.006, 0.016)),
    )
    return Drawn(animal, traits)


_DRAW = {
    Family.ROSETTES: _rosettes,
    Family.MELANISTIC: _melanistic,
    Family.JAGUAR: _jaguar,
    Family.SPOTS: _spots,
    Family.STRIPES: _stripes,
    Family.FAINT: _faint,
    Family.BLOTCHES: _blotches,
}


def _coloured(
    rng: np.random.Generator,
    base: Individual,
    flank: np.ndarray,
    belly: np.ndarray,
    ink: np.ndarray,
) -> Individual:
    flank = flank + rng.normal(0, 0.012, 3)
    back = flank * rng.uniform(0.80, 0.98)
    return replace(
        base, back=_rgb(back), flank=_rgb(flank), belly=_rgb(belly), ink=_rgb(np.minimum(ink, 1))
    )


def _rgb(values: np.ndarray) -> Colour:
    r, g, b = (float(v) for v in np.clip(values, 0.0, 1.0))
    return r, g, b
