"""A catalogue of 1,000 annotations, multiplied from a few measured ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from reid.pipeline import Library, prepare
from reid.types import Embedding, LocalFeatures, PreparedAnnotation, Sighting

ANNOTATIONS = 1000
INDIVIDUALS = 125
JITTER = 0.3  # length of the noise against a vector's length of 1: alike to the embedding
STRANGE = 1.0  # of the noise in descriptors: nothing of one coat is left in the other


def fill(library: Library, sightings: Sequence[Sighting], *, seed: int = 5) -> None:
    """Store about 250 sightings of four annotations through the real catalogue and enrol them.

    Pictures are shared between sightings (the catalogue stores each once). The first is stored as
    it is; embeddings and descriptors of all others are moved, so that the embedding confuses them
    and their coats do not match: what a search meets in a catalogue.
    """
    measured = [prepare(library.engine, s) for s in sightings]
    rng = np.random.default_rng(seed)
    total = number = 0
    while total < ANNOTATIONS:
        base = measured[number % len(measured)]
        name = f"stored-{number:04d}"
        alike, strange = (JITTER, STRANGE) if number else (0.0, 0.0)
        chosen = base.annotations[: ANNOTATIONS - total]
        animals = tuple(_copies(chosen, name, rng, alike, strange))
        library.catalogue.save_sighting(replace(base.sighting, id=name), animals)
        individual = f"animal-{number % INDIVIDUALS}"
        library.catalogue.enrol(name, individual, by="benchmark")
        total, number = total + len(animals), number + 1
    library.search.sync()
    library.search.votes.sync()


def _copies(
    animals: Sequence[PreparedAnnotation],
    name: str,
    rng: np.random.Generator,
    alike: float,
    strange: float,
) -> Iterator[PreparedAnnotation]:
    for k, animal in enumerate(animals):
        yield replace(
            animal,
            id=f"{name}/{k + 1}-1",
            sighting_id=name,
            embedding=Embedding(
                _moved(animal.embedding.vector[None], rng, alike)[0],
                animal.embedding.fingerprint,
            ),
            features=_features(animal.features, rng, strange),
            mirrored=_features(animal.mirrored, rng, strange),
        )


def _features(features: LocalFeatures, rng: np.random.Generator, length: float) -> LocalFeatures:
    return replace(features, descriptors=_moved(features.descriptors, rng, length))


def _moved(rows: np.ndarray, rng: np.random.Generator, length: float = JITTER) -> np.ndarray:
    """Unit rows (n, d) float32 moved by noise of about this length."""
    noise = rng.standard_normal(rows.shape, dtype=np.float32) * (length / rows.shape[1] ** 0.5)
    moved = rows + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
