"""Names of evidence pictures, and the picture behind a name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from reid.errors import NotFoundError
from reid.evidence.pictures import annotation_picture, pair_picture
from reid.types import Comparison, PairEvidence, PreparedAnnotation


def pair_name(pair: PairEvidence) -> str:
    """File name of a pair's picture: the same for the same annotation ids, safe in a URL."""
    return f"pair-{_digest(pair.a, pair.b)}.jpg"


def annotation_name(animal: PreparedAnnotation) -> str:
    """File name of one annotation's picture."""
    return f"animal-{_digest(animal.id)}.jpg"


def evidence_picture(comparison: Comparison, name: str) -> NDArray[np.uint8]:
    """The picture with a name from `comparison_json`, (height, width, 3) uint8 RGB.

    Raises:
        NotFoundError: if the comparison has no picture of that name.
    """
    synthetic = "synthetic" in comparison.flags
    animals = {animal.id: animal for animal in comparison.annotations}
    for pair in all_pairs(comparison):
        if pair_name(pair) == name and pair.a in animals and pair.b in animals:
            return pair_picture(animals[pair.a], animals[pair.b], pair, synthetic=synthetic)
    for animal in comparison.annotations:
        if annotation_name(animal) == name:
            return annotation_picture(animal, synthetic=synthetic)
    raise NotFoundError(
        f"comparison {comparison.id} has no evidence picture {name!r}; the names are under "
        "'picture' in its JSON"
    )


def all_pairs(comparison: Comparison) -> Iterator[PairEvidence]:
    """Every pair of annotations compared, each once."""
    seen: set[tuple[str, str]] = set()
    for sightings in comparison.pairs:
        for pair in (*(f.best for f in sightings.flanks), *sightings.pairs):
            if (pair.a, pair.b) not in seen:
                seen.add((pair.a, pair.b))
                yield pair


def _digest(*ids: str) -> str:
    return hashlib.sha256("\0".join(ids).encode()).hexdigest()[:16]
