"""A catalogue of 1,000 annotations, multiplied from a few measured ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from reid.pipeline import Library, prepare
from reid.types import Embedding, LocalFeatures, PreparedAnnotation, Sighting

ANNOTATIONS = 1000
INDIVIDUALS = 125
JITTER = 0.3  # length of the noise against a descriptor's length of 1: other animals, not copies


def fill(library: Library, sightings: Sequence[Sighting], *, seed: int = 5) -> None:
    """Store about 250 sightings of four annotations through the real catalogue and enrol them.

    Pictures are shared between sightings (the catalogue stores each once); embeddings and
    descriptors are jittered, so that no two sightings are alike to search and matching.
    """
    measured = [prepare(library.engine, s) for s in sightings]
    rng = np.random.default_rng(seed)
    total = number = 0
    while total < ANNOTATIONS:
        base = measured[number % len(measured)]
        name = f"stored-{number:04d}"
        animals = tuple(_copies(base.annotations[: ANNOTATIONS - total], name, rng))
        library.catalogue.save_sighting(replace(base.sighting, id=name), animals)
        individual = f"animal-{number % INDIVIDUALS}"
        library.catalogue.enrol(name, individual, by="benchmark")
        total, number = total + len(animals), number + 1
    library.search.sync()


def _copies(
    animals: Sequence[PreparedAnnotation], name: str, rng: np.random.Generator
) -> Iterator[PreparedAnnotation]:
    for k, animal in enumerate(animals):
        yield replace(
            animal,
            id=f"{name}/{k + 1}-1",
            sighting_id=name,
            embedding=Embedding(
                _moved(animal.embedding.vector[None], rng)[0], animal.embedding.fingerprint
            ),
            features=_features(animal.features, rng),
            mirrored=_features(animal.mirrored, rng),
        )


def _features(features: LocalFeatures, rng: np.random.Generator) -> LocalFeatures:
    return replace(features, descriptors=_moved(features.descriptors, rng))


def _moved(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unit rows (n, d) float32 moved by noise of about the length ``JITTER``."""
    noise = rng.standard_normal(rows.shape, dtype=np.float32) * (JITTER / rows.shape[1] ** 0.5)
    moved = rows + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
