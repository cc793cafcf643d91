"""Which pictures train and which judge, and what class each picture is of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from reid.errors import TableError
from reid.types import Flank
from training.data import Dataset, Row
from training.learn.recipe import HeldOut

JUDGES = ("val", "valid", "validation", "test", "query", "gallery", "database")
LEAST = 2  # pictures of a class, or it has no positive


@dataclass(frozen=True, slots=True)
class FlankClass:
    """One flank of one animal, as it is or mirrored.

    A flipped left flank looks like a right flank, of an animal that does not exist: it is a class
    of its own, and never the same as the animal's other flank.
    """

    dataset: str
    identity: str
    flank: Flank
    mirrored: bool = False

    @property
    def flipped(self) -> FlankClass:
        """The class of the same pictures shown flipped."""
        return FlankClass(self.dataset, self.identity, self.flank, not self.mirrored)


@dataclass(frozen=True, slots=True)
class Example:
    """One picture with the class that it is of when shown as it is.

    ``family`` is the kind of coat (or the species), ``group`` the sighting.
    """

    row: Row
    of: FlankClass
    family: str
    group: str


@dataclass(frozen=True, slots=True)
class Split:
    """Examples that train and examples, of other individuals, that judge."""

    train: tuple[Example, ...]
    held_out: tuple[Example, ...]


def examples_of(dataset: Dataset) -> list[Example]:
    """Every row with an identity; a flank that the table does not name is its only one."""
    return [_example(dataset.name, row) for row in dataset.rows if row.identity]


def split_examples(datasets: Sequence[Dataset], held_out: HeldOut, *, seed: int) -> Split:
    """By individual: no individual is on both sides. Classes with one picture cannot train.

    Where any table names individuals that judge, tables with a ``split`` are taken by their word;
    else a seeded share of the individuals of each judges.

    Raises:
        TableError: fewer than two classes to train on, or an individual that its table puts on
            both sides.
    """
    train: list[Example] = []
    judge: list[Example] = []
    told = [_told(dataset) for dataset in datasets]
    named = any(any(by_name.values()) for by_name in told)
    for dataset, by_name in zip(datasets, told, strict=True):
        judges = {name for name, is_judge in by_name.items() if is_judge}
        if not (named and by_name):
            judges = _drawn(dataset, held_out, seed)
        for example in examples_of(dataset):
            (judge if example.row.identity in judges else train).append(example)
    train = _with_positives(train)
    if len({e.of for e in train}) < 2:
        raise TableError(
            f"{', '.join(d.name for d in datasets)}: expected at least two flanks with {LEAST} "
            f"pictures each to train on, found {len({e.of for e in train})}"
        )
    return Split(tuple(train), tuple(_with_positives(judge)))


def _told(dataset: Dataset) -> dict[str, bool]:
    """By individual, what the column ``split`` says: does it judge? Empty without the column."""
    told: dict[str, bool] = {}
    for row in dataset.rows:
        judges = row.split.lower() in JUDGES
        if row.split and row.identity and told.setdefault(row.identity, judges) != judges:
            raise TableError(
                f"{dataset.name}, {row.image_id}, split: expected all pictures of individual "
                f"{row.identity!r} on one side, found {row.split!r}; split by individual"
            )
    return told


def _drawn(dataset: Dataset, held_out: HeldOut, seed: int) -> set[str]:
    names = dataset.identities
    order = np.random.default_rng([seed, _number(dataset.name)]).permutation(len(names))
    return {names[k] for k in order[: round(held_out.share * len(names))]}


def class_of(dataset: str, row: Row) -> FlankClass:
    """What a row of the dataset of that name is shown as, not mirrored."""
    flank = row.flank if row.flank in (Flank.LEFT, Flank.RIGHT) else Flank.UNKNOWN
    return FlankClass(dataset, row.identity, flank)


def _example(dataset: str, row: Row) -> Example:
    family = row.extra.get("family") or row.species or dataset
    group = row.sighting and f"{dataset}|{row.sighting}"
    return Example(row, class_of(dataset, row), family, group)


def _with_positives(examples: Iterable[Example]) -> list[Example]:
    found = list(examples)
    counts: dict[FlankClass, int] = {}
    for example in found:
        counts[example.of] = counts.get(example.of, 0) + 1
    return [e for e in found if counts[e.of] >= LEAST]


def _number(word: str) -> int:
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
