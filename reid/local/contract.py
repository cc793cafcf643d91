"""What every method of local features does."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from reid.types import Annotation, Image, LocalFeatures


@runtime_checkable
class LocalExtractor(Protocol):
    """Finds and describes points on one animal.

    Points lie on the animal's mask, in pixels of the upright picture; a mirrored picture's points
    in pixels of the patch flipped about its own middle. The same picture gives the same points. An
    animal without texture gives no points, never an error.
    """

    @property
    def method(self) -> str:
        """Algorithm, weights and settings: only features of equal methods are ever matched."""

    def animal(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features on the animal.

        Raises:
            AnnotationError: the box lies outside the picture.
            WeightsMissingError, WeightsAlteredError: of a learned method.
        """

    def mirrored(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features of the animal's picture flipped left to right (a control)."""

    def erased(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features after the pattern is blurred away: only shape and light stay (a control)."""

    def background(self, image: Image, annotation: Annotation) -> LocalFeatures:
        """Features of what surrounds the animal, at the animal's own scale (a control)."""
