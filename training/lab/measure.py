"""How far retraining carries: ``python -m training.lab.measure --data FOLDER --out DIR``.

Half of the tigers are a place's catalogue, the other half are its world: individuals that no part
of the run has seen. Writes ``retraining.md`` and ``retraining.json``, and with ``--page`` the
recipe's section of docs/retraining.md; no weights leave ``--out``. Weights that saw tigers are
CC BY-NC-SA 4.0 and are never shipped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reid.labels.dealing import Part
from training.lab.measure_told import told
from training.lab.measured import line_words
from training.lab.outside import learning_curve, outer_lines
from training.lab.page import write_section
from training.lab.recipe import LabRecipe, read_lab_recipe
from training.lab.run import LabRun
from training.lab.suspicious import nodes_of
from training.lab.training_set import TrainingSet
from training.lab.world import World, place_of, planted, run_place, world_of

TITLE = "How far it carries"
COMMAND = "python -m training.lab.measure --data FOLDER --page docs/retraining.md"


def main(words: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds amur-tiger/")
    parser.add_argument("--out", type=Path, default=Path("build") / "retraining")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=int, default=0, help="the first so many; 0: all")
    parser.add_argument("--recipe", default="lab-head")
    parser.add_argument("--synthetic", type=int, default=-1, help="individuals; -1: the recipe's")
    parser.add_argument("--clean", action="store_true", help="no wrong labels and no curve")
    parser.add_argument("--page", type=Path, help="its section is written there, as docs have it")
    asked = parser.parse_args(words)
    cache = asked.cache or asked.out / "cache"
    recipe = read_lab_recipe(asked.recipe)
    if asked.synthetic >= 0:
        few = {"synthetic_individuals": asked.synthetic, "reference_individuals": asked.synthetic}
        recipe = recipe.model_copy(update=few)
    world = world_of(asked.data, asked.out, cache, seed=asked.seed, pictures=asked.pictures)
    found = measure_clean if asked.clean else measure
    measured = found(world, asked.out, recipe, cache, seed=asked.seed)
    (asked.out / "retraining.json").write_text(json.dumps(measured, indent=1), "utf-8")
    text = told(measured)
    (asked.out / "retraining.md").write_text(text, encoding="utf-8")
    if asked.page:
        write_section(asked.page, *_section(recipe, asked.clean), text)
    print(text)


def _section(recipe: LabRecipe, clean: bool) -> tuple[str, str]:
    """Title and command of a recipe's section; that of heads, the usual one, needs no name."""
    more = " --clean" if clean else ""
    if recipe.learn == "head":
        return TITLE, COMMAND + more
    return f"How far {recipe.name} carries", f"{COMMAND} --recipe {recipe.name}{more}"


def measure(
    world: World, out: Path, recipe: LabRecipe, cache: Path, *, seed: int
) -> dict[str, Any]:
    """Everything, in the order of what is worth most when time runs out."""
    run, found = _measured(world, out, recipe, cache)
    wrong = planted(world, seed=seed)
    dirty = place_of(world, wrong)
    spoilt, left, _ = run_place(world, dirty, out / "wrong-labels", recipe, cache)
    found["wrong_labels"] = {
        **found_in_first_tenth(spoilt, dirty, wrong),
        "contradicted": sum(s.contradicted for s in left.suspicions),
        "passed": left.gate.passed,
        "reasons": list(left.gate.refusals),
        "outside": [line_words(line) for line in outer_lines(world, spoilt, left.bundle)],
    }
    _keep(out, found)
    found["curve"] = learning_curve(world, run, seed=seed)
    return found


def measure_clean(
    world: World, out: Path, recipe: LabRecipe, cache: Path, *, seed: int
) -> dict[str, Any]:
    """What the place gains by its own labels, all right: the first of what `measure` finds."""
    del seed
    return _measured(world, out, recipe, cache)[1]


def _measured(
    world: World, out: Path, recipe: LabRecipe, cache: Path
) -> tuple[LabRun, dict[str, Any]]:
    clean = place_of(world)
    run, done, seconds = run_place(world, clean, out / "clean", recipe, cache)
    found: dict[str, Any] = {
        "recipe": recipe.name,
        "pictures": len(world.made.entries),
        "individuals": len({e.identity for e in world.made.entries}),
        "place": {p.value: len({e.identity for e in clean.of(p)}) for p in Part},
        "seconds": round(seconds),
        "shrink": done.shrink,
        "gate": {"passed": done.gate.passed, "reasons": list(done.gate.refusals)},
        "outside": [line_words(line) for line in outer_lines(world, run, done.bundle)],
        "inside": [line_words(line) for line in done.gate.lines],
        "contradicted": sum(s.contradicted for s in done.suspicions),
        "sightings": len(done.suspicions),
    }
    _keep(out, found)
    return run, found


def _keep(out: Path, found: Mapping[str, Any]) -> None:
    (out / "retraining.json").write_text(json.dumps(found, indent=1), "utf-8")


def found_in_first_tenth(
    run: LabRun, made: TrainingSet, wrong: Mapping[str, str]
) -> dict[str, Any]:
    """How many of the planted labels stand in the first tenth of the list."""
    listed = json.loads((run.folder / "suspicious.json").read_text(encoding="utf-8"))
    train = made.of(Part.TRAIN)
    nodes = nodes_of(
        [e.identity for e in train],
        [str(e.flank) for e in train],
        [e.sighting for e in train],
        np.array([e.group for e in train], dtype=np.int64),
    )
    bad = {f"group-{name.rpartition('#')[2]}" for name in wrong}
    first = listed[: max(1, len(listed) // 10)]
    return {
        "sightings": len(nodes),
        "listed": len(listed),
        "planted": len(bad),
        "in_first_tenth": len({one["sighting"] for one in first} & bad),
    }


if __name__ == "__main__":
    main()
