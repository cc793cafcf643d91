"""Do two matches move together? Vectorised over all pairs of matches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.types import LocalFeatures, Matches


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two matches agree when a similarity carries one's neighbourhood to the other's.

    Distances are in pixels of the common body size (about 240). ``radius``: only neighbours
    within it (on average of the two pictures) may vote: a third of a trunk, as far as a piece of
    skin moves as one.
    ``min_distance``: nearer points describe the same spot and prove nothing. ``max_turn_rad``
    and ``max_swell_log2``: how much the vector between the two may turn and stretch, and differ
    from what the keypoints themselves say of rotation. The idea is neighbourhood consensus
    (Schmid and Mohr 1997).
    """

    radius: float = 75.0
    min_distance: float = 4.0
    max_turn_rad: float = 0.5
    max_swell_log2: float = 0.6


def agreement(
    a: LocalFeatures, b: LocalFeatures, matches: Matches, rule: Agreement
) -> NDArray[np.bool_]:
    """(m, m) bool, symmetric, false on the diagonal: which matches agree with which."""
    rows, columns = matches.index.T
    near, far = _between(a, rows), _between(b, columns)
    length_a, length_b = np.abs(near), np.abs(far)
    usable = (length_a + length_b) / 2 < rule.radius  # neither picture may decide alone
    usable &= np.minimum(length_a, length_b) > rule.min_distance
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(usable, far / near, 1)
    turn = np.angle(change)
    own_turn = (b.angle_rad[columns] - a.angle_rad[rows])[:, None]
    differs = np.abs(np.angle(np.exp(1j * (turn - own_turn))))
    agrees = usable & (np.abs(turn) < rule.max_turn_rad) & (differs < rule.max_turn_rad)
    agrees &= np.abs(np.log2(np.abs(change))) < rule.max_swell_log2
    return np.asarray(agrees & agrees.T, dtype=np.bool_)


def _between(features: LocalFeatures, rows: NDArray[np.int64]) -> NDArray[np.complex64]:
    """Vectors between all pairs of matched points as complex numbers (m, m)."""
    xy = features.xy_px[rows] / features.unit_px
    point = (xy[:, 0] + 1j * xy[:, 1]).astype(np.complex64)
    return np.asarray(point[None, :] - point[:, None], dtype=np.complex64)
