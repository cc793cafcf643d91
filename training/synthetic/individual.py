"""Who is rendered: colours, build and style of the coat, drawn from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

Colour = tuple[float, float, float]

_TAWNY = np.array((0.78, 0.60, 0.37))  # sRGB; African and Indian lowland coats
_PERSIAN = np.array((0.80, 0.69, 0.52))  # paler and greyer
_WHITE = np.array((0.93, 0.91, 0.87))
_INK = np.array((0.105, 0.075, 0.06))
STREAM_BODY = 1  # first word of every stream: streams of one seed never overlap
STREAM_COAT = 2
STREAM_SCENE = 3
STREAM_PICTURE = 4
STREAM_SURVEY = 5
STREAM_PLACE = 6
STREAM_CONDITION = 7


def stream(kind: int, *words: int) -> np.random.Generator:
    """A random stream of its own for each purpose, so that one never disturbs another."""
    return np.random.default_rng([kind, *words])


@dataclass(frozen=True, slots=True)
class Individual:
    """What does not change between pictures, apart from the pattern itself.

    Colours are sRGB in [0, 1]. ``rosette_scale`` multiplies the spacing of the spots (1: about
    90 rosettes on a flank); ``openness`` in [0, 1] is how readily rings stay open and broken.
    ``girth`` and ``limb`` multiply radii of the body and lengths of the legs.
    """

    seed: int
    back: Colour
    flank: Colour
    belly: Colour
    ink: Colour
    rosette_scale: float
    openness: float
    girth: float
    limb: float


@lru_cache(maxsize=256)
def individual(seed: int) -> Individual:
    """The animal of a seed."""
    rng = stream(STREAM_BODY, seed)
    pale = rng.beta(1.2, 1.2)
    flank = _TAWNY + pale * (_PERSIAN - _TAWNY) + rng.normal(0, 0.015, 3)
    back = flank * (0.86 + 0.06 * rng.random())
    return Individual(
        seed=seed,
        back=_colour(back),
        flank=_colour(flank),
        belly=_colour(_WHITE + rng.normal(0, 0.012, 3)),
        ink=_colour(_INK * rng.uniform(0.8, 1.5)),
        rosette_scale=float(rng.uniform(0.93, 1.08)),
        openness=float(rng.uniform(0.45, 0.9)),
        girth=float(rng.uniform(0.93, 1.09)),
        limb=float(rng.uniform(0.96, 1.04)),
    )


def _colour(values: np.ndarray) -> Colour:
    r, g, b = (float(v) for v in np.clip(values, 0.0, 1.0))
    return r, g, b
