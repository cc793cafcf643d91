"""Raw scores of two pictures into the numbers that calibration weighs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reid.types import Quality

HALF_AT = 3.0
"""Pattern at which the absence of a match speaks at half its loudness: twice what different
animals reach by chance, a tenth of what one animal reaches in two fair pictures."""


class PairQuality(NamedTuple):
    """How much two pictures can tell together, both in [0, 1].

    ``usable`` is the geometric mean, ruled by the worse; ``coverage`` the worse one's: of a flank
    seen at an angle even a sharp picture hides the half.
    """

    usable: float
    coverage: float


def pair_quality(a: Quality, b: Quality) -> PairQuality:
    """The quality of two pictures as one."""
    usable = float(np.sqrt(a.usable * b.usable))
    return PairQuality(usable, min(a.coverage, b.coverage))


def pair_features(scores: Mapping[str, float], quality: PairQuality) -> NDArray[np.float64]:
    """The features of `reid.fuse.calibration.FEATURES`, (3,).

    Args:
        scores: ``pattern`` (verified, weighted by distinctiveness), ``mirrored`` (the same against
            a mirrored picture: an impostor with this picture's own light, blur and coat
            statistics), ``tentative`` and ``mirrored_tentative`` (before geometry).
        quality: `pair_quality`.

    ``shortfall`` is how far the matches stay behind what one animal would show in pictures this
    good. It vanishes for poor pictures, which need show nothing, and where a match was found; in
    between the same few matches are worth less the better the pictures are. So more pattern is
    never less evidence, and better pictures never make a given score speak more for "same".
    """
    pattern = np.log1p(scores["pattern"])
    excess = np.log1p(scores["tentative"]) - np.log1p(scores["mirrored_tentative"])
    excess += pattern - np.log1p(scores["mirrored"])
    expected = quality.usable * np.sqrt(quality.coverage)
    shortfall = expected / (1 + scores["pattern"] / HALF_AT)
    return np.array([pattern, excess, shortfall], dtype=np.float64)
