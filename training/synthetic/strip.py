"""The burnt-in info strip of a trail camera, which says that the picture is synthetic."""

from __future__ import annotations

import cv2
import numpy as np

from training.synthetic.arrays import U8, Bool

LABEL = "SYNTHETIC"
_SHARE = 0.045  # of the picture's height


def draw_strip(pixels: U8, text: str | None) -> Bool:
    """Draw a black strip along the foot, in place; returns the pixels it covers (H, W) bool."""
    covered = np.zeros(pixels.shape[:2], np.bool_)
    if text is None:
        return covered
    height, width = covered.shape
    high = max(12, round(_SHARE * height))
    covered[-high:] = True
    pixels[-high:] = 8
    words = f"{LABEL}  {text}"
    scale = 0.62 * high / 22
    size_wh = np.array(cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)[0])
    scale *= min(1.0, 0.96 * width / max(int(size_wh[0]), 1))
    at = (int(0.015 * width), height - int(0.3 * high))
    thick = max(1, high // 24)
    cv2.putText(
        pixels, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (235, 235, 235), thick, cv2.LINE_AA
    )
    return covered
