"""One animal in one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from reid.errors import AnnotationError
from reid.types.checks import require


class AnnotationOrigin(StrEnum):
    """Who drew the box."""

    USER = "user"
    MEGADETECTOR = "megadetector"
    LOCALISER = "localiser"
    WHOLE_IMAGE = "whole-image"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture: left, top, width, height.

    The pixel (0, 0) covers [-0.5, 0.5] in pixel-centre coordinates; a box of the whole picture
    is ``Box(0, 0, width, height)`` in edge coordinates, the convention of COCO and Camtrap DP.
    """

    x_px: float
    y_px: float
    width_px: float
    height_px: float

    def __post_init__(self) -> None:
        values = (self.x_px, self.y_px, self.width_px, self.height_px)
        require(
            all(math.isfinite(v) for v in values), f"box: not finite: {values}", AnnotationError
        )
        require(
            self.width_px > 0 and self.height_px > 0,
            f"box: expected a positive width and height, found {values}",
            AnnotationError,
        )

    def window(self, size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
        """Whole-pixel (x0, y0, x1, y1), clipped to the picture, end-exclusive.

        Raises:
            AnnotationError: if nothing of the box lies inside the picture.
        """
        width, height = size_wh
        x0, y0 = max(0, math.floor(self.x_px)), max(0, math.floor(self.y_px))
        x1 = min(width, math.ceil(self.x_px + self.width_px))
        y1 = min(height, math.ceil(self.y_px + self.height_px))
        require(
            x1 > x0 and y1 > y0,
            f"box {self} lies outside the picture of {width} x {height} pixels; boxes are "
            "left, top, width, height in pixels of the upright picture",
            AnnotationError,
        )
        return x0, y0, x1, y1


@dataclass(frozen=True, slots=True, eq=False)
class Annotation:
    """One animal in one picture: a box and perhaps a mask.

    ``mask`` is boolean, (y1 - y0, x1 - x0) of ``box.window(size)``, true on the animal; None
    when only the box is known. ``confidence`` is the localiser's score in [0, 1], not a
    calibrated probability. ``flags``: ``"whole-image"``, ``"touches-edge"``, ``"not-a-leopard"``,
    ``"no-animal"``, ``"several-animals"`` ...
    """

    media_sha256: str
    box: Box
    origin: AnnotationOrigin
    confidence: float = 1.0
    mask: NDArray[np.bool_] | None = field(default=None, repr=False)
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(
            0.0 <= self.confidence <= 1.0,
            f"confidence: expected 0 to 1, found {self.confidence}",
            AnnotationError,
        )
        if self.mask is not None:
            require(
                self.mask.ndim == 2 and self.mask.dtype == np.bool_,
                f"mask: expected (height, width) bool, found {self.mask.shape} {self.mask.dtype}",
                AnnotationError,
            )
