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
CELL = 8  # numbers of a descriptor that describe one cell of its patch


def fill(
    library: Library,
    sightings: Sequence[Sighting],
    *,
    seed: int = 5,
    annotations: int = ANNOTATIONS,
) -> None:
    """Store about 250 sightings of four annotations through the real catalogue and enrol them.

    Pictures are shared between sightings (the catalogue stores each once). The first is stored as
    it is. Embeddings of all others are moved, so that they are confused. Each cell of their
    descriptors comes from another point of the picture: no coat matches another, and the
    descriptors still lie as those of photographs do (an index visits 1.3 times the rows that it
    would if its lists were equally long; with photographs 1.1 to 1.2, with noise added 4).
    """
    measured = [prepare(library.engine, s) for s in sightings]
    rng = np.random.default_rng(seed)
    total = number = 0
    while total < annotations:
        base = measured[number % len(measured)]
        name = f"stored-{number:04d}"
        chosen = base.annotations[: annotations - total]
        animals = tuple(_copies(chosen, name, rng) if number else _renamed(chosen, name))
        library.catalogue.save_sighting(replace(base.sighting, id=name), animals)
        individual = f"animal-{number % INDIVIDUALS}"
        library.catalogue.enrol(name, individual, by="benchmark")
        total, number = total + len(animals), number + 1
    library.search.sync()
    library.search.votes.sync()


def _renamed(animals: Sequence[PreparedAnnotation], name: str) -> Iterator[PreparedAnnotation]:
    for k, animal in enumerate(animals):
        yield replace(animal, id=f"{name}/{k + 1}-1", sighting_id=name)


def _copies(
    animals: Sequence[PreparedAnnotation], name: str, rng: np.random.Generator
) -> Iterator[PreparedAnnotation]:
    for animal in _renamed(animals, name):
        yield replace(
            animal,
            embedding=Embedding(
                _moved(animal.embedding.vector[None], rng)[0], animal.embedding.fingerprint
            ),
            features=_strange(animal.features, rng),
            mirrored=_strange(animal.mirrored, rng),
        )


def _strange(features: LocalFeatures, rng: np.random.Generator) -> LocalFeatures:
    rows = features.descriptors
    count = len(rows)
    cells = rows.reshape(count, -1, CELL)
    others = np.stack([cells[rng.permutation(count), k] for k in range(cells.shape[1])], axis=1)
    mixed = others.reshape(count, -1)
    lengths = np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)
    return replace(features, descriptors=(mixed / lengths).astype(np.float32))


def _moved(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unit rows (n, d) float32 moved by noise of about ``JITTER``."""
    noise = rng.standard_normal(rows.shape, dtype=np.float32) * (JITTER / rows.shape[1] ** 0.5)
    moved = rows + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
