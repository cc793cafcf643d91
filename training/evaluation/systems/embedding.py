"""Cosines of an embedding bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from reid.embed import Embedder, load_embedder
from reid.weights import load_bundle
from training.data.beside import written_whole
from training.evaluation.retrieval.animals import Animal
from training.evaluation.systems.contract import Entries, Floats, Task

Sight = Literal["animal", "box", "background"]
"""What the network sees: the animal with everything else painted over, the box with what is in
it, or the box with the animal painted over (a control: it must not identify anybody)."""
GROWN = 0.04  # of the box's longer side: an outline's edge must not draw the animal's shape
BATCH = 16


@dataclass(frozen=True)
class EmbeddingComparer:
    """Cosine of unit vectors; vectors are kept by content, sight and fingerprint."""

    bundle: str
    sight: Sight = "animal"
    dense: bool = field(default=True, init=False)
    llr: bool = field(default=False, init=False)
    relative: bool = field(default=False, init=False)

    @cached_property
    def embedder(self) -> Embedder:
        """The bundle's embedder, with the crop policy that the sight asks for."""
        said = load_bundle(self.bundle)
        own = said.manifest.preprocessing.crop
        background: Literal["grey", "keep"] = "grey" if self.sight == "animal" else "keep"
        return load_embedder(said, crop=own.model_copy(update={"background": background}))

    @cached_property
    def method(self) -> str:
        """Bundle, fingerprint and sight."""
        return f"{load_bundle(self.bundle).name}@{self.sight}:{self.embedder.fingerprint}"

    def matrix(self, task: Task) -> Floats:
        """(n, m) cosines; see `Comparer`."""
        vectors = self.vectors(task.animals, task)
        cosines = vectors[task.plan.queries] @ vectors[task.plan.gallery].T
        return np.asarray(cosines, dtype=np.float32)

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) cosines; see `Comparer`."""
        return np.asarray(self.matrix(task)[entries[:, 0], entries[:, 1]])

    def vectors(self, animals: Sequence[Animal], task: Task) -> Floats:
        """(len(animals), dim) unit rows."""
        folder = task.cache / "vectors" / self.method.replace("/", "_") if task.cache else None
        known = _read(folder)
        missing = [a for a in animals if a.key not in known]
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            found = self.embedder.embed([self._crop(a) for a in part])
            known |= {a.key: v for a, v in zip(part, found, strict=True)}
            task.told(f"vectors, {self.method}", start + len(part), len(missing))
        if missing:
            _write(folder, known)
        return np.stack([known[a.key] for a in animals])

    def _crop(self, animal: Animal) -> NDArray[np.uint8]:
        image, annotation = animal.picture()
        if self.sight != "background" or annotation.mask is None:
            return self.embedder.crop(image, annotation)
        pixels = self.embedder.crop(image, replace(annotation, mask=None)).copy()
        reach = 2 * round(GROWN * max(pixels.shape[:2])) + 1
        mask = cv2.resize(annotation.mask.astype(np.uint8), pixels.shape[1::-1])
        pixels[cv2.dilate(mask, np.ones((reach, reach), np.uint8)) > 0] = 128
        return pixels


def _read(folder: Path | None) -> dict[str, Floats]:
    if folder is None or not (folder / "vectors.npz").is_file():
        return {}
    with np.load(folder / "vectors.npz") as kept:
        return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))


def _write(folder: Path | None, known: dict[str, Floats]) -> None:
    if folder is not None:
        known = _read(folder) | known  # another process may have kept others meanwhile
        with written_whole(folder / "vectors.npz") as beside:
            np.savez(beside, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
