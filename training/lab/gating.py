"""On which sets champion and challenger meet, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reid.errors import ConfigError, TableError
from training.data import Dataset, read_dataset
from training.lab.comparing import Compared, compare
from training.lab.gate import OWN
from training.lab.hooks import Hooks
from training.lab.judging import Bench, CannotJudgeError, Contender
from training.lab.recipe import LabRecipe
from training.lab.synthetic import reference_table

SYNTHETIC = "synthetic reference"
NamedSet = tuple[str, Dataset]


@dataclass(frozen=True, slots=True)
class Met:
    """What was compared, and by name of a set why it could not judge."""

    compared: Compared
    unjudged: Mapping[str, str] = field(default_factory=dict)


def read_references(tables: Sequence[Path]) -> tuple[NamedSet, ...]:
    """Reference tables by the name that lines have; one that is named twice counts once.

    Raises:
        TableError: one that cannot be read; says which.
        ConfigError: two in folders of one name.
    """
    found: dict[str, tuple[Path, Dataset]] = {}
    for path in tables:
        try:
            dataset = read_dataset(path)
        except TableError as error:
            raise TableError(f"reference {path}: {error}") from error
        name = f"reference {dataset.name}"
        before = found.setdefault(name, (dataset.root, dataset))[0]
        if before != dataset.root:
            raise ConfigError(
                f"reference tables: expected folders of different names, found {before} and "
                f"{dataset.root}; rename one"
            )
    return tuple((name, dataset) for name, (_, dataset) in found.items())


def look_at(bench: Bench, references: Sequence[NamedSet]) -> None:
    """Open every picture of the references, before hours are spent.

    Raises:
        InputError: one that cannot be used; says of which table.
    """
    for name, dataset in references:
        try:
            bench.task(name, dataset)
        except CannotJudgeError:  # the report says so
            continue


def meet(
    bench: Bench,
    own: Dataset,
    recipe: LabRecipe,
    references: Sequence[NamedSet],
    contenders: tuple[Contender, Contender],
    *,
    cache: Path,
    hooks: Hooks,
    replicates: int,
) -> Met:
    """Both on the own held-out individuals, on synthetic animals and on every reference.

    Raises:
        InputError: a picture that cannot be used; says of which table.
    """
    sets, unjudged = [], {}
    for name, dataset in _sets(own, recipe, references, cache, hooks):
        hooks.check()
        try:
            sets.append(bench.both(name, dataset, *contenders))
        except CannotJudgeError as error:
            unjudged[name] = error.why
    hooks.check()
    return Met(compare(sets, replicates=replicates), unjudged)


def _sets(
    own: Dataset,
    recipe: LabRecipe,
    references: Sequence[NamedSet],
    cache: Path,
    hooks: Hooks,
) -> Iterator[NamedSet]:
    yield OWN, own
    if recipe.reference_individuals:
        yield SYNTHETIC, read_dataset(reference_table(recipe, cache, hooks))
    yield from references
