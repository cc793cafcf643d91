"""XFeat on the animal: a small network, fast on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from reid.local.learned import Points, as_arrays, as_features, inner_mask, network_input, on_animal
from reid.local.looks import PatchExtractor
from reid.local.patch import Patch
from reid.local.pinned import XFEAT
from reid.types import LocalFeatures
from reid.weights.extra import filled, optional

DIM = 64
EVERY_POINT = 100_000  # points are chosen after the mask, never before


@dataclass(frozen=True, slots=True)
class XFeatPoints(PatchExtractor):
    """XFeat (Potje et al. 2024) inside the animal's outline; 64 numbers a point.

    The network is kornia's, the weights the published ones. ``zoom``: the body size is enlarged
    before, because the descriptors are read from a map of one eighth. ``min_score``: of the
    keypoint map. ``tone_sigma_px`` and ``erode_px`` as in `RootSift`, in patch pixels; the
    pattern is erased with the same radius when the contrast is left alone (``even`` False).
    """

    max_keypoints: int = 1000
    zoom: float = 2.0
    min_score: float = 0.02
    even: bool = True
    tone_sigma_px: float = 32.0
    erode_px: int = 5
    background_keypoints: int = 1000

    @property
    def method(self) -> str:
        """Name, weights and settings: only features of one method are ever matched."""
        tone = self.tone_sigma_px if self.even else 0
        return (
            f"xfeat/1:{XFEAT.sha256[:8]}n{self.max_keypoints}z{self.zoom:g}s{self.min_score:g}"
            f"t{tone:g}o{self.erode_px}"
        )

    @torch.inference_mode()
    def patch(self, patch: Patch, *, limit: int | None = None) -> LocalFeatures:
        """Features of a patch; an empty mask gives none."""
        points = Points(np.zeros((0, 2), np.float32), np.zeros((0, DIM), np.float32))
        inside = inner_mask(patch, self.erode_px)
        if inside.any():
            grey = network_input(patch, self.tone_sigma_px if self.even else 0)
            found = network().detectAndCompute(
                torch.from_numpy(grey)[None, None],
                top_k=EVERY_POINT,
                detection_threshold=self.min_score,
            )[0]
            every = as_arrays(found["keypoints"], found["descriptors"])
            points = on_animal(every, inside, limit or self.max_keypoints)
        return as_features(points, patch, self.method, self.zoom)


@cache
def network() -> Any:
    """The network with the pinned weights.

    Raises:
        ConfigError: the extra ``matchers`` is not installed.
        WeightsMissingError, WeightsAlteredError: see `reid.weights.pinned.PinnedFile.tensors`.
    """
    model = optional("kornia.feature", "matchers").XFeat()
    filled(model.net, XFEAT.tensors())
    return model.eval()
