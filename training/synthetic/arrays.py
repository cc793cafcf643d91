"""Array types and the few OpenCV calls that every room of the renderer shares."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
Bool = NDArray[np.bool_]
Points = NDArray[np.float64]

SUBPIXEL_BITS = 4  # polygons are drawn at 1/16 of a pixel
_LINE_PX = 1024  # OpenCV's remap refuses rows of 32768 and more


def resize(image: F32, size_wh: tuple[int, int], smooth: bool = True) -> F32:
    """Resample (h, w) or (h, w, c): bilinear to enlarge, area average when not ``smooth``."""
    method = cv2.INTER_LINEAR if smooth else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, size_wh, interpolation=method), np.float32)


def blur(image: F32, sigma_px: float) -> F32:
    """Gaussian blur; the picture itself when ``sigma_px`` is too small to matter."""
    if sigma_px < 0.2:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.float32)


def lookup(image: F32, x_px: F32, y_px: F32, wrap: bool = False) -> F32:
    """Bilinear values of ``image`` (h, w[, c]) at n positions: (n,) or (n, c)."""
    n = len(x_px)
    rows = max(1, -(-n // _LINE_PX))
    maps: F32 = np.zeros((2, rows, _LINE_PX), np.float32)
    flat = maps.reshape(2, -1)  # a view
    flat[0, :n], flat[1, :n] = x_px, y_px
    border = cv2.BORDER_WRAP if wrap else cv2.BORDER_REPLICATE
    out = cv2.remap(image, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(out, np.float32).reshape(rows * _LINE_PX, *image.shape[2:])[:n]


def fill(canvas: F32 | U8, polygon_px: Points, value: float | tuple[float, ...]) -> None:
    """Fill one polygon (n, 2) in place, smooth at the edge for uint8, hard for float."""
    points = np.round(polygon_px * 2**SUBPIXEL_BITS).astype(np.int32)
    line = cv2.LINE_AA if canvas.dtype == np.uint8 else cv2.LINE_8
    colour = value if isinstance(value, tuple) else (value,)
    cv2.fillPoly(canvas, [points], colour, line, SUBPIXEL_BITS)


def smoothstep(low: float, high: float, x: F64 | F32) -> F64:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = np.clip((np.asarray(x, np.float64) - low) / (high - low), 0.0, 1.0)
    return t * t * (3 - 2 * t)


def fractal_noise(
    rng: np.random.Generator, size_wh: tuple[int, int], cell_px: float, octaves: int = 4
) -> F32:
    """Value noise (h, w) of mean 0 and deviation 1: octaves of enlarged random grids."""
    width, height = size_wh
    total: F32 = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cell = max(cell_px / 2**octave, 1.0)
        shape = (int(height / cell) + 2, int(width / cell) + 2)
        grid = rng.standard_normal(shape, dtype=np.float32)
        total += resize(grid, size_wh) * np.float32(0.55**octave)
    total -= total.mean()
    return total / np.float32(max(float(total.std()), 1e-6))


def to_linear(srgb: F32) -> F32:
    """Linear light of sRGB values in [0, 1] (IEC 61966-2-1, with exponent 2.2)."""
    return np.power(np.clip(srgb, 0, 1), np.float32(2.2))
