"""Which matches one moving coat explains: neighbours must move together."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, QhullError

from reid.types import LocalFeatures, Matches, VerifiedMatches
from reid.verify.agreement import Agreement, agreement

EMPTY_SCORES = {"pattern": 0.0, "inliers": 0.0, "pieces": 0.0, "spread": 0.0, "clarity": 0.0}


@dataclass(frozen=True, slots=True)
class AffinePieces:
    """Neighbour agreement, then one loose affine map (MAGSAC++) for each connected piece.

    A walking animal is no plane: shoulder, trunk and haunch move each on their own. Matches vote
    for those near them that follow the same similarity (`agreement`); what agrees hangs together
    in pieces, and MAGSAC++ (Barath et al. 2020) throws out of each piece what its affine map does
    not explain within ``max_error`` (pixels of the common body size of about 240). A match
    needs ``min_votes`` neighbours; its weight grows with votes up to ``full_votes``: the more
    of the coat moves with it the less it is chance.
    """

    rule: Agreement = field(default_factory=Agreement)
    min_votes: int = 3
    full_votes: int = 8
    max_error: float = 14.0
    min_piece: int = 5

    def verify(self, a: LocalFeatures, b: LocalFeatures, matches: Matches) -> VerifiedMatches:
        """Verified matches with their scores: pattern, inliers, pieces, spread, clarity.

        ``pattern`` is the sum over verified matches of distinctiveness times votes (at most 1):
        geometry alone never scores, the patches must be alike and unlike all others. ``spread``
        is the share of the common body covered, ``clarity`` the mean distinctiveness.
        """
        agree = agreement(a, b, matches, self.rule)
        keep = np.flatnonzero(agree.sum(axis=1) >= self.min_votes)
        group = _pieces(agree[np.ix_(keep, keep)])
        rows, columns = matches.index[keep].T
        near, far = a.xy_px[rows] / a.unit_px, b.xy_px[columns] / b.unit_px
        inlier = self._affine_inliers(near, far, group)
        keep, group = keep[inlier], group[inlier]
        votes = agree[np.ix_(keep, keep)].sum(axis=1)
        return self._result(a, b, matches, keep, group, votes)

    def _affine_inliers(
        self, a: NDArray[np.float32], b: NDArray[np.float32], group: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        inlier = np.ones(len(group), dtype=np.bool_)
        for piece in np.unique(group):
            members = np.flatnonzero(group == piece)
            if len(members) >= self.min_piece:
                inlier[members] = _magsac(a[members], b[members], self.max_error)
        return inlier

    def _result(
        self,
        a: LocalFeatures,
        b: LocalFeatures,
        matches: Matches,
        keep: NDArray[np.intp],
        group: NDArray[np.int64],
        votes: NDArray[np.int64],
    ) -> VerifiedMatches:
        if len(keep) == 0:
            return _nothing()
        rows, columns = matches.index[keep].T
        share = np.minimum(votes, self.full_votes) / self.full_votes
        distinct = matches.distinctiveness[keep]
        scores = {
            "pattern": float((distinct * share).sum()),
            "inliers": float(len(keep)),
            "pieces": float(len(np.unique(group))),
            "spread": _hull_share(a.xy_px[rows] / a.unit_px),
            "clarity": float(distinct.mean()),
        }
        order = np.unique(group, return_inverse=True)[1].astype(np.int64)
        return VerifiedMatches(a.xy_px[rows], b.xy_px[columns], distinct, order, scores)


def _nothing() -> VerifiedMatches:
    none = np.zeros((0, 2), np.float32)
    return VerifiedMatches(
        none, none, np.zeros(0, np.float32), np.zeros(0, np.int64), dict(EMPTY_SCORES)
    )


def _pieces(agree: NDArray[np.bool_]) -> NDArray[np.int64]:
    if len(agree) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(connected_components(csr_matrix(agree))[1], dtype=np.int64)


def _magsac(a: NDArray[np.float32], b: NDArray[np.float32], max_error: float) -> NDArray[np.bool_]:
    cv2.setRNGSeed(0)  # the same pictures must give the same answer
    motion, inlier = cv2.estimateAffine2D(
        a, b, method=cv2.USAC_MAGSAC, ransacReprojThreshold=max_error, maxIters=500, confidence=0.99
    )
    if inlier is None or np.linalg.det(motion[:, :2]) <= 0:  # a coat never turns inside out
        return np.zeros(len(a), dtype=np.bool_)
    return np.asarray(inlier.ravel() > 0, dtype=np.bool_)


def _hull_share(xy: NDArray[np.float32]) -> float:
    """Area of the convex hull over the animal's area (the body size squared), at most 1."""
    try:
        return float(min(ConvexHull(xy).volume / 240.0**2, 1.0))
    except (QhullError, ValueError):  # fewer than three points, or all in one line
        return 0.0
