"""Rectangles as arrays: left, top, right, bottom in pixels, edge coordinates. Pure functions."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types import Box

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
GREY = 114  # what YOLOX was trained to see around a picture


def corners(box: Box) -> Floats:
    """(4,): left, top, right, bottom of a ``Box``."""
    return np.array([box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px])


def as_box(ltrb: Floats) -> Box:
    """A ``Box`` of left, top, right, bottom.

    Raises:
        AnnotationError: if width or height is not positive.
    """
    x0, y0, x1, y1 = (float(v) for v in ltrb[:4])
    return Box(x0, y0, x1 - x0, y1 - y0)


def area(ltrb: Floats) -> Floats:
    """Areas in square pixels of (..., 4); zero where a rectangle is turned inside out."""
    sides = np.maximum(ltrb[..., 2:4] - ltrb[..., :2], 0.0)
    out: Floats = sides[..., 0] * sides[..., 1]
    return out


def intersection(a: Floats, b: Floats) -> Floats:
    """Shared areas of (..., 4) and (..., 4), broadcast."""
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:4], b[..., 2:4])
    return area(np.concatenate((low, high), -1))


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union in [0, 1]; 0 where both are empty."""
    shared = intersection(a, b)
    union = area(a) + area(b) - shared
    out: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return out


def covered(a: Floats, b: Floats) -> Floats:
    """Intersection over the smaller of the two, in [0, 1]: 1 where one lies inside the other."""
    shared, smaller = intersection(a, b), np.minimum(area(a), area(b))
    out: Floats = np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)
    return out


def keep_best(ltrb: Floats, score: Floats, *, max_iou: float, max_covered: float) -> list[int]:
    """Greedy suppression: rows to keep, best first.

    ``max_covered`` drops a part (a tail, a gap between legs) inside a better whole, which
    overlap alone does not.
    """
    kept: list[int] = []
    for i in np.argsort(-score, kind="stable"):
        others = ltrb[kept]
        if not kept or (
            iou(ltrb[i], others).max() <= max_iou and covered(ltrb[i], others).max() <= max_covered
        ):
            kept.append(int(i))
    return kept


def grow(ltrb: Floats, share: float, size_wh: tuple[int, int]) -> Floats:
    """The rectangle with a margin of ``share`` of its longer side, clipped to the picture."""
    margin = share * float((ltrb[2:4] - ltrb[:2]).max())
    width, height = size_wh
    grown = ltrb[:4] + np.array([-margin, -margin, margin, margin])
    inside: Floats = np.clip(grown, 0.0, [width, height, width, height])
    return inside


def letterbox(pixels: Pixels, side: int, multiple: int = 32) -> tuple[Pixels, float]:
    """The picture with its longer side at ``side``, padded right and below to ``multiple``.

    Returns the (h, w, 3) canvas and the scale: canvas pixels for one picture pixel, so that
    ``canvas_ltrb / scale`` is in pixels of the picture (edge coordinates).
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, size, interpolation=how)
    shape = [-(-n // multiple) * multiple for n in small.shape[:2]]
    canvas = np.full((*shape, 3), GREY, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas, scale
