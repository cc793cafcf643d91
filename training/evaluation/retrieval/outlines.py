"""Where the animal of a row is: the table's word, the outline inside a known box, or a search."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from reid.detect import Localiser, load_localiser
from reid.detect.masks import animal_mask, bounds
from reid.detect.pinned import FOCUS
from reid.detect.saliency import Saliency
from reid.types import Annotation, Box, Image
from training.data import Row
from training.data.masks import annotation_of

NO_OUTLINE = "no-outline"
LEAST_FILL = 0.1  # of the box: a smaller outline is a speck, and the box says more


@dataclass(frozen=True, slots=True)
class Outliner:
    """Finds outlines; ``frames`` says that pictures without a box are whole camera-trap frames.

    A table's own outline is taken as it is. Inside a table's box, and in crops (a picture without
    a box that is no frame), saliency outlines what the box is known to hold. In frames the
    default localiser finds the animal; of several the largest counts.
    """

    frames: bool = False
    localiser: Localiser = field(default_factory=load_localiser)
    saliency: Saliency = field(default_factory=Saliency)

    @property
    def fingerprint(self) -> str:
        """Of weights and settings; a frame's and a crop's outlines differ."""
        searched = self.localiser.fingerprint if self.frames else "crops"
        return f"{searched}|focus:{FOCUS.sha256[:12]}:{LEAST_FILL}"

    def outline(self, row: Row, image: Image) -> tuple[Annotation, tuple[str, ...]]:
        """The animal and flags; ``no-outline`` where only the box is known.

        Raises:
            TableError, AnnotationError: the table's box or outline does not fit the picture.
            WeightsError: the localiser's weights are missing or altered.
        """
        given = annotation_of(row, image)
        if given.mask is not None:
            return given, ()
        if row.box is None and self.frames:
            found = sorted(self.localiser.locate(image), key=lambda a: -_area(a.box))
            return (found[0], ()) if found else (given, (NO_OUTLINE,))
        return self._inside(image, given)

    def _inside(self, image: Image, given: Annotation) -> tuple[Annotation, tuple[str, ...]]:
        x0, y0, x1, y1 = given.box.window(image.size_wh)
        window = image.pixels[y0:y1, x0:x1]
        mask = animal_mask(self.saliency(window), np.array([0.0, 0.0, x1 - x0, y1 - y0]))
        edges = bounds(mask)
        if edges is None or mask.mean() < LEAST_FILL:
            return given, (NO_OUTLINE,)
        left, top, right, bottom = (int(v) for v in edges)
        box = Box(float(x0 + left), float(y0 + top), float(right - left), float(bottom - top))
        return replace(given, box=box, mask=mask[top:bottom, left:right].copy()), ()


def _area(box: Box) -> float:
    return box.width_px * box.height_px
