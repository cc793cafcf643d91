"""ALIKED-n16rot on the animal: a deformable network, slow on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from reid.local.learned import Points, as_arrays, as_features, inner_mask, network_input, on_animal
from reid.local.looks import PatchExtractor
from reid.local.patch import Patch
from reid.local.pinned import ALIKED
from reid.types import LocalFeatures
from reid.weights.extra import filled, optional

DIM = 128


@dataclass(frozen=True, slots=True)
class AlikedPoints(PatchExtractor):
    """ALIKED-n16rot (Zhao et al. 2023) inside the animal's outline; 128 numbers a point.

    The network is kornia's, the weights the published ones. It keeps the ``max_keypoints``
    strongest maxima on the animal, however weak, as RootSIFT does with its low threshold. The
    other settings as in `reid.local.xfeat.XFeatPoints`.
    """

    max_keypoints: int = 1000
    zoom: float = 1.5
    even: bool = True
    tone_sigma_px: float = 24.0
    erode_px: int = 5
    background_keypoints: int = 1000

    @property
    def method(self) -> str:
        """Name, weights and settings: only features of one method are ever matched."""
        tone = self.tone_sigma_px if self.even else 0
        return (
            f"aliked-n16rot/1:{ALIKED.sha256[:8]}n{self.max_keypoints}z{self.zoom:g}t{tone:g}"
            f"o{self.erode_px}"
        )

    @torch.inference_mode()
    def patch(self, patch: Patch, *, limit: int | None = None) -> LocalFeatures:
        """Features of a patch; an empty mask gives none."""
        points = Points(np.zeros((0, 2), np.float32), np.zeros((0, DIM), np.float32))
        inside = inner_mask(patch, self.erode_px)
        if inside.any():
            grey = network_input(patch, self.tone_sigma_px if self.even else 0)
            count = limit or self.max_keypoints
            points = on_animal(_strongest(grey, inside, count), inside, count)
        return as_features(points, patch, self.method, self.zoom)


def _strongest(grey: np.ndarray, inside: np.ndarray, count: int) -> Points:
    """The ``count`` strongest maxima of the score map on the animal, and their descriptors."""
    height, width = grey.shape
    shown = np.zeros((height, width), np.float32)
    shown[: inside.shape[0], : inside.shape[1]] = inside > 0
    frames, _, descriptors = network(count).forward_laf(
        torch.from_numpy(grey)[None, None].expand(1, 3, -1, -1),
        torch.from_numpy(shown)[None, None],
        compute_affine=False,
    )
    return as_arrays(frames[0, :, :, 2], descriptors[0])


@cache
def network(max_keypoints: int) -> Any:
    """The network with the pinned weights, for so many points; shared between threads.

    Raises:
        ConfigError: the extra ``matchers`` is not installed.
        WeightsMissingError, WeightsAlteredError: see `reid.weights.pinned.PinnedFile.tensors`.
    """
    feature = optional("kornia.feature", "matchers")
    model = feature.ALIKED("aliked-n16rot", max_num_keypoints=max_keypoints, detection_threshold=-1)
    return filled(model, ALIKED.tensors(), derived=("dkd.hw_grid",))
