"""Mutual nearest neighbours for dense points: the rival must lie elsewhere on the coat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reid.match.rivals import distances, distinctiveness, no_matches, require_one_method
from reid.types import LocalFeatures, Matches


@dataclass(frozen=True, slots=True)
class SpacedRatio:
    """Mutual nearest neighbours with a ratio test between patches that do not overlap.

    Learned points lie a few pixels apart and their descriptors come from one coarse map, so the
    second nearest is nearly always the same patch again. ``apart`` (pixels of the common body
    size; 0: any other point) says how far away a rival must be; ``max_ratio`` as in `MutualRatio`.
    """

    max_ratio: float = 0.9
    apart: float = 8.0

    def match(self, a: LocalFeatures, b: LocalFeatures) -> Matches:
        """Matches between two animals.

        Raises:
            InputError: when the features come from different methods.
        """
        require_one_method(a, b)
        if min(len(a), len(b)) < 2:
            return no_matches()
        distance = distances(a.descriptors, b.descriptors)
        nearest = distance.argmin(axis=1)
        rows = np.flatnonzero(distance.argmin(axis=0)[nearest] == np.arange(len(a)))
        index = np.stack([rows, nearest[rows]], axis=1).astype(np.int64)
        distinct = distinctiveness(a, b, distance, index, self.apart)
        keep = distinct > 1 - self.max_ratio
        return Matches(index[keep], distinct[keep])
