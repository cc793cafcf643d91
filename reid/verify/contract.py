"""What every geometric verification does."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from reid.types import LocalFeatures, Matches, VerifiedMatches


@runtime_checkable
class Verifier(Protocol):
    """Keeps the matches that a plausible deformation of one coat explains.

    The same matches give the same answer; positions are compared in units of the body size
    (``LocalFeatures.unit_px``), so that near and far score alike.
    """

    def verify(self, a: LocalFeatures, b: LocalFeatures, matches: Matches) -> VerifiedMatches:
        """Verified matches with the scores ``pattern``, ``inliers``, ``pieces``, ``spread`` and
        ``clarity``; all 0 where nothing is verified.

        ``pattern`` weighs every match by its distinctiveness: geometry alone scores nothing.
        """
