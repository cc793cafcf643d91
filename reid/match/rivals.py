"""How much a matched patch stands out from every other patch of the two pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from reid.types import LocalFeatures, Matches
from reid.types.checks import require

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


def no_matches() -> Matches:
    """Where nothing can be matched."""
    return Matches(np.zeros((0, 2), np.int64), np.zeros(0, np.float32))


def require_one_method(a: LocalFeatures, b: LocalFeatures) -> None:
    """Refuse features of two methods.

    Raises:
        InputError: with what to do.
    """
    require(
        a.method == b.method,
        f"features of {a.method!r} cannot be matched with {b.method!r}; extract both again",
        InputError,
    )


def distances(a: Floats, b: Floats) -> Floats:
    """Euclidean distances (n, m) of unit descriptors (n, d) and (m, d)."""
    squared = np.asarray(2 - 2 * (a @ b.T), dtype=np.float32)
    np.maximum(squared, 0, out=squared)
    return np.sqrt(squared, out=squared)


def distinctiveness(
    a: LocalFeatures, b: LocalFeatures, distance: Floats, index: Indices, apart: float
) -> Floats:
    """(k,) in [0, 1]: 1 less Lowe's ratio, seen from both sides, for any given matches.

    Args:
        distance: (n, m) of the descriptors.
        index: (k, 2) rows of ``a`` and ``b``.
        apart: pixels of the common body size. Points nearer than this to the match describe the
            same patch and are no rivals (the ratio test of Lowe 2004 as he meant it: the second
            best must come from another object part).
    """
    rows, columns = index.T
    own = distance[rows, columns]
    ratio_b = own / _rival(distance[rows], b, columns, apart)
    ratio_a = own / _rival(distance.T[columns], a, rows, apart)
    return np.asarray(np.clip(1 - (ratio_a + ratio_b) / 2, 0, 1), dtype=np.float32)


def _rival(distance: Floats, features: LocalFeatures, matched: Indices, apart: float) -> Floats:
    """(k,) distance of the best patch that lies ``apart`` from the matched one.

    2, the farthest that unit descriptors can be, where there is none.
    """
    xy = features.xy_px / features.unit_px
    away = np.linalg.norm(xy[matched][:, None] - xy[None], axis=2) > apart
    best = np.where(away, distance, 2.0).min(axis=1)
    return np.asarray(np.maximum(best, 1e-6), dtype=np.float32)
