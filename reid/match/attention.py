"""LightGlue and LighterGlue: an attention network proposes, the descriptors weigh."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from reid.match.pinned import LIGHTERGLUE, LIGHTGLUE
from reid.match.rivals import distances, distinctiveness, no_matches, require_one_method
from reid.types import LocalFeatures, Matches
from reid.weights.extra import filled, optional
from reid.weights.pinned import PinnedFile


@dataclass(frozen=True, slots=True)
class AttentionMatcher(ABC):
    """LightGlue (Lindenberger et al. 2023) with its confidence put in its place.

    The network knows the whole scene: in two different leopards of one pose it pairs shoulder
    with shoulder and is sure of it. So it only proposes pairs (those above ``min_confidence``);
    what a pair counts is how alike and how distinctive its two descriptors are
    (`reid.match.rivals.distinctiveness`), as for every other matcher. ``apart`` and ``max_ratio``
    as in `SpacedRatio`.
    """

    min_confidence: float = 0.1
    max_ratio: float = 0.9
    apart: float = 8.0

    def match(self, a: LocalFeatures, b: LocalFeatures) -> Matches:
        """Matches between two animals.

        Raises:
            InputError: when the features come from different methods, or from one that the
                network was not trained for.
        """
        require_one_method(a, b)
        if min(len(a), len(b)) < 2:
            return no_matches()
        index = self._proposed(a, b)
        distance = distances(a.descriptors, b.descriptors)
        distinct = distinctiveness(a, b, distance, index, self.apart)
        keep = distinct > 1 - self.max_ratio
        return Matches(index[keep], distinct[keep])

    @torch.inference_mode()
    def _proposed(self, a: LocalFeatures, b: LocalFeatures) -> NDArray[np.int64]:
        found = self.network()({"image0": _side(a), "image1": _side(b)})
        sure = found["scores"][0] > self.min_confidence
        return np.asarray(found["matches"][0][sure].numpy(), dtype=np.int64)

    @staticmethod
    @abstractmethod
    def network() -> Any:
        """The network with the pinned weights.

        Raises:
            ConfigError: the extra ``matchers`` is not installed.
            WeightsMissingError, WeightsAlteredError: `reid.weights.pinned.PinnedFile.tensors`.
        """


class LightGlueMatcher(AttentionMatcher):
    """LightGlue for ALIKED points."""

    @staticmethod
    @cache
    def network() -> Any:
        """Nine layers of 256 numbers a point, with the settings that it was published with."""
        sizes = {"input_dim": 128, "descriptor_dim": 256, "n_layers": 9, "num_heads": 4}
        return _network(LIGHTGLUE, **sizes, depth_confidence=0.95, width_confidence=0.99)


class LighterGlueMatcher(AttentionMatcher):
    """LighterGlue for XFeat points (Potje et al. 2024)."""

    @staticmethod
    @cache
    def network() -> Any:
        """Six layers of 96 numbers a point, with the settings that it was published with."""
        sizes = {"input_dim": 64, "descriptor_dim": 96, "n_layers": 6, "num_heads": 1}
        return _network(LIGHTERGLUE, **sizes, depth_confidence=-1, width_confidence=0.95)


def _network(file: PinnedFile, **sizes: float) -> Any:
    """All sizes are given: kornia's defaults are shared with whoever else uses its class."""
    model = optional("kornia.feature", "matchers").LightGlue(None, **sizes)
    state = {name.removeprefix("matcher."): value for name, value in file.tensors().items()}
    state = {name: value for name, value in state.items() if not name.startswith("extractor.")}
    return filled(model, state, derived=("confidence_thresholds",))


def _side(features: LocalFeatures) -> dict[str, torch.Tensor]:
    """Points within their own bounding box, at the body size: where the patch lay is no matter."""
    xy = features.xy_px / features.unit_px
    xy = xy - xy.min(axis=0)
    return {
        "keypoints": torch.from_numpy(xy.astype(np.float32))[None],
        "descriptors": torch.from_numpy(features.descriptors)[None],
        "image_size": torch.from_numpy(xy.max(axis=0).astype(np.float32) + 1)[None],
    }
