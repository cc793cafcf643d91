"""Everything that a run needs before its first step: tables, split, rights, outlines, crops."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reid.errors import ConfigError
from reid.weights import Licence, Preprocessing
from training.data import Dataset, read_dataset
from training.learn import loop
from training.learn.examples import Split, split_examples
from training.learn.judge import Judged, judged
from training.learn.network import preprocessing_of, start_bundle
from training.learn.outlines import Outlines
from training.learn.recipe import Recipe
from training.learn.rights import licence_of_weights
from training.learn.sampler import BatchSampler, ClassPair


class Told(Protocol):
    """Who is told how a run goes: a progress bar, logs, a test."""

    def outlines(self, done: int, of: int) -> None:
        """Outlines are looked for where tables have none."""

    def step(self, step: int, of: int, loss: float) -> None:
        """A step is done."""

    def epoch(self, line: dict[str, float]) -> None:
        """An epoch is done; the numbers of its line."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Everything that a run needs and that a resumed run must find unchanged."""

    recipe: Recipe
    datasets: tuple[Dataset, ...]
    licence: Licence
    preprocessing: Preprocessing
    split: Split
    sampler: BatchSampler
    among: Judged
    crops: list[NDArray[np.uint8]]
    outlines: Outlines
    rejected: tuple[ClassPair, ...] = ()

    @property
    def inputs(self) -> dict[str, str]:
        """What identifies them, by name."""
        tables = "".join(sorted(d.sha256 for d in self.datasets))
        found = {
            "recipe": self.recipe.sha256,
            "data": hashlib.sha256(tables.encode()).hexdigest(),
        }
        if self.rejected:
            found["rejected"] = hashlib.sha256(repr(self.rejected).encode()).hexdigest()
        return found


def prepare_run(
    recipe: Recipe,
    tables: Sequence[Path],
    folder: Path,
    told: Told,
    rejected: Sequence[ClassPair] = (),
) -> Prepared:
    """Read tables, refuse what may not train, split, find outlines.

    Raises:
        TableError, InputError, ConfigError, WeightsError: see the functions called.
    """
    datasets = tuple(read_dataset(table) for table in tables)
    if len({d.name for d in datasets}) < len(datasets):
        named = {}
        for dataset, table in zip(datasets, tables, strict=True):
            named[dataset.name] = str(table)
        raise ConfigError(
            f"--data: expected tables in folders of different names, found {', '.join(named)} "
            "twice: identities are told apart by it; rename one folder"
        )
    start = start_bundle(recipe.network)
    licence = licence_of_weights(start.manifest.licence if start else None, datasets)
    split = split_examples(datasets, recipe.held_out, seed=recipe.seed)
    outlines = _outlines(split, folder, told)
    preprocessing = preprocessing_of(recipe.network)
    among = judged(split.held_out, at_most=recipe.held_out.pictures, seed=recipe.seed)
    crops = loop.plain_crops(among.examples, preprocessing, outlines)
    pairs = tuple(rejected)
    sampler = BatchSampler(split.train, recipe.batches, seed=recipe.seed, rejected=pairs)
    return Prepared(
        recipe, datasets, licence, preprocessing, split, sampler, among, crops, outlines, pairs
    )


def _outlines(split: Split, folder: Path, told: Told) -> Outlines:
    found = Outlines(folder / "outlines")
    rows = [e.row for e in (*split.train, *split.held_out)]
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        told.outlines(done, len(rows))

    found.find(rows, count)
    return found
