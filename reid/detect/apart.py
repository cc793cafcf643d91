"""Two animals whose outlines run into one: each keeps what is surely its own.

Saliency outlines whatever stands out, and two leopards that touch stand out together. The detector
saw two boxes then; of the pixels in a box of one and in the other's nobody knows whose they are, so
that neither coat gets them.
"""

from __future__ import annotations

import cv2
import numpy as np

from reid.detect.boxes import Floats, covered, grow
from reid.detect.masks import Mask

APART = 0.6
"""Of the smaller of two boxes inside the other: above, one may be a part of the other's animal."""
SURE = 0.55
"""Score of the better of two boxes: below, in fog, both may be pieces of one animal, and an outline
that knows better may be right."""
INTO = 0.15
"""Of another animal's box filled by an outline: above, the outline has run into it."""
REACH, OVER = 0.12, 0.15
"""Margin around the detector's box, and the share of an outline that may lie beyond it: one animal
has next to nothing there, an outline that ran over a second one often half."""
SETTINGS = f"{APART}:{SURE}:{INTO}:{REACH}:{OVER}"


def two_animals(boxes: Floats, scores: Floats) -> Mask:
    """(n, n): which of n boxes of the detector are two animals rather than one and its part."""
    surer = np.maximum(scores[:, None], scores[None, :])
    out: Mask = (covered(boxes[:, None], boxes[None, :]) < APART) & (surer >= SURE)
    return out


def own_part(mask: Mask, box: Floats, others: Floats) -> Mask:
    """The outline without the boxes of other animals into which it runs, and without what then
    hangs on beyond them; else as it is.

    ``mask`` (h, w) of the picture, ``others`` (n, 4); boxes: left, top, right, bottom in pixels.
    """
    own = mask
    for other in others:
        x0, y0, x1, y1 = np.rint(other[:4]).astype(int)
        if mask[y0:y1, x0:x1].mean() > INTO:
            own = own.copy() if own is mask else own
            own[y0:y1, x0:x1] = False
    return mask if own is mask else _mostly_inside(own, box)


def runs_over(mask: Mask, box: Floats, score: float) -> bool:
    """Whether the outline reaches so far beyond the box of a sure detector that it may be of two
    animals.

    ``mask`` (h, w) of the picture. The detector overlooks who stands behind; saliency does not.
    """
    size = mask.shape[1], mask.shape[0]
    x0, y0, x1, y1 = np.rint(grow(box, REACH, size)).astype(int)
    inside, whole = mask[y0:y1, x0:x1].sum(), mask.sum()
    return bool(score >= SURE and whole and inside < (1 - OVER) * whole)


def _mostly_inside(mask: Mask, box: Floats) -> Mask:
    """The parts that lie in the box by half or more."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    x0, y0, x1, y1 = np.rint(box[:4]).astype(int)
    inside = np.bincount(labels[y0:y1, x0:x1].ravel(), minlength=count)
    keep = inside >= 0.5 * np.bincount(labels.ravel(), minlength=count)
    keep[0] = False
    kept: Mask = keep[labels]
    return kept
