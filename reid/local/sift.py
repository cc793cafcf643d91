"""RootSIFT on the animal: the default local features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.local.looks import PatchExtractor
from reid.local.patch import Patch
from reid.local.tone import even_contrast
from reid.types import LocalFeatures


@dataclass(frozen=True, slots=True)
class RootSift(PatchExtractor):
    """RootSIFT (Lowe 2004; Arandjelovic and Zisserman 2012) inside the animal's outline.

    ``max_keypoints`` strongest are kept; ``min_contrast`` is OpenCV's threshold, low because the
    contrast was made even before; ``tone_sigma_px`` see `even_contrast`; ``erode_px`` keeps
    points off the outline, where the shape and not the coat is described.
    """

    max_keypoints: int = 2000
    min_contrast: float = 0.02
    edge_threshold: float = 12.0
    tone_sigma_px: float = 16.0
    erode_px: int = 3
    background_keypoints: int = 1500

    @property
    def method(self) -> str:
        """Name and settings: only features of one method are ever matched."""
        return (
            f"rootsift/2:n{self.max_keypoints}c{self.min_contrast:g}e{self.edge_threshold:g}"
            f"t{self.tone_sigma_px:g}o{self.erode_px}"
        )

    def patch(self, patch: Patch, *, limit: int | None = None) -> LocalFeatures:
        """Features of a patch; its contrast is made even first."""
        even = even_contrast(patch.grey, patch.mask, self.tone_sigma_px)
        kernel = np.ones((self.erode_px, self.erode_px), np.uint8)
        sift = cv2.SIFT.create(
            nfeatures=limit or self.max_keypoints,
            contrastThreshold=self.min_contrast,
            edgeThreshold=self.edge_threshold,
        )
        found, raw = sift.detectAndCompute(even, cv2.erode(patch.mask, kernel))
        described = np.zeros((0, 128)) if raw is None else raw  # None: no keypoint at all
        return _features(found, np.asarray(described, dtype=np.float32), patch, self.method)


def _features(
    found: Sequence[cv2.KeyPoint], raw: NDArray[np.float32], patch: Patch, method: str
) -> LocalFeatures:
    n = len(found)
    descriptors = raw.reshape(n, 128)
    root = np.sqrt(descriptors / (descriptors.sum(axis=1, keepdims=True) + 1e-7))
    xy = np.array([k.pt for k in found], dtype=np.float32).reshape(n, 2)
    return LocalFeatures(
        xy_px=patch.to_picture(xy),
        scale_px=np.array([k.size for k in found], dtype=np.float32) / np.float32(patch.scale),
        angle_rad=np.deg2rad(np.array([k.angle for k in found], dtype=np.float32)),
        descriptors=np.asarray(root, dtype=np.float32),
        weight=np.ones(n, dtype=np.float32),
        method=method,
        unit_px=1 / patch.scale,
    )
