"""The default: YOLOX finds, saliency in a zoomed window outlines.

The detector's box is sure of the place and unsure of the edges; saliency is sure of the edges
and, on a whole frame, unsure of the place. A second, larger window is looked at when the outline
runs over the border of the first or fills too little of the box. Where outlines of two animals
run into each other, each keeps what is surely its own (`reid.detect.apart`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.detect.apart import SETTINGS, own_part, runs_over, two_animals
from reid.detect.boxes import (
    Floats,
    Pixels,
    area,
    as_box,
    corners,
    grow,
    intersection,
    keep_best,
)
from reid.detect.contract import BOX_OF_SEVERAL, MASK_IS_BOX, finish, full_mask
from reid.detect.masks import Mask, animal_mask, bounds
from reid.detect.pinned import FOCUS
from reid.detect.saliency import Heat, Saliency
from reid.detect.yolox_localiser import MAX_COVERED, MAX_IOU, MIN_SCORE, YoloxBoxes
from reid.types import Annotation, AnnotationOrigin, Image

MARGIN, WIDE_MARGIN = 0.2, 0.5  # of the box's longer side
MIN_FILL = 0.15  # of the detector's box: a mask below this is a speck, not the animal
MIN_EXTENT = 0.85  # of the box's longer side: below, a part of the animal was not seen
MAX_LOOKS = 3  # windows for one animal
OVER_BORDER = 0.03  # of a side of the window: a longer run of mask along it means "cut"
MAX_ANIMALS = 8  # a herd costs no more than this many windows


class OutlinedLocaliser:
    """``Localiser``: boxes of YOLOX-tiny, each outlined by saliency in its own window."""

    name = "yolox-saliency"
    license = "MIT"

    def __init__(self, root: Path | None = None, *, min_score: float = MIN_SCORE) -> None:
        self._boxes = YoloxBoxes(root, min_score=min_score)
        self._saliency = Saliency(root)

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""
        settings = f"{MARGIN}:{WIDE_MARGIN}:{MIN_FILL}:{MIN_EXTENT}:{OVER_BORDER}:{SETTINGS}"
        return f"{self._boxes.settings}+focus:{FOCUS.sha256[:12]}:{settings}"

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations, surest first; see ``Localiser``."""
        boxes, scores = (rows[:MAX_ANIMALS] for rows in self._boxes(image.pixels))
        two = two_animals(boxes, scores)
        found: dict[int, Annotation] = {}
        for k, box in enumerate(boxes):
            if not _part(box, [a for known, a in found.items() if not two[k, known]]):
                found[k] = self._outlined(image, box, float(scores[k]), boxes[two[k]])
        return finish(_once_each(list(found.values())), image.size_wh)

    def _outlined(self, image: Image, box: Floats, score: float, others: Floats) -> Annotation:
        mask = own_part(self._mask(image.pixels, box), box, others)
        outline = bounds(mask)
        origin = AnnotationOrigin.LOCALISER
        if outline is None or mask.sum() < MIN_FILL * area(box):
            plain = as_box(box)
            whole = full_mask(plain, image.size_wh)
            return Annotation(image.sha256, plain, origin, score, whole, (MASK_IS_BOX,))
        if _short(outline, box):  # half in fog: the box still knows of the unseen part
            outline = _around(outline, box)
        x0, y0, x1, y1 = np.rint(outline).astype(int)
        around = as_box(np.array([x0, y0, x1, y1], np.float64))
        flags = (BOX_OF_SEVERAL,) if runs_over(mask, box, score) else ()
        return Annotation(image.sha256, around, origin, score, mask[y0:y1, x0:x1].copy(), flags)

    def _mask(self, pixels: Pixels, box: Floats) -> Mask:
        """(h, w) of the picture."""
        size = pixels.shape[1], pixels.shape[0]
        window, whole = grow(box, MARGIN, size), box
        for look in range(MAX_LOOKS):
            mask = self._look(pixels, window, whole)
            seen = bounds(mask)
            if seen is None:
                break
            cut = cut_sides(mask, window, size)
            if look == 0 and _short(seen, box):
                cut[:] = True
            if not cut.any():
                break
            whole = _around(seen, box)
            window = np.where(cut, grow(whole, WIDE_MARGIN, size), grow(whole, MARGIN, size))
        return mask

    def _heat(self, pixels: Pixels, window: Floats, _box: Floats) -> tuple[Heat, tuple[int, int]]:
        return self._saliency.inside(pixels, window)

    def _look(self, pixels: Pixels, window: Floats, box: Floats) -> Mask:
        heat, (left, top) = self._heat(pixels, window, box)
        mask = np.zeros(pixels.shape[:2], np.bool_)
        part = animal_mask(heat, box - np.array([left, top, left, top]))
        mask[top : top + part.shape[0], left : left + part.shape[1]] = part
        return mask


def cut_sides(mask: Mask, window: Floats, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """(4,) left, top, right, bottom: does the mask run along a side that is not the picture's?"""
    x0, y0 = np.floor(window[:2]).astype(int)
    x1, y1 = np.ceil(window[2:]).astype(int)
    part = mask[y0:y1, x0:x1]
    runs = np.array([line.mean() for line in (part[:, 0], part[0], part[:, -1], part[-1])])
    gaps = np.array([x0, y0, size_wh[0] - x1, size_wh[1] - y1])
    out: NDArray[np.bool_] = (gaps > 0) & (runs > OVER_BORDER)
    return out


def _around(a: Floats, b: Floats) -> Floats:
    return np.concatenate((np.minimum(a[:2], b[:2]), np.maximum(a[2:4], b[2:4])))


def _short(seen: Floats, box: Floats) -> bool:
    sides = box[2:] - box[:2]
    longer = int(sides.argmax())
    return bool((seen[2:] - seen[:2])[longer] < MIN_EXTENT * sides[longer])


def _part(box: Floats, found: list[Annotation]) -> bool:
    """Whether the box is a part of an animal that is outlined: it would get the same outline."""
    shares = (intersection(box, corners(a.box)) / area(box) for a in found)
    return any(float(share) > MAX_COVERED for share in shares)


def _once_each(found: list[Annotation]) -> list[Annotation]:
    """One annotation an animal: two boxes on one animal get the same outline."""
    if not found:
        return []
    rows = np.array([[a.box.x_px, a.box.y_px, a.box.width_px, a.box.height_px] for a in found])
    rows[:, 2:] += rows[:, :2]
    scores = np.array([a.confidence for a in found])
    return [found[i] for i in keep_best(rows, scores, max_iou=MAX_IOU, max_covered=MAX_COVERED)]
