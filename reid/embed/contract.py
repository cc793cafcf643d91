"""What every embedder promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from reid.types import Annotation, Image


@dataclass(frozen=True, slots=True, eq=False)
class EmbedderOutput:
    """What one forward pass gives, in the order of the crops.

    ``vectors`` (n, dim) float32, rows of length 1; ``logits`` (n, classes) float32 of the
    classifier head, None without one; ``feature_map`` (n, channels, rows, columns) float32 before
    pooling, None when it was not asked for or the network has no such map (transformers).
    """

    vectors: NDArray[np.float32] = field(repr=False)
    logits: NDArray[np.float32] | None = field(default=None, repr=False)
    feature_map: NDArray[np.float32] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.vectors)


@runtime_checkable
class Embedder(Protocol):
    """Crops to unit vectors. Safe to share between threads.

    Crops are (height, width, 3) uint8 RGB of any size. Vectors of different fingerprints must
    never be compared; the fingerprint covers weights, preprocessing and crop policy.
    """

    @property
    def fingerprint(self) -> str:
        """16 hex digits: weights, architecture, preprocessing, crop policy."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def crop(self, image: Image, annotation: Annotation) -> NDArray[np.uint8]:
        """The animal as this embedder wants to see it."""

    def embed(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) unit rows; (0, dim) for no crops."""

    def forward(
        self, crops: Sequence[NDArray[np.uint8]], *, feature_map: bool = True
    ) -> EmbedderOutput:
        """Vectors, logits and feature maps of one pass."""
