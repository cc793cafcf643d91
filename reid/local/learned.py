"""What learned extractors share: a patch in, points on the animal out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.local.patch import Patch
from reid.local.tone import even_contrast
from reid.types import LocalFeatures

if TYPE_CHECKING:
    from torch import Tensor

LEAST_SIDE_PX = 32
"""Both networks halve a picture five times."""
POINT_PX = 8.0
"""The size given to every point, in patch pixels: these networks describe one scale."""


class Points(NamedTuple):
    """What a network finds: ``xy`` (n, 2) patch pixels, ``descriptors`` (n, d), best first."""

    xy: NDArray[np.float32]
    descriptors: NDArray[np.float32]


def network_input(patch: Patch, tone_sigma_px: float) -> NDArray[np.float32]:
    """(h, w) float32 in [0, 1], contrast made even (``tone_sigma_px`` 0: off).

    Padded at the right and bottom with the middle grey to the least side that the networks take.
    """
    grey = patch.grey
    if tone_sigma_px > 0:
        grey = even_contrast(grey, patch.mask, tone_sigma_px)
    missing = [(0, max(0, LEAST_SIDE_PX - side)) for side in grey.shape]
    return np.pad(grey.astype(np.float32) / 255, missing, constant_values=0.5)


def inner_mask(patch: Patch, erode_px: int) -> NDArray[np.uint8]:
    """The patch's mask without its rim, where the outline and not the coat is described."""
    kernel = np.ones((erode_px, erode_px), np.uint8)
    return np.asarray(cv2.erode(patch.mask, kernel), dtype=np.uint8)


def on_animal(points: Points, inside: NDArray[np.uint8], limit: int) -> Points:
    """The best ``limit`` points that lie inside."""
    height, width = inside.shape
    column, row = np.rint(points.xy).astype(np.int64).T
    within = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    within[within] = inside[row[within], column[within]] > 0
    keep = np.flatnonzero(within)[:limit]
    return Points(points.xy[keep], points.descriptors[keep])


def as_features(points: Points, patch: Patch, method: str, zoom: float) -> LocalFeatures:
    """Features in picture pixels; neither network gives a scale or an angle of its own."""
    n = len(points.xy)
    return LocalFeatures(
        xy_px=patch.to_picture(points.xy),
        scale_px=np.full(n, POINT_PX / patch.scale, dtype=np.float32),
        angle_rad=np.zeros(n, dtype=np.float32),
        descriptors=points.descriptors,
        weight=np.ones(n, dtype=np.float32),
        method=method,
        unit_px=zoom / patch.scale,
    )


def as_arrays(xy: Tensor, descriptors: Tensor) -> Points:
    """Tensors on the CPU as the arrays that go between stages."""
    return Points(
        xy.detach().numpy().astype(np.float32).reshape(-1, 2),
        descriptors.detach().numpy().astype(np.float32),
    )
