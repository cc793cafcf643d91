"""The default's outline made to follow colour edges: slower, tighter between the legs."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from reid.detect.boxes import Pixels, corners, grow
from reid.detect.contract import MASK_IS_BOX
from reid.detect.masks import Mask
from reid.detect.outlined import OutlinedLocaliser
from reid.detect.saliency import even_light
from reid.types import Annotation, Image

SIDE_PX = 256  # GrabCut costs time by the pixel; rosettes blur away at this size, as they should
SURE, UNSURE = 9, 15  # pixels inside and outside the first outline where colour may not decide
ROUNDS = 3


def follow_colour(pixels: Pixels, mask: Mask) -> Mask:
    """(h, w): the mask refined by GrabCut (Rother et al. 2004) on an evenly lit, smoothed copy."""
    scale = SIDE_PX / max(mask.shape)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.bilateralFilter(even_light(small.astype(np.uint8)), 7, 40, 7)
    first = cv2.resize(mask.astype(np.uint8), (small.shape[1], small.shape[0]))
    labels = np.where(first > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode(first, np.ones((SURE, SURE))) > 0] = cv2.GC_FGD
    labels[cv2.dilate(first, np.ones((UNSURE, UNSURE))) == 0] = cv2.GC_BGD
    if not ((labels == cv2.GC_FGD).any() and (labels == cv2.GC_BGD).any()):
        return mask
    back, front = np.zeros((1, 65)), np.zeros((1, 65))
    nowhere = (0, 0, 0, 0)  # unused: the labels say where
    cv2.grabCut(small, labels, nowhere, back, front, ROUNDS, cv2.GC_INIT_WITH_MASK)
    animal = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    out: Mask = cv2.resize(animal, (mask.shape[1], mask.shape[0])) > 0
    return out


class GrabCutLocaliser(OutlinedLocaliser):
    """``Localiser``: the default with every outline refined inside its box."""

    name = "yolox-saliency-grabcut"

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""
        return f"{super().fingerprint}+grabcut:{SIDE_PX}:{SURE}:{UNSURE}:{ROUNDS}"

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations, surest first; see ``Localiser``."""
        return [_refined(image, a) for a in super().locate(image)]


def _refined(image: Image, annotation: Annotation) -> Annotation:
    if annotation.mask is None or MASK_IS_BOX in annotation.flags:
        return annotation
    x0, y0, x1, y1 = annotation.box.window(image.size_wh)
    left, top, right, bottom = grow(corners(annotation.box), 0.1, image.size_wh).astype(int)
    wide = np.zeros((bottom - top, right - left), np.bool_)
    wide[y0 - top : y1 - top, x0 - left : x1 - left] = annotation.mask
    refined = follow_colour(image.pixels[top:bottom, left:right], wide)
    inside = refined[y0 - top : y1 - top, x0 - left : x1 - left]
    return replace(annotation, mask=inside.copy()) if inside.any() else annotation
