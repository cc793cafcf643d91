"""Make the coat's contrast equal between day, flash, fog and infrared."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CLIP_SD = 2.5
"""Grey values beyond this many standard deviations are cut: burnt-out spots, black shadows."""
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
        (h, w) uint8, 127 the local mean. Source of the method: local contrast normalisation
        (Jarrett et al. 2009), here normalised by the mask.
    """
    inside = mask.astype(np.float32)
    weight = cv2.GaussianBlur(inside, (0, 0), sigma_px) + 1e-3
    values = grey.astype(np.float32)
    mean = cv2.GaussianBlur(values * inside, (0, 0), sigma_px) / weight
    centred = values - mean
    variance = cv2.GaussianBlur(centred * centred * inside, (0, 0), sigma_px) / weight
    scaled = centred / (np.sqrt(variance) + FLOOR_SD)
    unit = (np.clip(scaled, -CLIP_SD, CLIP_SD) + CLIP_SD) / (2 * CLIP_SD)
    return np.asarray(np.rint(unit * 255), dtype=np.uint8)
