"""A network trained from the champion by a recipe of `training.learn`, before its head."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from reid.weights import Bundle
from training.data import Dataset
from training.lab.hooks import Hooks
from training.lab.rejected import Sides
from training.learn.continuing import continuing
from training.learn.examples import class_of
from training.learn.prepared import Told
from training.learn.recipe import Recipe
from training.learn.sampler import ClassPair
from training.learn.train import train

HEAD = ("image_id", "identity", "path", "bbox", "orientation", "sighting", "light", "mask_path")


def trained_network(
    recipe: Recipe, champion: Bundle, own: Dataset, more: Sequence[Path], folder: Path,
    hooks: Hooks, *, threads: int, apart: Sides = (),
) -> Bundle:  # fmt: skip
    """The champion after training on ``own`` and the tables ``more``; goes on where it was killed.

    A share of the individuals only stops it early, and where nothing got better the champion's
    own weights are what is written. ``hooks.point`` hears of an epoch once it was judged, and of
    all of them in the end. ``apart``: rejected pairs, by the rows of ``own``.
    """
    table = _table(own, folder / "own")
    chosen: Recipe = recipe.model_copy(update={"network": continuing(recipe.network, champion)})
    run, hearing = folder / "network", _Hearing(hooks)
    pairs = class_pairs(own, apart, table.parent.name)
    trained = train(
        chosen, [table, *more], run, hearing, resume=True, threads=threads, name="network",
        rejected=pairs,
    )  # fmt: skip
    for line in trained.run.progress.epochs:  # whatever became of the curve of a run cut off
        hearing.epoch(line)
    return trained.bundle


def class_pairs(own: Dataset, apart: Sides, name: str) -> tuple[ClassPair, ...]:
    """The flanks of rejected pairs, each once, as a table of that name has them."""
    pairs = ((own.rows[a[0]], own.rows[b[0]]) for a, b in apart)
    return tuple(dict.fromkeys((class_of(name, one), class_of(name, two)) for one, two in pairs))


def _table(own: Dataset, folder: Path) -> Path:
    """The rows as a table that `training.data` reads; paths are this machine's."""
    folder.mkdir(parents=True, exist_ok=True)
    rights = {"licence": own.rights.licence, "use": own.rights.use.value}
    (folder / "dataset.json").write_text(json.dumps(rights) + "\n", encoding="utf-8")
    table = folder / "metadata.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEAD)
        writer.writeheader()
        for row in own.rows:
            box = row.box and [row.box.x_px, row.box.y_px, row.box.width_px, row.box.height_px]
            writer.writerow(
                {
                    "image_id": row.image_id,
                    "identity": row.identity,
                    "path": row.path.resolve(),
                    "bbox": json.dumps(box) if box else "",
                    "orientation": str(row.flank),
                    "sighting": row.sighting,
                    "light": str(row.light) if row.light else "",
                    "mask_path": row.mask_path.resolve() if row.mask_path else "",
                }
            )
    return table


class _Hearing(Told):
    """What `training.learn` tells, as hooks hear it; between steps the run may be stopped."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    def outlines(self, done: int, of: int) -> None:
        """See `Told`."""
        self._hooks.check()
        self._hooks.told("outlines", done, of)

    def step(self, step: int, of: int, loss: float) -> None:
        """See `Told`."""
        del loss
        self._hooks.check()
        self._hooks.told("training", step, of)

    def epoch(self, line: dict[str, float]) -> None:
        """See `Told`."""
        self._hooks.point({name: line[name] for name in ("step", "map", "top1")})
