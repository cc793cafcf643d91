"""How much each pixel belongs to what the picture is of: a ViT-S/14 trained for saliency."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.detect.boxes import Floats, Pixels
from reid.detect.pinned import FOCUS
from reid.errors import WeightsAlteredError

Heat = NDArray[np.float32]
SIDE_PX = 224  # the network's only input size
MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet, as its authors normalise
STD = np.array([0.229, 0.224, 0.225], np.float32)


def even_light(pixels: Pixels) -> Pixels:
    """Contrast stretched between the 1st and 99th percentile, gamma towards a mean of 0.42.

    Night, fog and burnt-out frames then look alike to a network that was trained by day.
    """
    values = pixels.astype(np.float32)
    low, high = np.percentile(values, (1, 99))
    values = np.clip((values - low) / max(float(high - low), 1.0), 0.0, 1.0)
    gamma = np.log(0.42) / np.log(np.clip(values.mean(), 0.02, 0.98))
    out: Pixels = (values ** np.clip(gamma, 0.45, 1.6) * 255).astype(np.uint8)
    return out


class Saliency:
    """The network, run by OpenCV: no ONNX runtime is needed."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @cached_property
    def _network(self) -> Any:
        content = np.frombuffer(FOCUS.read(self._root), np.uint8)
        try:
            return cv2.dnn.readNetFromONNX(content)
        except cv2.error as error:
            raise WeightsAlteredError(
                f"{FOCUS.path}: OpenCV {cv2.__version__} cannot read it; the hash is right, and "
                f"OpenCV before 5.0 lacks an operation of it: install opencv 5 or newer ({error})"
            ) from error

    def __call__(self, pixels: Pixels) -> Heat:
        """(h, w) in [0, 1] for (h, w, 3) RGB, which is stretched to 224 x 224 on the way."""
        how = cv2.INTER_AREA if min(pixels.shape[:2]) > SIDE_PX else cv2.INTER_LINEAR
        small: Pixels = cv2.resize(pixels, (SIDE_PX, SIDE_PX), interpolation=how).astype(np.uint8)
        x = (even_light(small).astype(np.float32) / 255 - MEAN) / STD
        self._network.setInput(np.ascontiguousarray(x.transpose(2, 0, 1)[None]))
        heat = np.clip(self._network.forward()[0, 0], 0.0, 1.0)
        size = pixels.shape[1], pixels.shape[0]
        out: Heat = cv2.resize(heat, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        return out

    def inside(self, pixels: Pixels, ltrb: Floats) -> tuple[Heat, tuple[int, int]]:
        """The map of a window alone, and the window's (left, top) in the picture."""
        x0, y0 = np.floor(ltrb[:2]).astype(int)
        x1, y1 = np.ceil(ltrb[2:4]).astype(int)
        return self(pixels[y0:y1, x0:x1]), (int(x0), int(y0))
