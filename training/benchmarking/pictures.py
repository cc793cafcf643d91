"""Synthetic sightings for the benchmark, rendered in processes of their own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from reid.types import Flank, Sighting, SightingMedia
from training.synthetic import Difficulty, encode_jpeg, render, sample_spec

FRAMES, KNOWN_FRAMES = 3, 4
ASKED = (("first", 901), ("second", 901), ("other", 902))
KNOWN = (901, 903, 904)


def comparison_sightings(workers: int) -> list[Sighting]:
    """Two sightings of one animal and one of another, three frames each, left flanks."""
    tasks = [(name, seed, FRAMES, k) for k, (name, seed) in enumerate(ASKED)]
    return _render(tasks, workers)


def known_sightings(workers: int) -> list[Sighting]:
    """Three animals, four frames each, from which a catalogue is multiplied."""
    tasks = [(f"known-{seed}", seed, KNOWN_FRAMES, 10 + k) for k, seed in enumerate(KNOWN)]
    return _render(tasks, workers)


def _render(tasks: list[tuple[str, int, int, int]], workers: int) -> list[Sighting]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_sighting, tasks))


def _sighting(task: tuple[str, int, int, int]) -> Sighting:
    name, individual, frames, salt = task
    rng = np.random.default_rng([individual, salt])
    specs = [sample_spec(rng, individual, Difficulty.GOOD, flank=Flank.LEFT) for _ in range(frames)]
    media = (
        SightingMedia(f"synthetic-{name}-{k}.jpg", encode_jpeg(render(s)), flank=Flank.LEFT)
        for k, s in enumerate(specs)
    )
    return Sighting(name, tuple(media))
