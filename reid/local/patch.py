"""The animal cut out and brought to one size, and the way back to picture pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types import Annotation, Image

BODY_SIDE = 240.0
"""Every animal is scaled so that the square root of its area is this many pixels: a rosette is
then 10 to 20 pixels across. Larger sides cost time and found no more on the development
leopards."""
MAX_ENLARGEMENT = 4.0
"""Beyond this an enlarged picture holds no pattern, only interpolation."""
MARGIN = 0.06
BOX_SHARE = 0.55
"""Share of a leopard's box that is leopard, where there is no mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """``grey`` (h, w) uint8 and ``mask`` (h, w) uint8 at body size.

    ``scale`` is patch pixels for one picture pixel; ``origin_xy`` the picture pixel of the
    patch's top-left.
    """

    grey: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    scale: float
    origin_xy: tuple[int, int]

    def to_picture(self, xy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Patch pixel centres (n, 2) to picture pixel centres."""
        picture = (xy + 0.5) / self.scale - 0.5 + np.asarray(self.origin_xy, dtype=np.float32)
        return np.asarray(picture, dtype=np.float32)

    def mirrored(self) -> Patch:
        """The patch flipped left to right: what the other flank would never look like."""
        grey, mask = (np.ascontiguousarray(a[:, ::-1]) for a in (self.grey, self.mask))
        return Patch(grey, mask, self.scale, self.origin_xy)


def animal_patch(image: Image, annotation: Annotation, *, zoom: float = 1.0) -> Patch:
    """The animal of ``annotation`` at ``zoom`` times the body size, with a small margin."""
    mask = picture_mask(image, annotation)
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    pad = int(MARGIN * max(x1 - x0, y1 - y0)) + 4
    width, height = image.size_wh
    left, top = max(0, x0 - pad), max(0, y0 - pad)
    window = (slice(top, min(height, y1 + pad)), slice(left, min(width, x1 + pad)))
    scale = body_scale(annotation, image) * zoom
    grey = resized(grey_of(image.pixels[window]), scale)
    size_wh = (grey.shape[1], grey.shape[0])
    inside = cv2.resize(mask[window], size_wh, interpolation=cv2.INTER_NEAREST)
    return Patch(grey, np.asarray(inside, dtype=np.uint8), scale, (left, top))


def picture_mask(image: Image, annotation: Annotation) -> NDArray[np.uint8]:
    """(H, W) uint8 of the whole picture, 1 on the animal; the box where there is no mask."""
    width, height = image.size_wh
    full = np.zeros((height, width), dtype=np.uint8)
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    full[y0:y1, x0:x1] = 1 if annotation.mask is None else annotation.mask
    return full


def body_scale(annotation: Annotation, image: Image) -> float:
    """Patch pixels for one picture pixel."""
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    area = (x1 - x0) * (y1 - y0) * BOX_SHARE
    if annotation.mask is not None and annotation.mask.any():
        area = float(annotation.mask.sum())
    return float(min(BODY_SIDE / np.sqrt(area), MAX_ENLARGEMENT))


def grey_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8 luma of (h, w, 3) RGB."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def resized(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """``grey`` scaled: area averages when shrinking, cubic when enlarging."""
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size_wh = [max(1, round(side * scale)) for side in grey.shape[::-1]]
    return np.asarray(cv2.resize(grey, size_wh, interpolation=how), dtype=np.uint8)
