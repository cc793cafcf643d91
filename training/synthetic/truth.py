"""True matches between two synthetic pictures of one flank, from their coat maps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from reid.errors import InputError
from reid.types.checks import require
from training.synthetic.arrays import F32, F64, Points
from training.synthetic.body import EXTENTS, Part
from training.synthetic.rendered import Rendered
from training.synthetic.skeleton import BODY_LENGTH_M

_APART_M = 100.0  # between parts: never neighbours
_TOLERANCE_PX = 1.0  # of the coarser picture


@dataclass(frozen=True, slots=True, eq=False)
class Correspondences:
    """Pixels of two pictures that show the same point of the coat.

    ``a_xy_px``, ``b_xy_px`` (m, 2) float32; ``coat`` (m, 3) float32: part, u, v in a.
    """

    a_xy_px: F32 = field(repr=False)
    b_xy_px: F32 = field(repr=False)
    coat: F32 = field(repr=False)

    def __len__(self) -> int:
        return len(self.coat)


def correspondences(a: Rendered, b: Rendered, n: int, seed: int = 0) -> Correspondences:
    """At most ``n`` true matches, spread evenly over what both pictures show.

    Fewer, perhaps none, when little is visible in both. Positions are whole pixels: true to
    about one pixel of the coarser picture.

    Raises:
        InputError: for two individuals or two flanks, whose coats have no point in common.
    """
    same = a.spec.individual == b.spec.individual and a.flank is b.flank
    found = f"{a.spec.individual} {a.flank} and {b.spec.individual} {b.flank}"
    require(same, f"correspondences: expected one individual and flank, found {found}", InputError)
    a_at, b_at = np.argwhere(a.mask), np.argwhere(b.mask)
    empty = np.zeros((0, 2), np.float32)
    if not len(a_at) or not len(b_at):
        return Correspondences(empty, empty, np.zeros((0, 3), np.float32))
    order = np.random.default_rng(seed).permutation(len(a_at))[: 8 * n]
    a_coat = a.coat[a.mask][order]
    distance, nearest = cKDTree(skin_metres(b.coat[b.mask])).query(skin_metres(a_coat))
    limit = _TOLERANCE_PX * BODY_LENGTH_M / min(a.spec.size_px, b.spec.size_px)
    keep = np.flatnonzero(distance <= limit)[:n]
    a_xy, b_xy = a_at[order[keep]][:, ::-1], b_at[nearest[keep]][:, ::-1]
    return Correspondences(a_xy.astype(np.float32), b_xy.astype(np.float32), a_coat[keep])


def skin_metres(coat: F32) -> Points:
    """Coat coordinates (n, 3) as points whose distances are metres of skin: (n, 4).

    Each part is a cylinder of its length and girth, so the seam at v = 0 has no edge.
    """
    part = coat[:, 0].astype(np.int64)
    length = np.array([EXTENTS[p].length_m for p in Part])[part]
    radius: F64 = np.array([EXTENTS[p].girth_m for p in Part])[part] / (2 * np.pi)
    turn = 2 * np.pi * coat[:, 2].astype(np.float64)
    around = radius * np.cos(turn), radius * np.sin(turn)
    return np.stack([part * _APART_M, coat[:, 1] * length, *around], axis=1)
