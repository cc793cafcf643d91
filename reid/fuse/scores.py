"""Raw scores of two pictures into the numbers that calibration weighs. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def pair_quality(usable_a: float, usable_b: float) -> float:
    """How much two pictures can tell together: the geometric mean, ruled by the worse."""
    return float(np.sqrt(usable_a * usable_b))


def pair_features(scores: Mapping[str, float], quality: float) -> NDArray[np.float64]:
    """The features of `reid.fuse.calibration.FEATURES`, (4,).

    Args:
        scores: ``pattern`` (verified, weighted by distinctiveness), ``mirrored`` (the same against
            the mirrored picture: an impostor with this picture's own light, blur and coat
            statistics), ``tentative`` and ``mirrored_tentative`` (before geometry).
        quality: `pair_quality`.

    ``quality_without_match`` lets the absence of a match speak only as loudly as the pictures
    are good: it vanishes for poor pictures and where a match was found.
    """
    pattern = np.log1p(scores["pattern"])
    excess = np.log1p(scores["tentative"]) - np.log1p(scores["mirrored_tentative"])
    excess += pattern - np.log1p(scores["mirrored"])
    without = quality * np.exp(-pattern)
    return np.array([pattern, excess, quality * pattern, without], dtype=np.float64)
