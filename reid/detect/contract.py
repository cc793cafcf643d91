"""What every localiser does, and what stands in where none finds anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from reid.types import Annotation, AnnotationOrigin, Box, Image

NO_ANIMAL, WHOLE_IMAGE, SEVERAL = "no-animal", "whole-image", "several-animals"
TOUCHES_EDGE, MASK_IS_BOX = "touches-edge", "mask-is-box"
BOX_OF_SEVERAL = "box-of-several"


@runtime_checkable
class Localiser(Protocol):
    """Finds animals in pictures.

    ``name`` is short and stable; ``fingerprint`` changes with weights and settings, so that two
    results can be known to come from the same machinery; ``license`` is an SPDX expression of
    the weights.
    """

    @property
    def name(self) -> str:
        """Short and stable."""

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""

    @property
    def license(self) -> str:
        """SPDX expression."""

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations with box, mask and confidence, surest first; empty: nothing found.

        Raises:
            WeightsMissingError: the weights are not there.
            WeightsAlteredError: the weights are not the pinned ones.
        """


def whole_image(image: Image) -> Annotation:
    """The fallback: all of the picture, no mask, confidence 0, loudly flagged."""
    box = Box(0.0, 0.0, *map(float, image.size_wh))
    flags = (WHOLE_IMAGE, NO_ANIMAL)
    return Annotation(image.sha256, box, AnnotationOrigin.WHOLE_IMAGE, 0.0, None, flags)


def locate_or_whole(localiser: Localiser, image: Image) -> list[Annotation]:
    """``localiser.locate``, or the whole picture flagged ``whole-image`` and ``no-animal``."""
    return localiser.locate(image) or [whole_image(image)]


def finish(found: list[Annotation], size_wh: tuple[int, int]) -> list[Annotation]:
    """Surest first, with the flags that depend on the frame and on the others."""
    ordered = sorted(found, key=lambda a: -a.confidence)
    several = (SEVERAL,) if len(ordered) > 1 else ()
    return [replace(a, flags=(*a.flags, *_edge(a.box, size_wh), *several)) for a in ordered]


def _edge(box: Box, size_wh: tuple[int, int]) -> tuple[str, ...]:
    x0, y0, x1, y1 = box.window(size_wh)
    # Two pixels: resampling seldom puts a cut animal's box exactly on the border.
    cut = min(x0, y0, size_wh[0] - x1, size_wh[1] - y1) < 2
    return (TOUCHES_EDGE,) if cut else ()


def full_mask(
    box: Box, size_wh: tuple[int, int]
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """All true, the shape that ``Annotation.mask`` has for this box."""
    x0, y0, x1, y1 = box.window(size_wh)
    return np.ones((y1 - y0, x1 - x0), np.bool_)
