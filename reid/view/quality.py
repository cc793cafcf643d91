"""How much a picture can tell about the coat, and what lowers it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types import Annotation, Image, Quality

BODY_SIDE = 240.0
"""The square root of the animal's area at which detail is judged, so that near and far agree."""
FULL_SIZE_PX = 200
"""An animal whose area has this square root (about 350 px long) shows its rosettes in full."""
FULL_DETAIL = 5.5
"""Slope over coarse contrast of a sharp coat, along the worse direction; the development frames
with motion blur or fog lie at 3.3 to 4.2."""
FULL_CONTRAST = 14.0
"""Grey levels of standard deviation at the scale of rosettes in a well lit coat."""
BROADSIDE = 1.45
"""Width over height of a walking leopard seen from the side, without the tail, is 1.5 to 2.2."""
DARK, BRIGHT = 14, 245
WORDS = {
    "sharpness": "blurred",
    "exposure": "burnt out or black in part",
    "contrast": "pale coat, fog or haze",
    "size": "the animal is small in the picture",
    "coverage": "only part of the flank is seen, or it is seen at an angle",
}
MENTION_BELOW = 0.6


def quality(image: Image, annotation: Annotation) -> Quality:
    """The quality of one annotation.

    The parts multiply into ``usable``: one bad part is enough to hide the pattern.
    """
    grey, mask, area_px = _body(image, annotation)
    parts = {
        "sharpness": _detail(grey, mask),
        "exposure": _exposure(grey, mask),
        "contrast": _band(grey, mask, 2.5, 9.0) / FULL_CONTRAST,
        "size": float(np.sqrt(area_px)) / FULL_SIZE_PX,
        "coverage": _coverage(image, annotation),
    }
    parts = {name: float(np.clip(value, 0, 1)) for name, value in parts.items()}
    usable = float(np.prod([0.1 + 0.9 * value for value in parts.values()]))
    low = sorted((value, name) for name, value in parts.items() if value < MENTION_BELOW)
    reasons = tuple(WORDS[name] for _, name in low)
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    return Quality(**parts, usable=usable, animal_px=max(x1 - x0, y1 - y0), reasons=reasons)


def _body(
    image: Image, annotation: Annotation
) -> tuple[NDArray[np.float32], NDArray[np.bool_], float]:
    """Grey (h, w) and mask at the common body size, and the animal's area in picture pixels."""
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    mask = annotation.mask
    if mask is None or not mask.any():
        mask = np.ones((y1 - y0, x1 - x0), dtype=np.bool_)
    area = float(mask.sum())
    scale = min(BODY_SIDE / np.sqrt(area), 4.0)
    size_wh = [max(8, round(side * scale)) for side in (x1 - x0, y1 - y0)]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.cvtColor(image.pixels[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, size_wh, interpolation=how).astype(np.float32)
    inside = cv2.resize(mask.astype(np.uint8), size_wh, interpolation=cv2.INTER_NEAREST) > 0
    return small, np.asarray(inside, dtype=np.bool_), area


def _band(
    grey: NDArray[np.float32], mask: NDArray[np.bool_], fine_px: float, coarse_px: float
) -> float:
    """Standard deviation between two blur radii, inside the mask away from its border."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    region = inner if inner.sum() > 100 else mask
    band = cv2.GaussianBlur(grey, (0, 0), fine_px) - cv2.GaussianBlur(grey, (0, 0), coarse_px)
    return float(band[region].std()) if region.any() else 0.0


def _detail(grey: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    """Fine detail along the worse of the two directions: motion blurs only along its own."""
    coarse = _band(grey, mask, 2.5, 9.0) + 1.0
    inner = cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    region = inner if inner.sum() > 100 else mask
    across = cv2.GaussianBlur(grey, (0, 0), 1.0)
    slopes = [cv2.Sobel(across, cv2.CV_32F, 1 - k, k, ksize=3)[region].std() for k in (0, 1)]
    return float(min(slopes) / coarse / FULL_DETAIL) ** 2


def _exposure(grey: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    values = grey[mask]
    if values.size == 0:
        return 0.0
    return float(((values > DARK) & (values < BRIGHT)).mean())


def _coverage(image: Image, annotation: Annotation) -> float:
    """Falls when the animal is cut by the frame and when it is seen from ahead or behind."""
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    width, height = image.size_wh
    cut = sum((x0 <= 2, y0 <= 2, x1 >= width - 2, y1 >= height - 2))
    aspect = (x1 - x0) / (y1 - y0)
    return float(min(aspect / BROADSIDE, 1.0) ** 2 * 0.85**cut)
