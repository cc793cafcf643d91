"""The animal cut out of its picture, scaled, and the way of points into that cut."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types import PreparedAnnotation

MARGIN = 0.06
"""Share of the box shown around it, so that the eye sees where the animal ends."""

DARK = 110.0
"""A cut whose brightest twentieth is darker than this (of 255) is brightened for the eye."""

BRIGHT = 210.0

MAX_GAIN = 4.0
"""More would show the sensor's noise rather than the coat."""


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A cut of a picture: ``pixels`` (h, w, 3) uint8 RGB, upright.

    A point at ``xy_px`` of the picture lies at ``(xy_px - origin_px + 0.5) * scale - 0.5`` of it.
    ``outline`` holds the closed contours of what was compared, each (k, 2) in pixels of the cut.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    origin_px: tuple[int, int]
    scale: float
    outline: tuple[NDArray[np.float32], ...] = field(repr=False)
    brightened: bool = False

    def points(self, xy_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points (m, 2) of the picture as points of the cut."""
        shifted = np.asarray(xy_px, dtype=np.float64) - np.array(self.origin_px)
        return np.asarray((shifted + 0.5) * self.scale - 0.5, dtype=np.float32)


def window_of(animal: PreparedAnnotation) -> tuple[int, int, int, int]:
    """The box with its margin, (x0, y0, x1, y1) in whole pixels inside the picture."""
    width, height = animal.image.size_wh
    x0, y0, x1, y1 = animal.annotation.box.window((width, height))
    dx, dy = round((x1 - x0) * MARGIN), round((y1 - y0) * MARGIN)
    return max(0, x0 - dx), max(0, y0 - dy), min(width, x1 + dx), min(height, y1 + dy)


def crop_animal(animal: PreparedAnnotation, height_px: int) -> Crop:
    """The animal with a margin, ``height_px`` high; a very dark one is brightened.

    Raises:
        AnnotationError: if the box lies outside the picture.
    """
    x0, y0, x1, y1 = window_of(animal)
    scale = height_px / (y1 - y0)
    pixels, brightened = brighten(animal.image.pixels[y0:y1, x0:x1])
    size = (max(1, round((x1 - x0) * scale)), height_px)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(pixels, size, interpolation=how), dtype=np.uint8)
    bare = Crop(scaled, (x0, y0), scale, (), brightened)
    outline = tuple(bare.points(contour) for contour in contours(animal))
    return Crop(scaled, (x0, y0), scale, outline, brightened)


def brighten(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    """The picture (h, w, 3), lighter if it is very dark, and whether it was changed."""
    top = float(np.percentile(pixels, 95))
    if top >= DARK:
        return np.ascontiguousarray(pixels), False
    gain = min(MAX_GAIN, BRIGHT / max(top, 1.0))
    return np.clip(pixels.astype(np.float32) * gain, 0, 255).astype(np.uint8), True


def contours(animal: PreparedAnnotation) -> list[NDArray[np.float32]]:
    """Outlines of the mask, or of the box without one, each (k, 2) in pixels of the picture."""
    x0, y0, x1, y1 = animal.annotation.box.window(animal.image.size_wh)
    mask = animal.annotation.mask
    if mask is None or not mask.any():
        corners = [(x0, y0), (x1 - 1, y0), (x1 - 1, y1 - 1), (x0, y1 - 1)]
        return [np.array(corners, dtype=np.float32)]
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    speck = 0.002 * mask.size
    large = [c for c in found if cv2.contourArea(c) > speck] or list(found)
    return [c[:, 0, :].astype(np.float32) + np.array([x0, y0], np.float32) for c in large]
