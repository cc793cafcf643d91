"""Numbers that say what a coat looks like, measured alike on photographs and synthetic pictures."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from reid.local.sift import RootSift
from reid.local.tone import even_contrast
from training.synthetic.arrays import F32, U8, Bool, blur

_DEPTH_PX = 128  # every trunk is measured at one size
_SMALLEST_PX = 45  # trunks less deep tell too little
_MIDDLE = (0.28, 0.72)  # of the animal's length: no head, little of the legs and tail
_BANDS = (0.6, 0.3, 0.15, 0.075, 0.0375)  # wavelengths, in depths of the trunk
_CLOSE_PX = 3  # gaps in rings that closing bridges; more would join neighbours
_REGIONS = {"back": (0.06, 0.30), "flank": (0.34, 0.66), "belly": (0.70, 0.94)}


@dataclass(frozen=True, slots=True)
class CoatMeasures:
    """One animal's trunk; lengths are shares of the trunk's depth.

    ``spacing``: wavelength of the strongest band of the spectrum; ``mark``: median diameter of
    dark marks; ``marks``: of them on a square of the depth; ``cover``: dark share; ``openness``:
    share of the marks, filled in, that lies inside closed rings; ``contrast_*``: (p90 - p10) /
    (p90 + p10) of encoded grey; ``bright_*``: mean encoded grey in [0, 1]; ``band_1`` to
    ``band_4``: log10 of the share of spectral power between the wavelengths 0.6, 0.3, 0.15, 0.075
    and 0.0375; ``keypoints``: RootSIFT points on a square of the depth; ``colour``: mean of
    (max - min) of R, G, B.
    """

    spacing: float
    mark: float
    marks: float
    cover: float
    openness: float
    contrast_back: float
    contrast_flank: float
    contrast_belly: float
    bright_back: float
    bright_flank: float
    bright_belly: float
    band_1: float
    band_2: float
    band_3: float
    band_4: float
    keypoints: float
    colour: float


NAMES = tuple(f.name for f in fields(CoatMeasures))


def measure_coat(pixels: U8, mask: Bool) -> CoatMeasures | None:
    """Measures of the animal under ``mask`` (H, W) in ``pixels`` (H, W, 3).

    None for an animal that is too small or of which too little is seen from the side.
    """
    trunk = straightened(pixels, mask)
    if trunk is None:
        return None
    grey: F32 = cv2.cvtColor(trunk, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    even = np.asarray((grey + 0.02) / (blur(grey, 0.22 * _DEPTH_PX) + 0.02), np.float32)
    dark = _dark(even)
    spacing, bands = _spectrum(even)
    mark, marks = _marks(dark)
    span = np.ptp(trunk.astype(np.int16), axis=2)
    regions = {name: _region(grey, *rows) for name, rows in _REGIONS.items()}
    squares = trunk.shape[1] / _DEPTH_PX
    return CoatMeasures(
        spacing=spacing,
        mark=mark,
        marks=marks / squares,
        cover=float(dark.mean()),
        openness=_openness(dark),
        keypoints=_keypoints(grey) / squares,
        colour=float(span.mean()) / 255,
        **{f"contrast_{name}": pair[0] for name, pair in regions.items()},
        **{f"bright_{name}": pair[1] for name, pair in regions.items()},
        **{f"band_{i}": share for i, share in enumerate(bands, 1)},
    )


def straightened(pixels: U8, mask: Bool) -> U8 | None:
    """The trunk, its back brought to one line: (128, W, 3), W by the animal's length."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns):
        return None
    first, length = columns[0], columns[-1] - columns[0] + 1
    x0, x1 = (int(first + share * length) for share in _MIDDLE)
    middle = mask[:, x0:x1]
    if x1 - x0 < _SMALLEST_PX:
        return None
    top = np.argmax(middle, axis=0).astype(np.float32)
    depth = float(np.percentile(middle.sum(axis=0), 25))
    if depth < _SMALLEST_PX or not middle.any(axis=0).all():
        return None
    side = max(3, int(0.15 * depth)) | 1
    top = cv2.GaussianBlur(top[None], (side, 1), 0)[0]
    width = int((x1 - x0) * _DEPTH_PX / depth)
    at = np.linspace(0, x1 - x0 - 1, width, dtype=np.float32)
    rows = np.linspace(0.02, 0.98, _DEPTH_PX, dtype=np.float32)[:, None] * np.float32(depth)
    small = max(1.0, depth / _DEPTH_PX)
    smooth = cv2.GaussianBlur(pixels, (0, 0), 0.4 * small) if small > 1.2 else pixels
    y = rows + np.interp(at, np.arange(x1 - x0), top).astype(np.float32)
    x = np.broadcast_to(at + np.float32(x0), y.shape)
    return np.asarray(cv2.remap(smooth, x.copy(), y.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def _dark(even: F32) -> Bool:
    scaled = np.clip(even * 110, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(scaled < level, np.bool_)


def _marks(dark: Bool) -> tuple[float, float]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    areas = areas[areas >= 8]
    if not len(areas):
        return 0.0, 0.0
    return float(2 * np.sqrt(np.median(areas) / np.pi) / _DEPTH_PX), float(len(areas))


def _openness(dark: Bool) -> float:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_CLOSE_PX, _CLOSE_PX))
    closed = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    ringed = int(closed.sum())
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(closed, outlines, -1, (1.0,), cv2.FILLED)
    return float(1 - ringed / max(int(closed.sum()), 1))


def _region(grey: F32, top: float, bottom: float) -> tuple[float, float]:
    rows = grey[int(top * _DEPTH_PX) : int(bottom * _DEPTH_PX)]
    low, high = np.percentile(rows, (10, 90))
    return float((high - low) / max(high + low, 1e-3)), float(rows.mean())


def _spectrum(even: F32) -> tuple[float, tuple[float, ...]]:
    """Wavelength of the strongest band and log10 shares of power in the four octaves."""
    window = np.outer(np.hanning(even.shape[0]), np.hanning(even.shape[1]))
    power = np.abs(np.fft.rfft2((even - even.mean()) * window)) ** 2
    fy, fx = np.fft.fftfreq(even.shape[0])[:, None], np.fft.rfftfreq(even.shape[1])[None, :]
    wavelength = 1 / (np.maximum(np.hypot(fy, fx), 1e-6) * _DEPTH_PX)
    edges = np.geomspace(_BANDS[-1], _BANDS[0], 17)
    which = np.digitize(wavelength, edges)
    energy = np.array([power[which == i].sum() for i in range(1, len(edges))])
    total = max(float(energy.sum()), 1e-12)
    strongest = int(np.argmax(energy))
    bands = energy.reshape(4, 4).sum(1)[::-1] / total
    peak = float(np.sqrt(edges[strongest] * edges[strongest + 1]))
    return peak, tuple(float(np.log10(max(b, 1e-6))) for b in bands)


def _keypoints(grey: F32) -> int:
    settings = RootSift()
    whole = np.full(grey.shape, 255, np.uint8)
    even = even_contrast((grey * 255).astype(np.uint8), whole, settings.tone_sigma_px)
    sift = cv2.SIFT.create(
        contrastThreshold=settings.min_contrast, edgeThreshold=settings.edge_threshold
    )
    return len(sift.detect(even, None))
