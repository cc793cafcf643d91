"""Draws an animal of a family: its colours and the numbers of its pattern."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.synthetic.family import Family
from training.synthetic.individual import STREAM_BODY, Colour, Individual, individual, stream
from training.synthetic.patterns.traits import Blotching, Faint, Spotting, Striping, Traits

# Corners of the colours of leopards' flanks, sRGB: any mixture of them occurs.
_LEOPARD = np.array(
    [
        (0.78, 0.60, 0.37),  # tawny
        (0.80, 0.69, 0.52),  # Persian
        (0.86, 0.79, 0.66),  # pale desert
        (0.74, 0.52, 0.30),  # rufous, forest
        (0.68, 0.60, 0.47),  # grey-brown
    ]
)
_WHITE = np.array((0.93, 0.91, 0.87))
_INK = np.array((0.105, 0.075, 0.06))


@dataclass(frozen=True, slots=True)
class Drawn:
    """``animal`` with its family's colours, and its pattern; ``rough`` multiplies the fur's grain.

    For ``Family.FAINT`` the ink is paler than the coat.
    """

    animal: Individual
    traits: Traits
    rough: float = 1.0


def drawn(seed: int, family: Family) -> Drawn:
    """The animal of a seed in a family that ``patterns`` paints."""
    rng = stream(STREAM_BODY, seed, 1 + list(Family).index(family))
    return _DRAW[family](rng, individual(seed))


def _rosettes(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = rng.dirichlet(np.full(len(_LEOPARD), 0.7)) @ _LEOPARD
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.6, 2.2))
    return Drawn(animal, _rosette_traits(rng))


def _rosette_traits(rng: np.random.Generator) -> Spotting:
    return Spotting(
        spacing=float(rng.lognormal(-0.04, 0.13)),
        order=int(rng.integers(3, 9)),
        ring=float(rng.uniform(0.75, 1.25)),
        blobs=float(rng.uniform(2.8, 5.2)),
        gap=float(rng.uniform(0.06, 0.34)),
        lost=float(rng.uniform(0.0, 0.45)),
        thick=float(rng.uniform(0.26, 0.50)),
        fill=float(rng.uniform(0.74, 0.96)),
        size=float(rng.uniform(0.85, 1.18)),
        stretch=float(rng.lognormal(0.05, 0.14)),
        dots=float(rng.uniform(0, 0.15)),
        warp_m=float(rng.uniform(0.001, 0.005)),
        tint=float(rng.uniform(0.0, 0.55)),
        ragged_m=float(rng.uniform(0.0008, 0.0022)),
    )


def _melanistic(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = np.array((0.185, 0.155, 0.135)) * rng.uniform(0.75, 1.6)
    animal = _coloured(rng, base, flank, flank * 1.15, flank * rng.uniform(0.35, 0.62))
    return Drawn(animal, _rosette_traits(rng))


def _jaguar(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = np.array((0.79, 0.60, 0.33)) * rng.uniform(0.9, 1.08)
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.7, 1.5))
    traits = replace(
        _rosette_traits(rng),
        spacing=float(rng.lognormal(0.30, 0.14)),
        ring=float(rng.uniform(1.0, 1.4)),
        blobs=float(rng.uniform(4.0, 6.5)),
        gap=float(rng.uniform(0.03, 0.2)),
        thick=float(rng.uniform(0.15, 0.28)),
        fill=float(rng.uniform(0.84, 1.0)),
        dots=float(rng.uniform(0.9, 2.4)),
    )
    return Drawn(animal, traits)


def _spots(rng: np.random.Generator, base: Individual) -> Drawn:
    flank = np.array((0.83, 0.70, 0.48)) * rng.uniform(0.88, 1.08)
    animal = _coloured(rng, base, flank, _WHITE, _INK * rng.uniform(0.6, 1.6))
    traits = replace(
        _rosette_traits(rng),
        spacing=float(rng.lognormal(-0.22, 0.18)),
        order=int(rng.integers(1, 6)),
        ring=0.0,
        size=float(rng.uniform(0.70, 1.15)),
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
    flank = (np.array((0.70, 0.62, 0.48)) + rng.normal(0, 0.05, 3)) * rng.uniform(0.85, 1.1)
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
