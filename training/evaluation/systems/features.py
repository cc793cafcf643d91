"""Local features of animals, kept on disk by content and method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from reid.local.contract import LocalExtractor
from reid.types import Annotation, Image, LocalFeatures
from training.data.beside import written_whole
from training.evaluation.retrieval.animals import Animal
from training.evaluation.systems.contract import Task

_ARRAYS = ("xy_px", "scale_px", "angle_rad", "descriptors", "weight")


Look = Literal["animal", "mirrored", "background"]


def features_of(
    animals: Sequence[Animal], extractor: LocalExtractor, task: Task, look: Look = "animal"
) -> list[LocalFeatures]:
    """Features of each animal, of its mirror image, or of what surrounds it.

    Descriptors are kept in half precision: what it costs (about 0.0005 of a unit vector) is far
    below the difference of two frames.
    """
    name = extractor.method.replace("/", "_") + ("" if look == "animal" else f"-{look}")
    folder = task.cache / "features" / name if task.cache else None
    found = []
    for number, animal in enumerate(animals):
        found.append(_one(animal, extractor, folder, look))
        task.told(f"local features, {look}", number + 1, len(animals))
    return found


def _one(
    animal: Animal, extractor: LocalExtractor, folder: Path | None, look: Look
) -> LocalFeatures:
    extract: Callable[[Image, Annotation], LocalFeatures] = getattr(extractor, look)
    path = folder / animal.key[:2] / f"{animal.key}.npz" if folder else None
    if path is None:
        return _single(extract(*animal.picture()))
    if not path.is_file():
        measured = extract(*animal.picture())
        arrays = {name: getattr(measured, name) for name in _ARRAYS}
        arrays["descriptors"] = arrays["descriptors"].astype(np.float16)
        with written_whole(path) as beside:
            np.savez(beside, unit_px=measured.unit_px, **arrays)
    with np.load(path) as kept:
        read = {name: kept[name].astype(np.float32) for name in _ARRAYS}
        return LocalFeatures(**read, method=extractor.method, unit_px=float(kept["unit_px"]))


def _single(features: LocalFeatures) -> LocalFeatures:
    """As it would come back from the disk, so that a cache changes no figure."""
    halved = features.descriptors.astype(np.float16).astype(np.float32)
    arrays = {name: getattr(features, name) for name in _ARRAYS} | {"descriptors": halved}
    return LocalFeatures(**arrays, method=features.method, unit_px=features.unit_px)
