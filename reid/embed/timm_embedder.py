"""Embeddings by a timm network from a bundle.

Imports torch: reach it through ``reid.embed.load_embedder``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from reid.embed.contract import EmbedderOutput
from reid.embed.crop import animal_crop
from reid.embed.network import build_network
from reid.embed.preprocess import fill_rgb, network_input
from reid.errors import WeightsAlteredError
from reid.types import Annotation, Image
from reid.weights import Bundle, Licence, fingerprint, state_sha256

DEFAULT_BATCH = 16  # 240 x 240 activations of 16 crops stay near 0.5 GB; larger is no faster on CPU


class TimmEmbedder:
    """An `Embedder` over any timm architecture; the network is built once and only read."""

    def __init__(self, bundle: Bundle, *, batch_size: int = DEFAULT_BATCH) -> None:
        """Build the network. Raises what `build_network` raises."""
        self._network = build_network(bundle)
        self._manifest = bundle.manifest
        self._channels = int(self._network.backbone.num_features)  # type: ignore[arg-type]
        self._batch_size = max(1, batch_size)
        hub = bundle.manifest.kind == "hub"
        state = state_sha256(self._network.backbone.state_dict()) if hub else ""
        self._fingerprint = fingerprint(bundle, state_sha256=state)

    @property
    def fingerprint(self) -> str:
        """16 hex digits: weights, architecture, preprocessing, crop policy."""
        return self._fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._manifest.dim

    @property
    def licence(self) -> Licence:
        """The weights' licence, to be shown with what they produce."""
        return self._manifest.licence

    def crop(self, image: Image, annotation: Annotation) -> NDArray[np.uint8]:
        """The animal under the bundle's crop policy; see `animal_crop`."""
        preprocessing = self._manifest.preprocessing
        fill = fill_rgb(preprocessing)
        return animal_crop(image, annotation, preprocessing.crop, fill_rgb=fill)

    def embed(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dim) float32 unit rows; (0, dim) for no crops. Raises as `forward`."""
        return self.forward(crops, feature_map=False).vectors

    def forward(
        self, crops: Sequence[NDArray[np.uint8]], *, feature_map: bool = True
    ) -> EmbedderOutput:
        """Vectors, logits and feature maps, in batches, without gradients.

        Raises:
            InputError: a crop that is not (height, width, 3) uint8.
            WeightsAlteredError: a vector that cannot be normalised: the weights are no good.
        """
        if not crops:
            return self._empty()
        starts = range(0, len(crops), self._batch_size)
        parts = [self._batch(crops[i : i + self._batch_size], feature_map) for i in starts]
        return EmbedderOutput(
            np.concatenate([part.vectors for part in parts]),
            _joined([part.logits for part in parts]),
            _joined([part.feature_map for part in parts]),
        )

    def _batch(self, crops: Sequence[NDArray[np.uint8]], keep_map: bool) -> EmbedderOutput:
        pixels = torch.from_numpy(network_input(crops, self._manifest.preprocessing))
        with torch.inference_mode():
            features = self._network.features(pixels)
            logits = self._network.logits(features) if self._manifest.classes else None
            vectors = functional.normalize(self._network.vectors(features).float(), dim=1)
        is_map = keep_map and features.ndim == 4 and features.shape[1] == self._channels
        return EmbedderOutput(
            self._checked(vectors),
            None if logits is None else logits.float().numpy(),
            features.float().numpy() if is_map else None,
        )

    def _checked(self, vectors: Tensor) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = vectors.numpy()
        lengths = np.linalg.norm(rows, axis=1)
        if not np.all(np.abs(lengths - 1) < 1e-3):  # also false for NaN
            raise WeightsAlteredError(
                f"bundle {self._manifest.name!r}: expected vectors of length 1, found "
                f"{lengths.min():.3g} to {lengths.max():.3g}; the weights or their preprocessing "
                "are damaged: run `reid weights verify`"
            )
        return rows

    def _empty(self) -> EmbedderOutput:
        classes = self._manifest.classes
        logits = np.empty((0, classes), dtype=np.float32) if classes else None
        return EmbedderOutput(np.empty((0, self.dim), dtype=np.float32), logits)


def _joined(parts: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    present = [part for part in parts if part is not None]
    return np.concatenate(present) if present else None
