"""What every matcher does."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from reid.types import LocalFeatures, Matches


@runtime_checkable
class Matcher(Protocol):
    """Pairs points of two animals, each point at most once.

    ``distinctiveness`` in [0, 1] says how alike the two patches are and how unlike every other
    patch of the two pictures: 1 for a coat matched with itself, 0 for a patch that might as well
    be another. It never says how well the geometry agrees: two leopards in one pose agree in that.
    """

    def match(self, a: LocalFeatures, b: LocalFeatures) -> Matches:
        """Tentative matches from ``a`` to ``b``; none where either has too few points.

        Raises:
            InputError: the features come from different methods.
            WeightsMissingError, WeightsAlteredError: of a learned matcher.
        """
