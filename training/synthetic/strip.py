"""The burnt-in info strip of a trail camera, which says that the picture is synthetic."""

from __future__ import annotations

import cv2
import numpy as np

from training.synthetic.arrays import U8, Bool

LABEL = "SYNTHETIC"
_SHARE = 0.045  # of the picture's height
_LETTER_PX = 20  # mean width of a letter at scale 1, generously


def draw_strip(pixels: U8, text: str | None, share: float = _SHARE) -> Bool:
    """Draw a black strip along the foot, in place; returns the pixels it covers (H, W) bool.

    It is ``share`` of the height and begins with the word SYNTHETIC; ``text`` None draws nothing.
    """
    covered: Bool = np.zeros(pixels.shape[:2], np.bool_)
    if text is None:
        return covered
    height, width = covered.shape
    high = min(height, max(12, round(share * height)))
    covered[-high:] = True
    pixels[-high:] = 8
    words = f"{LABEL}  {text}"
    scale = min(0.62 * high / 22, 0.96 * width / (_LETTER_PX * len(words)))
    at = (int(0.015 * width), height - int(0.3 * high))
    thick = max(1, high // 24)
    cv2.putText(
        pixels, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (235, 235, 235), thick, cv2.LINE_AA
    )
    return covered
