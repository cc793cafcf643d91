"""The four looks at a picture that every extractor shares; only describing a patch differs."""

from __future__ import annotations

from abc import ABC, abstractmethod

import cv2
import numpy as np

from reid.local.patch import Patch, animal_patch, body_scale, grey_of, picture_mask, resized
from reid.types import Annotation, Image, LocalFeatures

LONGEST_PX = 1200
"""Side to which a whole picture is cut down for its background."""


class PatchExtractor(ABC):
    """Looks at the animal, its mirror image, its blurred shape and what surrounds it.

    ``zoom`` is the patch's size over the common body size; ``tone_sigma_px`` the radius of "local"
    in patch pixels, with which a pattern is erased.
    """

    zoom: float = 1.0
    tone_sigma_px: float
    background_keypoints: int

    @property
    @abstractmethod
    def method(self) -> str:
        """Algorithm, weights and settings."""

    @abstractmethod
    def patch(self, patch: Patch, *, limit: int | None = None) -> LocalFeatures:
        """Features of a patch, at most ``limit`` (None: the method's own number)."""

    def animal(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features on the animal, in pixels of the upright picture."""
        return self.patch(animal_patch(image, annotation, zoom=self.zoom))

    def mirrored(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features of the animal's picture flipped left to right (a control)."""
        return self.patch(animal_patch(image, annotation, zoom=self.zoom).mirrored())

    def erased(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features after the pattern is blurred away and only shape and light stay (a control)."""
        patch = animal_patch(image, annotation, zoom=self.zoom)
        blurred = cv2.GaussianBlur(patch.grey, (0, 0), self.tone_sigma_px)
        return self.patch(
            Patch(np.asarray(blurred, dtype=np.uint8), patch.mask, patch.scale, patch.origin_xy)
        )

    def background(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features of what surrounds the animal (a control), at the animal's own scale."""
        scale = min(body_scale(annotation, image) * self.zoom, LONGEST_PX / max(image.size_wh))
        grey = resized(grey_of(image.pixels), scale)
        animal = picture_mask(image, annotation)
        grown = cv2.dilate(animal, np.ones((9, 9), np.uint8), iterations=3)
        outside = 1 - cv2.resize(grown, grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
        patch = Patch(grey, np.asarray(outside, dtype=np.uint8), scale, (0, 0))
        return self.patch(patch, limit=self.background_keypoints)
