"""EXIF orientation, applied here and nowhere else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The picture as the camera saw it, from the (height, width, 3) stored and EXIF's 1 to 8.

    Values above 4 first swap rows and columns; then rows, columns or both are reversed
    (EXIF 2.3, tag 0x0112: which side of the scene row 0 and column 0 are).
    """
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    down = -1 if orientation in (3, 4, 7, 8) else 1
    right = -1 if orientation in (2, 3, 6, 7) else 1
    return np.ascontiguousarray(pixels[::down, ::right])


def upright_size(size_wh: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Width and height after ``upright``."""
    return size_wh[::-1] if orientation >= 5 else size_wh
