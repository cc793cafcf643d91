"""What the frozen part of a bundle sees of each picture, computed once and kept by content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from reid.embed import animal_crop
from reid.embed.network import build_network
from reid.embed.preprocess import fill_rgb, network_input
from reid.image import open_image
from reid.weights import Bundle, fingerprint
from training.data import Row
from training.data.beside import written_whole
from training.data.masks import annotation_of
from training.lab.hooks import Told, unheard
from training.learn.outlines import tight

Floats = NDArray[np.float32]
BATCH = 16
KEEP_EVERY = 12
"""Batches between two writings: what a kill costs at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The linear head of a bundle: ``vector = weight @ pooled + bias``, then length 1."""

    weight: Floats = field(repr=False)
    bias: Floats = field(repr=False)

    def raw(self, pooled: Floats) -> Floats:
        """(n, width) pooled features to (n, dim), before they are brought to length 1."""
        return np.asarray(pooled @ self.weight.T + self.bias, dtype=np.float32)

    def __call__(self, pooled: Floats) -> Floats:
        """(n, width) pooled features to (n, dim) unit rows."""
        return unit(self.raw(pooled))


def unit(rows: Floats) -> Floats:
    """Rows of length 1."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def head_of(bundle: Bundle) -> Head:
    """The bundle's head; one that has none gets the identity over what it pools."""
    network = build_network(bundle)
    head = network.vector_head
    if head is None:
        return Head(np.eye(bundle.manifest.dim, dtype=np.float32), np.zeros(1, np.float32))
    bias = head.bias.numpy() if head.bias is not None else np.zeros(1, np.float32)
    return Head(head.weight.numpy().copy(), np.asarray(bias).copy())


class FrozenFeatures:
    """Pooled features of one bundle's backbone; ``folder`` keeps them, None keeps nothing."""

    def __init__(self, bundle: Bundle, folder: Path | None) -> None:
        self._bundle = bundle
        self._file = folder / f"pooled-{fingerprint(bundle)}.npz" if folder else None
        self._network = build_network(bundle)

    def of(
        self,
        rows: Sequence[Row],
        keys: Sequence[str],
        told: Told = unheard,
        check: Callable[[], None] = unheard,
    ) -> Floats:
        """(n, width) of rows with the keys of their content; ``check`` may raise between batches,
        and what was computed until then is kept.
        """
        known = self._read()
        missing = [k for k, key in enumerate(keys) if key not in known]
        try:
            for start in range(0, len(missing), BATCH):
                check()
                part = missing[start : start + BATCH]
                found = self._pooled([rows[k] for k in part])
                known |= {keys[k]: row for k, row in zip(part, found, strict=True)}
                told("features", len(rows) - len(missing) + start + len(part), len(rows))
                if start % (BATCH * KEEP_EVERY) == BATCH * (KEEP_EVERY - 1):
                    self._write(known)
        finally:
            if missing:
                self._write(known)
        width = len(next(iter(known.values()))) if known else 0
        return np.stack([known[key] for key in keys]) if len(keys) else np.empty((0, width))

    def _pooled(self, rows: Sequence[Row]) -> Floats:
        preprocessing = self._bundle.manifest.preprocessing
        crops = []
        for row in rows:
            image = open_image(row.path)
            animal = tight(annotation_of(row, image), image.size_wh)
            fill = fill_rgb(preprocessing)
            crop = animal_crop(image, animal, preprocessing.crop, fill_rgb=fill)
            crops.append(crop[:, ::-1].copy() if row.mirrored else crop)
        pixels = torch.from_numpy(network_input(crops, preprocessing))
        with torch.inference_mode():
            return self._network.pooled(self._network.features(pixels)).float().numpy()

    def _read(self) -> dict[str, Floats]:
        if self._file is None or not self._file.is_file():
            return {}
        with np.load(self._file) as kept:
            return dict(zip(kept["keys"].tolist(), kept["pooled"], strict=True))

    def _write(self, known: dict[str, Floats]) -> None:
        if self._file is None or not known:
            return
        known = self._read() | known  # another process may have kept others meanwhile
        with written_whole(self._file) as beside:
            np.savez(beside, keys=np.array(list(known)), pooled=np.stack(list(known.values())))
