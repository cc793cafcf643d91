"""With which pictures the product finds a match: what the identifiability head is fitted on.

A picture is found when the calibrated evidence of at least one pair with another occasion of its
own flank is what a verdict "same" takes at the default prior and accepted error.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reid.config import PipelineConfig
from reid.errors import InputError
from reid.pipeline import Engine
from reid.types import PreparedAnnotation
from reid.view.identifiability import quality_features
from training.calibration.fit import llr_of
from training.calibration.measured import measure_individual
from training.calibration.pairs import score_animals

FIRST_INDIVIDUAL = 40_000
"""None of those that the calibration was fitted on."""
Floats = NDArray[np.float64]
Labelled = tuple[str, PreparedAnnotation]


def sure_llr(max_error: float = PipelineConfig().max_error) -> float:
    """The llr (natural) at which a pair alone is called "same", at a prior of one half."""
    return math.log(1 / max_error - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Pictures with others to find: ``features`` (n, 6) as `quality_features`, ``llr`` (n,) of the
    best pair with another picture of the same flank, ``individual`` (n,).
    """

    features: Floats
    llr: Floats
    individual: NDArray[np.int64]

    @property
    def found(self) -> NDArray[np.bool_]:
        """(n,) whether that pair is convincing."""
        return self.llr >= sure_llr() - 1e-9

    def of(self, chosen: NDArray[np.bool_]) -> Looked:
        """The chosen pictures."""
        return Looked(self.features[chosen], self.llr[chosen], self.individual[chosen])

    @classmethod
    def joined(cls, parts: Sequence[Looked]) -> Looked:
        """All pictures.

        Raises:
            InputError: there is none.
        """
        if not sum(len(part.llr) for part in parts):
            raise InputError(
                "expected pictures of one flank from several occasions, found none: ask for more "
                "individuals"
            )
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


def look(engine: Engine, individual: int, animals: Sequence[PreparedAnnotation]) -> Looked:
    """One flank of one individual, a picture an occasion; nothing of a picture that is alone.

    Raises:
        InputError: the engine has no calibration.
    """
    if engine.calibration is None:
        raise InputError("expected a bundle with a calibration, found none: no llr to judge by")
    couples = list(itertools.combinations(range(len(animals)), 2))
    if not couples:
        return Looked(np.zeros((0, 6)), np.zeros(0), np.zeros(0, dtype=np.int64))
    pairs = [(animals[a], animals[b]) for a, b in couples]
    who = np.full((len(pairs), 2), individual)
    scored = score_animals(engine, pairs, np.ones(len(pairs), dtype=bool), who, threads=1)
    best = np.full(len(animals), -np.inf)
    llr = llr_of(engine.calibration.pair, scored, engine.calibration.miss.unmodelled)
    for couple, value in zip(couples, llr, strict=True):
        best[list(couple)] = np.maximum(best[list(couple)], value)
    features = np.stack([quality_features(a.view.quality) for a in animals])
    return Looked(features, best, np.full(len(animals), individual))


def look_at(engine: Engine, animals: Sequence[Labelled]) -> Looked:
    """Photographed animals, each with the name of its flank."""
    groups: dict[str, list[PreparedAnnotation]] = {}
    for name, animal in animals:
        groups.setdefault(name, []).append(animal)
    return Looked.joined([look(engine, k, groups[name]) for k, name in enumerate(sorted(groups))])


def look_at_synthetic(folder: Path, count: int, seed: int, workers: int) -> Looked:
    """``count`` synthetic leopards, five occasions each, from good to hardly legible.

    Each individual is kept in the folder, so that a run that was cut off goes on.
    """
    tasks = [(folder, FIRST_INDIVIDUAL + k, seed) for k in range(count)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return Looked.joined(list(_told(pool.map(_synthetic, tasks), count)))


def _told(parts: Iterator[Looked], count: int) -> Iterator[Looked]:
    for number, part in enumerate(parts, start=1):
        print(f"looked at {number} of {count} individuals", flush=True)
        yield part


@cache
def _engine() -> Engine:
    return Engine.load(threads=1)


def _synthetic(task: tuple[Path, int, int]) -> Looked:
    folder, individual, seed = task

    def make() -> Looked:
        return look(_engine(), individual, [m.animal for m in measure_individual(individual, seed)])

    return kept(folder / f"synthetic-{seed}-{individual}.npz", make)


def kept(path: Path, make: Callable[[], Looked]) -> Looked:
    """What ``make`` gives; what is in the file is not measured again."""
    if not path.is_file():
        looked = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **{f.name: getattr(looked, f.name) for f in fields(Looked)})
    with np.load(path) as held:
        return Looked(**{f.name: held[f.name] for f in fields(Looked)})
