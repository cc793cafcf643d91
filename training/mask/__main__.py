"""Fit the animal mask head: ``python -m training.mask --out weights/mask-head``.

Renders synthetic animals, fits the decoder over the frozen network, judges it on other animals
before other backgrounds, and writes the head. No photograph is read.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from reid.detect.mask_head import ABOUT, save_head
from reid.detect.mask_network import Backbone, MaskHead
from reid.embed import use_threads
from training.evaluation.tables import table
from training.mask.fit import Recipe, fit
from training.mask.judge import Overlap, looks, overlap
from training.mask.scenes import make_scenes

SCENES = Path("build") / "mask" / "scenes"
OTHERS_SEED, OTHERS = 901, 20  # animals and places that only judge
TOLD_EVERY = 20  # steps


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    given = _parser().parse_args(arguments)
    use_threads(given.threads)
    recipe = replace(Recipe(), seed=given.seed, animals=given.animals, steps=given.steps)
    others = make_scenes(given.scenes, OTHERS_SEED, given.others, workers=given.workers)
    if not given.judge:
        paths = make_scenes(given.scenes, recipe.seed, recipe.animals, workers=given.workers)
        started = time.process_time()
        head = fit(paths, recipe, Backbone(), partial(_tell, given.out, recipe))
        print(f"fitted in {time.process_time() - started:.0f} s of one core")
        save_head(given.out, head, _about(recipe))
    found = {name: overlap(others, look, seed=1) for name, look in looks(given.out).items()}
    print(_table(found))
    _write_figures(given.out / ABOUT, found["mask head"])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, prog="training.mask")
    parser.add_argument("--out", type=Path, required=True, help="folder of the head")
    parser.add_argument(
        "--judge", action="store_true", help="only judge the head in --out, and note its figures"
    )
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    parser.add_argument("--animals", type=int, default=Recipe().animals)
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--others", type=int, default=OTHERS, help="animals that judge")
    parser.add_argument("--scenes", type=Path, default=SCENES, help="where scenes are kept")
    parser.add_argument("--workers", type=int, default=1, help="processes that render")
    parser.add_argument("--threads", type=int, default=1)
    return parser


def _about(recipe: Recipe) -> dict[str, Any]:
    return {
        "trained_on": "synthetic animals (training.synthetic)",
        "licence": "Apache-2.0",
        "recipe": recipe.as_dict(),
    }


def _write_figures(path: Path, found: Overlap) -> None:
    about = json.loads(path.read_text(encoding="utf-8"))
    about["unseen_synthetic"] = {name: round(v, 4) for name, v in asdict(found).items()}
    path.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _tell(out: Path, recipe: Recipe, step: int, loss: float, head: MaskHead) -> None:
    """Now and then: the loss, and the head so far, as if these steps had been asked for."""
    if step % TOLD_EVERY == 0:
        print(f"step {step}: loss {loss:.3f}", flush=True)
        save_head(out, head, _about(replace(recipe, steps=step)))


def _table(found: Mapping[str, Overlap]) -> str:
    rows = [
        (name, o.number, f"{o.mean:.3f}", f"{o.median:.3f}", f"{100 * o.good:.0f} %")
        for name, o in found.items()
    ]
    return table(("outline", "animals", "mean IoU", "median IoU", "IoU of 0.75 or more"), rows)


if __name__ == "__main__":
    raise SystemExit(main())
