"""Synthetic leopards put through the real stages, kept small: what calibration is fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from reid.pipeline import Engine, prepare
from reid.types import Flank, PreparedAnnotation, Sighting, SightingMedia
from reid.view.flank import side_contrast
from training.synthetic import Difficulty, encode_jpeg, render, sample_spec

DIFFICULTIES = (Difficulty.GOOD, Difficulty.FAIR, Difficulty.FAIR, Difficulty.ANY, Difficulty.POOR)


@dataclass(frozen=True, eq=False)
class Measured:
    """One synthetic picture measured; pixels are dropped, the truth is kept."""

    individual: int
    flank: Flank
    animal: PreparedAnnotation = field(repr=False)
    contrast: NDArray[np.float32] = field(repr=False)


def measure_many(first: int, count: int, seed: int, workers: int) -> list[Measured]:
    """``count`` individuals from ``first`` on, five pictures each; individuals that the localiser
    cannot find in a picture lose that picture.
    """
    tasks = [(individual, seed) for individual in range(first, first + count)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        found = []
        for number, pictures in enumerate(pool.map(_measure, tasks), start=1):
            found += pictures
            print(f"measured {number} of {count} individuals", flush=True)
        return found


@cache
def _engine() -> Engine:
    return Engine.load(threads=1, calibrated=False)


def _measure(task: tuple[int, int]) -> list[Measured]:
    return list(measure_individual(*task))


def measure_individual(individual: int, seed: int) -> Iterator[Measured]:
    """The pictures of one individual's one flank, left for even seeds and right for odd ones."""
    engine = _engine()
    flank = Flank.LEFT if individual % 2 == 0 else Flank.RIGHT
    rng = np.random.default_rng([seed, individual])
    for number, difficulty in enumerate(DIFFICULTIES):
        spec = replace(sample_spec(rng, individual, difficulty, flank=flank), strip=None)
        picture = encode_jpeg(render(spec))
        media = SightingMedia(f"picture-{number}.jpg", picture, flank=flank)
        for animal in prepare(engine, Sighting(f"{individual}-{number}", (media,))).annotations[:1]:
            crop = engine.screener.crop(animal.image, animal.annotation)
            seen = engine.screener.forward([crop]).feature_map
            if seen is not None and "no-animal" not in animal.annotation.flags:
                yield Measured(individual, flank, _light(animal), side_contrast(seen)[0])


def _light(animal: PreparedAnnotation) -> PreparedAnnotation:
    """Without pixels: hundreds must fit in memory."""
    pixel = np.zeros((1, 1, 3), dtype=np.uint8)
    return replace(animal, image=replace(animal.image, pixels=pixel))
