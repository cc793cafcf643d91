"""What rejected pairs ask of a head: that what tells them apart counts more, within bounds. Pure.

People reject where the champion sees two animals as one. How such pairs differ is the scatter
between classes at their borders, where it decides (nonparametric discriminant analysis, Fukunaga
and Mantock 1983). After the normalisation its directions are stretched, the one that pairs share
most by the most. A few pairs say little of other animals, so the stretch grows with their number,
and never beyond ``PUSH``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.lab.features import Floats
from training.lab.rejected import Sides

Ints = NDArray[np.int64]
Wide = NDArray[np.float64]
PUSH = 1.0
"""The variance along the direction that rejected pairs share most grows by this share at most."""
PUSH_PAIRS = 8.0
"""Rejected pairs of classes with which half of that is done."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """So many rejected ``pairs`` of classes; the left-out individuals' ``gain`` in mAP by them with
    its standard ``error``. ``parent``: it stays as it is, for nothing could be learnt.
    """

    pairs: int
    gain: float
    error: float
    parent: bool = False

    @classmethod
    def of(
        cls, gains: Sequence[float], classes: Ints, sides: Sides, *, parent: bool = False
    ) -> Pushed:
        """From the gain of each fold."""
        error = float(np.std(gains, ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else 0.0
        gain = float(np.mean(gains)) if len(gains) else 0.0
        return cls(len(set(_pairs(classes, sides))), gain, error, parent)

    @property
    def used(self) -> bool:
        """Whether the head has it: unless it is a loss by more than its standard error."""
        return not self.parent and self.gain >= -self.error


def differences(vectors: Floats, classes: Ints, groups: Ints, sides: Sides) -> tuple[Wide, Wide]:
    """(k, d) how the sides of each rejected pair differ, every group of a side weighing the same,
    and (k,) weights: 1 for all that was said of the same two classes together.
    """
    pairs = _pairs(classes, sides)
    differ = [_centre(vectors, groups, a) - _centre(vectors, groups, b) for a, b in sides]
    weight = np.array([1.0 / pairs.count(pair) for pair in pairs])
    return np.array(differ, dtype=np.float64).reshape(-1, vectors.shape[1]), weight


def stretched(mapped: Wide, apart: Wide, weight: Wide) -> Wide:
    """(d, d) the symmetric ``mapped``, then more of the directions of the differences ``apart``."""
    differ = apart @ mapped
    lengths = np.linalg.norm(differ, axis=1, keepdims=True)
    differ = differ / np.maximum(lengths, 1e-12) * np.sqrt(weight)[:, None]
    _, values, directions = np.linalg.svd(differ, full_matrices=False)
    if not values.max(initial=0.0):
        return mapped
    most = PUSH * weight.sum() / (weight.sum() + PUSH_PAIRS)
    more = np.sqrt(1 + most * (values / values.max()) ** 2) - 1
    return np.asarray(mapped + (directions.T * more) @ (directions @ mapped))


def _pairs(classes: Ints, sides: Sides) -> list[tuple[int, int]]:
    """The two classes of each, in order."""
    both = ((int(classes[a[0]]), int(classes[b[0]])) for a, b in sides)
    return [(min(pair), max(pair)) for pair in both]


def _centre(vectors: Floats, groups: Ints, side: Ints) -> Wide:
    """(d,) mean over a side's groups of their means."""
    place = np.unique(groups[side], return_inverse=True)[1]
    weight = 1.0 / np.bincount(place)[place] / (place.max() + 1)
    return np.asarray(weight @ vectors[side].astype(np.float64))
