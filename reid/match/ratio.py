"""Tentative matches: mutual nearest neighbours that stand out from the second best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from reid.types import LocalFeatures, Matches
from reid.types.checks import require


@dataclass(frozen=True, slots=True)
class MutualRatio:
    """Mutual nearest neighbours with Lowe's ratio seen from both sides.

    ``max_ratio``: nearest over second nearest distance, the mean of both directions. Wide, because
    the neighbours decide later and a match near the limit hardly counts (1 - ratio).
    ``max_rotation_rad`` and ``max_scale_log2``: camera traps stand upright and animals are scaled
    to one size, so a match that turns or swells more is chance.
    """

    max_ratio: float = 0.95
    max_rotation_rad: float = 0.7
    max_scale_log2: float = 1.0

    def match(self, a: LocalFeatures, b: LocalFeatures) -> Matches:
        """Matches between two animals; ``distinctiveness`` is 1 - ratio.

        Raises:
            InputError: when the features come from different methods.
        """
        require(
            a.method == b.method,
            f"features of {a.method!r} cannot be matched with {b.method!r}; extract both again",
            InputError,
        )
        if min(len(a), len(b)) < 2:
            return _empty()
        rows, columns, ratio = _mutual(a.descriptors, b.descriptors)
        keep = (ratio < self.max_ratio) & self._upright(a, b, rows, columns)
        index = np.stack([rows[keep], columns[keep]], axis=1).astype(np.int64)
        return Matches(index, (1 - ratio[keep]).astype(np.float32))

    def _upright(
        self,
        a: LocalFeatures,
        b: LocalFeatures,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
    ) -> NDArray[np.bool_]:
        turn = b.angle_rad[columns] - a.angle_rad[rows]
        turn = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
        size_a, size_b = a.scale_px[rows] / a.unit_px, b.scale_px[columns] / b.unit_px
        swell = np.abs(np.log2(size_b / size_a))
        upright = (turn < self.max_rotation_rad) & (swell < self.max_scale_log2)
        return np.asarray(upright, dtype=np.bool_)


def _empty() -> Matches:
    return Matches(np.zeros((0, 2), np.int64), np.zeros(0, np.float32))


def _mutual(
    a: NDArray[np.float32], b: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Rows of a and of b that are each other's nearest, and their mean ratio, of unit descriptors.

    On cosines, whose order is that of distances turned round: five passes over the table, the
    second nearest by masking what was found. Of exact ties the first counts.
    """
    cosine = a @ b.T
    column = cosine.argmax(axis=1)
    best = cosine[np.arange(len(a)), column]
    rows = np.flatnonzero(best == cosine.max(axis=0)[column])
    rows = rows[np.sort(np.unique(column[rows], return_index=True)[1])]
    column, nearest = column[rows], _distance(best[rows])
    cosine[rows, column] = -np.inf
    second_b, second_a = cosine.max(axis=1)[rows], cosine.max(axis=0)[column]
    ratios = (nearest / np.maximum(_distance(c), 1e-6) for c in (second_b, second_a))
    return rows, column, np.asarray(sum(ratios) / 2, dtype=np.float32)


def _distance(cosine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Euclidean distance of unit descriptors."""
    return np.asarray(np.sqrt(np.maximum(2 - 2 * cosine, 0)), dtype=np.float32)
