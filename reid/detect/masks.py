"""From a map of saliency to the outline of one animal. Pure functions."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.detect.boxes import Floats
from reid.detect.saliency import Heat

Mask = NDArray[np.bool_]
FLOOR, CEILING = 0.35, 0.7  # Otsu's threshold is kept between: a flat map has none of its own
BRIDGE = 0.006  # of the map's longer side
PART = 0.05  # parts (a tail behind grass) smaller than this share of the largest are dropped


def threshold(heat: Heat) -> float:
    """Otsu's threshold (1979) of a map in [0, 1], within ``FLOOR`` and ``CEILING``."""
    levels = np.clip(heat * 255, 0, 255).astype(np.uint8)
    value, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    return float(np.clip(value / 255, FLOOR, CEILING))


def animal_mask(heat: Heat, box: Floats) -> Mask:
    """(h, w): the bright region that belongs to ``box`` (left, top, right, bottom in pixels).

    Parts nearer to each other than ``BRIDGE`` count as one, for a tail often parts from the
    body. A part is judged by its area inside the box; it is kept when it is the largest there, or
    when most of it lies there, so that a neighbour or bright grass is not.
    """
    bright = (heat > threshold(heat)).astype(np.uint8)
    reach = 1 + 2 * round(BRIDGE * max(heat.shape))
    joined = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    labels *= bright
    x0, y0, x1, y1 = (max(0, round(float(v))) for v in box)
    inside = np.bincount(labels[y0:y1, x0:x1].ravel(), minlength=count)
    total = np.bincount(labels.ravel(), minlength=count)
    inside[0] = 0
    largest = int(inside.max())
    keep = (inside >= max(1, PART * largest)) & ((inside >= 0.5 * total) | (inside == largest))
    return fill_small_holes(keep[labels])


def fill_small_holes(mask: Mask, share: float = 0.01) -> Mask:
    """Holes smaller than ``share`` of the mask are coat; larger ones are gaps between legs."""
    count, labels = cv2.connectedComponents((~mask).astype(np.uint8), connectivity=4)
    sizes = np.bincount(labels.ravel(), minlength=count)
    small = sizes < share * mask.sum()
    out: Mask = mask | small[labels]
    return out


def bounds(mask: Mask) -> Floats | None:
    """Left, top, right, bottom (end-exclusive) of the true pixels; None if there are none."""
    if not mask.any():
        return None
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float64)
