"""Left or right flank, from where the head is: a small head on the embedding's feature map."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.errors import WeightsAlteredError
from reid.types import FlankEstimate

FLOOR = 0.01
"""Nobody is surer than this of an estimated flank: a wrong flank hides or invents comparability."""


def side_contrast(feature_map: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the left half minus mean of the right half of each channel.

    Args:
        feature_map: (n, channels, h, w).

    Returns:
        (n, channels), which changes sign when the picture is mirrored, and unit length a row.
        A head that is linear and without intercept on it treats left and right alike.
    """
    half = feature_map.shape[3] // 2
    left = feature_map[..., :half].mean(axis=(2, 3))
    right = feature_map[..., -half:].mean(axis=(2, 3))
    contrast = left - right
    length = np.linalg.norm(contrast, axis=1, keepdims=True)
    return np.asarray(contrast / np.maximum(length, 1e-6), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FlankHead:
    """Logistic weights (channels,) on `side_contrast`; ``temperature`` from held-out animals."""

    weights: NDArray[np.float32]
    fingerprint: str
    sharpness: float = 1.0

    @classmethod
    def load(cls, path: Path) -> FlankHead:
        """A head from its JSON file.

        Raises:
            WeightsAlteredError: the file is no flank head.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            weights = np.asarray(content["weights"], dtype=np.float32)
            return cls(weights, str(content["bundle_fingerprint"]), float(content["sharpness"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WeightsAlteredError(
                f"{path.name}: expected a flank head, found {error}"
            ) from error

    def estimate(self, feature_map: NDArray[np.float32]) -> FlankEstimate:
        """The flank of one animal from its feature map (channels, h, w)."""
        contrast = side_contrast(feature_map[None])[0]
        score = float(contrast @ self.weights) * self.sharpness
        left = float(np.clip(1 / (1 + np.exp(-score)), FLOOR, 1 - FLOOR))
        return FlankEstimate(left, 1 - left, 0.0, "estimated")
