"""YOLOX finds, the animal mask head outlines: a tenth of the default's weights, and faster.

Both look at a window around the detector's box; the default asks a saliency network what stands
out there, this one a decoder that was trained to tell animal from ground, grass and branches.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reid.detect.apart import SETTINGS
from reid.detect.boxes import Floats, Pixels
from reid.detect.mask_head import AnimalHeat
from reid.detect.outlined import (
    MARGIN,
    MIN_EXTENT,
    MIN_FILL,
    OVER_BORDER,
    WIDE_MARGIN,
    OutlinedLocaliser,
)
from reid.detect.saliency import Heat
from reid.detect.yolox_localiser import MIN_SCORE
from reid.types import Annotation, Image

OTHER_OUTLINE = "other-outline"
"""The shipped calibration was made with the default's outlines: every answer then says so."""


class MaskedLocaliser(OutlinedLocaliser):
    """``Localiser``: boxes of YOLOX-tiny, each outlined by the mask head in its own window."""

    name = "yolox-mask"
    license = "MIT AND Apache-2.0"

    def __init__(self, root: Path | None = None, *, min_score: float = MIN_SCORE) -> None:
        super().__init__(root, min_score=min_score)
        self._animal = AnimalHeat(root)

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations, surest first; see ``Localiser``. Each says who outlined it."""
        found = super().locate(image)
        return [replace(a, flags=(*a.flags, OTHER_OUTLINE)) for a in found]

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""
        settings = f"{MARGIN}:{WIDE_MARGIN}:{MIN_FILL}:{MIN_EXTENT}:{OVER_BORDER}:{SETTINGS}"
        return f"{self._boxes.settings}+{self._animal.settings}:{settings}"

    def _heat(self, pixels: Pixels, window: Floats, box: Floats) -> tuple[Heat, tuple[int, int]]:
        return self._animal.inside(pixels, window, box)
