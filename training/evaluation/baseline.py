"""The naive method to leave behind: RootSIFT on whole frames (Arandjelovic and Zisserman 2012)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types import Image

LONG_SIDE_PX = 900
RATIO = 0.85


def whole_frame_descriptors(image: Image) -> NDArray[np.float32]:
    """RootSIFT descriptors (n, 128) of the whole picture at 900 pixels, no box, no mask."""
    width, height = image.size_wh
    scale = LONG_SIDE_PX / max(width, height)
    size = round(width * scale), round(height * scale)
    grey = cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    found = cv2.SIFT.create().detectAndCompute(grey, None)[1]
    if found is None:
        return np.zeros((0, 128), dtype=np.float32)
    share = found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.sqrt(share), dtype=np.float32)


def naive_score(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Sum of ``1 - ratio`` over mutual nearest neighbours that pass the ratio test."""
    if min(len(a), len(b)) < 2:
        return 0.0
    likeness = a @ b.T
    rows = np.arange(len(a))
    nearest = likeness.argmax(axis=1)
    mutual = likeness.argmax(axis=0)[nearest] == rows
    first = likeness[rows, nearest]
    likeness[rows, nearest] = -np.inf
    second = likeness.max(axis=1)
    ratio = np.sqrt(np.maximum(1 - first, 0) / np.maximum(1 - second, 1e-9))  # of distances
    return float((1 - ratio)[mutual & (ratio < RATIO)].sum())
