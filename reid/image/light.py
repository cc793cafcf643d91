"""Colour or infrared, from the pixels alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.types.camera import CameraNote
from reid.types.image import Light

_CELLS_WH = (48, 36)  # averaging over cells removes chroma noise and JPEG's chroma blocks
_STRIP = 0.1  # share of the height at top and bottom where info strips are burnt in
_DARK, _BRIGHT = 12.0, 245.0  # luminance outside which a cell cannot show its colour
_FEWEST_CELLS = 50
_CELLS_A_BAND = 24
# Chroma units (of 255). On 70 camera-trap frames: infrared 0.0, colour 2.2 (dusk) and more.
_COLOUR_FROM = 1.3


def light_of(pixels: NDArray[np.uint8]) -> Light:
    """How (height, width, 3) uint8 RGB was lit, as far as its colours tell."""
    return Light.COLOUR if colour_spread(pixels) >= _COLOUR_FROM else Light.INFRARED


def told_light(estimate: Light, note: CameraNote | None) -> tuple[Light, tuple[str, ...]]:
    """The light, settled by a camera that says so, and ``light-disagrees`` where colours do not.

    A camera that lit with infrared took an infrared picture. One that did not may still have
    taken a picture without colours (fog, dusk): that is told as it was seen, and flagged.
    """
    if note is None or note.infrared is None:
        return estimate, ()
    agrees = note.infrared is (estimate is Light.INFRARED)
    settled = Light.INFRARED if note.infrared else estimate
    return settled, () if agrees or (note.lamp and not note.infrared) else ("light-disagrees",)


def colour_spread(pixels: NDArray[np.uint8]) -> float:
    """How far the chroma of the scene strays from what its brightness predicts, 0 to about 180.

    The upper quartile, over cells of the picture, of the distance in (Cb, Cr) to the median of
    cells equally bright. A tint, constant or growing with brightness as sepia does, gives 0;
    a logo or a strip covers less than a quarter of the cells. 0 when nearly all is black or
    burnt out.
    """
    luminance, chroma = _cells(pixels)
    if len(luminance) < _FEWEST_CELLS:
        return 0.0
    bands = len(luminance) // _CELLS_A_BAND
    by_brightness = np.array_split(chroma[np.argsort(luminance)], bands)
    return float(np.percentile(np.concatenate([_stray(band) for band in by_brightness]), 75))


def _cells(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cells = cv2.resize(pixels, _CELLS_WH, interpolation=cv2.INTER_AREA).astype(np.float64)
    margin = round(_STRIP * _CELLS_WH[1])
    red, green, blue = cells[margin:-margin].reshape(-1, 3).T
    luminance = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = np.stack([0.564 * (blue - luminance), 0.713 * (red - luminance)], axis=1)
    seen = (luminance > _DARK) & (luminance < _BRIGHT)
    return luminance[seen], chroma[seen]


def _stray(band: NDArray[np.float64]) -> NDArray[np.float64]:
    centre = np.median(band, axis=0)
    return np.asarray(np.linalg.norm(band - centre, axis=1))
