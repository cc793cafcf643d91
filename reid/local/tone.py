"""Make the coat's contrast equal between day, flash, fog and infrared."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CLIP_SD = 2.5
"""Grey values beyond this many standard deviations are cut: burnt-out spots, black shadows."""
NEUTRAL = 127
"""Grey of the local mean: a whole number, so that rounding makes no pattern of a plain coat."""
FLOOR_SD = 2.0
"""Grey levels below which contrast is noise and is not amplified to full range."""


def even_contrast(
    grey: NDArray[np.uint8], mask: NDArray[np.uint8], sigma_px: float
) -> NDArray[np.uint8]:
    """Local mean and standard deviation made equal inside the mask.

    Args:
        grey: (h, w) uint8.
        mask: (h, w) uint8, 1 on the animal: only these pixels count in the local statistics, so
            that a black night or bright grass behind the outline does not shift the coat.
        sigma_px: radius of "local"; about one and a half rosettes.

    Returns:
        (h, w) uint8, `NEUTRAL` the local mean. Source of the method: local contrast normalisation
        (Jarrett et al. 2009) by normalised convolution (Knutsson and Westin 1993).
    """
    inside = mask.astype(np.float32)
    values = grey.astype(np.float32)
    centred = values - _local_mean(values, inside, sigma_px)
    variance = _local_mean(centred * centred, inside, sigma_px)
    scaled = centred / (np.sqrt(variance) + FLOOR_SD)
    unit = (np.clip(scaled, -CLIP_SD, CLIP_SD) + CLIP_SD) / (2 * CLIP_SD)
    return np.asarray(np.rint(unit * 2 * NEUTRAL), dtype=np.uint8)


def _local_mean(
    values: NDArray[np.float32], inside: NDArray[np.float32], sigma_px: float
) -> NDArray[np.float32]:
    """Mean over the mask alone; nothing is added to its weight, or bright coats gain an outline.

    Only far from the mask, where no value counts, is there nothing to divide by.
    """
    weight = cv2.GaussianBlur(inside, (0, 0), sigma_px)
    total = cv2.GaussianBlur(values * inside, (0, 0), sigma_px)
    return np.asarray(total / np.maximum(weight, 1e-6), dtype=np.float32)
