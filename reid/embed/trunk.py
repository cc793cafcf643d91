"""The trunk of an animal, from its outline: where the coat that tells individuals apart is."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types import Annotation, Box

THICK = 0.5
"""A part counts as trunk where the outline's inscribed circles have at least this share of the
largest one's radius: legs, tail and most heads are thinner. It also says how far the box reaches
beyond their centres."""
_SIDE = 160  # pixels of the outline's longer side at which it is judged: a leg is 5 wide


def trunk(annotation: Annotation, size_wh: tuple[int, int]) -> Annotation:
    """The annotation with box and mask cut to its trunk; unchanged without an outline.

    The trunk is the part of the distance transform above ``THICK`` of its maximum that holds the
    maximum, grown back by as much: an opening by a disc that follows the animal's size.
    """
    mask = annotation.mask
    if mask is None or not mask.any():
        return annotation
    left, top, right, bottom = _window(mask)
    x0, y0, _, _ = annotation.box.window(size_wh)
    box = Box(x0 + left, y0 + top, right - left, bottom - top)
    return replace(annotation, box=box, mask=mask[top:bottom, left:right].copy())


def _window(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    height, width = mask.shape
    scale = _SIDE / max(height, width)
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(mask.astype(np.uint8), size_wh, interpolation=cv2.INTER_NEAREST)
    framed = cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    inside = cv2.distanceTransform(framed, cv2.DIST_L2, 3)
    reach = THICK * float(inside.max())
    if not reach:  # too thin to survive the reduction
        return 0, 0, width, height
    _, labels, stats, _ = cv2.connectedComponentsWithStats((inside > reach).astype(np.uint8))
    x, y, w, h = stats[labels[np.unravel_index(int(inside.argmax()), inside.shape)]][:4]
    edges = np.array([x - 1 - reach, y - 1 - reach, x - 1 + w + reach, y - 1 + h + reach]) / scale
    left, top = np.floor(edges[:2].clip(0)).astype(int)
    right, bottom = np.minimum(np.ceil(edges[2:]), (width, height)).astype(int)
    return int(left), int(top), int(right), int(bottom)
