"""The animal, cut out of its picture for the embedding."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.embed.trunk import trunk
from reid.errors import AnnotationError
from reid.types import Annotation, Box, Image, Light
from reid.weights import CropPolicy

_CLAHE_CLIP = 2.0  # OpenCV's customary limit: rosettes come up, sensor noise hardly
_CLAHE_TILES = (4, 4)  # tiles wider than a rosette, or the rosettes themselves are flattened
GREY = (128, 128, 128)


def animal_crop(
    image: Image,
    annotation: Annotation,
    policy: CropPolicy | None = None,
    *,
    fill_rgb: Sequence[int] = GREY,
) -> NDArray[np.uint8]:
    """The box with its margin, (height, width, 3) uint8 RGB, its own memory.

    The mask, where the policy asks for it and there is one, paints everything else in
    ``fill_rgb``, so that the place does not identify the animal. Contrast is equalised before
    painting (CLAHE on lightness, Zuiderveld 1994), so that the fill stays exact.

    Raises:
        AnnotationError: nothing of the box lies in the picture, or the mask does not fit the box.
    """
    policy = policy or CropPolicy()
    if policy.focus == "trunk":
        annotation = trunk(annotation, image.size_wh)
    window = _with_margin(annotation.box, policy.margin).window(image.size_wh)
    x0, y0, x1, y1 = window
    crop = image.pixels[y0:y1, x0:x1].copy()
    if policy.contrast == "all" or (
        policy.contrast == "infrared" and image.light is Light.INFRARED
    ):
        crop = equalise(crop)
    if policy.background == "grey" and annotation.mask is not None:
        crop[~_mask_in(window, annotation, image.size_wh)] = fill_rgb
    return crop


def equalise(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Local contrast made equal on lightness alone: (height, width, 3) uint8 RGB, hue kept."""
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)
    clahe = cv2.createCLAHE(clipLimit=_CLAHE_CLIP, tileGridSize=_CLAHE_TILES)
    lab[..., 0] = clahe.apply(np.ascontiguousarray(lab[..., 0]))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), dtype=np.uint8)


def _with_margin(box: Box, margin: float) -> Box:
    dx, dy = margin * box.width_px, margin * box.height_px
    return Box(box.x_px - dx, box.y_px - dy, box.width_px + 2 * dx, box.height_px + 2 * dy)


def _mask_in(
    window: tuple[int, int, int, int], annotation: Annotation, size_wh: tuple[int, int]
) -> NDArray[np.bool_]:
    """The mask in the frame of a window that holds the box; false in the margin."""
    inner_x0, inner_y0, inner_x1, inner_y1 = annotation.box.window(size_wh)
    expected = (inner_y1 - inner_y0, inner_x1 - inner_x0)
    mask = annotation.mask
    if mask is None or mask.shape != expected:
        raise AnnotationError(
            f"mask: expected (height, width) {expected} of its box in a picture of {size_wh}, "
            f"found {None if mask is None else mask.shape}; cut the mask to the box"
        )
    x0, y0, x1, y1 = window
    full = np.zeros((y1 - y0, x1 - x0), dtype=np.bool_)
    full[inner_y0 - y0 : inner_y1 - y0, inner_x0 - x0 : inner_x1 - x0] = mask
    return full
