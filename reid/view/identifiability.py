"""How likely a correct match could be found with a picture at all: a small head on its quality."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.errors import WeightsAlteredError
from reid.types import Quality

FEATURES = ("sharpness", "exposure", "contrast", "size", "coverage")
"""Parts of `Quality`, in the order of a head's weights."""
FLOOR = 0.01
"""Nobody is surer than this: what was fitted on synthetic animals never says "certainly"."""


def quality_features(quality: Quality) -> NDArray[np.float64]:
    """(5,) the parts of a quality and nothing else; each in [0, 1], more is better."""
    return np.array([getattr(quality, name) for name in FEATURES], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class IdentifiabilityHead:
    """Logistic regression on `quality_features`: ``weights`` (5,) are none of them negative.

    A better picture is never less identifiable. ``method`` names what had to find the match, for
    what one method cannot read another may.
    """

    intercept: float
    weights: tuple[float, ...]
    method: str
    fitted_on: str

    @classmethod
    def load(cls, path: Path) -> IdentifiabilityHead:
        """A head from its JSON file.

        Raises:
            WeightsAlteredError: the file is no such head.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            weights = tuple(float(content["weights"][name]) for name in FEATURES)
            head = cls(
                float(content["intercept"]), weights, content["method"], content["fitted_on"]
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WeightsAlteredError(
                f"{path.name}: expected an identifiability head, found {error!r}"
            ) from error
        if not all(math.isfinite(w) and w >= 0 for w in weights) or not math.isfinite(
            head.intercept
        ):
            raise WeightsAlteredError(
                f"{path.name}: expected finite weights of at least 0, found {weights}"
            )
        return head

    def chance(self, quality: Quality) -> float:
        """Probability that a picture of the same flank, if there is one, could be found by it."""
        score = self.intercept + float(quality_features(quality) @ np.array(self.weights))
        return float(np.clip(1 / (1 + math.exp(-score)), FLOOR, 1 - FLOOR))

    def as_json(self) -> str:
        """The file's content."""
        named = dict(zip(FEATURES, self.weights, strict=True))
        content = {
            "intercept": self.intercept,
            "weights": named,
            "method": self.method,
            "fitted_on": self.fitted_on,
        }
        return json.dumps(content, indent=2) + "\n"
