"""`reid train`, without its command line: from tables and a recipe to a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reid.embed import load_embedder
from reid.errors import ConfigError
from reid.weights import Bundle
from training.learn.judge import rank
from training.learn.prepared import Told, prepare_run
from training.learn.recipe import Recipe
from training.learn.report import write_card, write_logs, write_report
from training.learn.run import STATE, Run, choose_device
from training.learn.sampler import ClassPair
from training.learn.write import write_bundle

BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a finished run left."""

    bundle: Bundle
    report: Path
    run: Run


def train(
    recipe: Recipe,
    tables: Sequence[Path],
    out: Path,
    told: Told,
    *,
    resume: bool = False,
    threads: int = 2,
    name: str = "",
    version: str = "",
    rejected: Sequence[ClassPair] = (),
) -> Trained:
    """Train to the end, or go on with a run in ``out``; returns the bundle ``out/bundle``.

    ``threads`` are shared between the steps and, from two up, the processes that make pictures.
    Equal recipe, data, seed and threads give equal weights on one CPU, however often the run was
    cut off. ``rejected``: pairs of classes that people called two animals; see `Batches`.

    Raises:
        ConfigError: ``out`` holds a run and ``resume`` is off, or the run is of other inputs.
        InputError: data that may not train; see `training.learn.rights`.
        TableError, WeightsError: what cannot be read.
    """
    if not resume and (out / STATE).exists():
        raise ConfigError(f"{out}: a run lies there; go on with --resume or choose another --out")
    device = choose_device(threads)
    prepared = prepare_run(recipe, tables, out, told, rejected)
    run = Run(prepared, out, device=device)
    if resume and (out / STATE).exists():
        run.resume()
    run.go(told, workers=threads // 2)
    write_logs(run)
    bundle = write_bundle(
        run, out / BUNDLE, name=name or f"rosette-{recipe.name}", version=version or "1"
    )
    written = rank(load_embedder(bundle).embed(prepared.crops), prepared.among)
    write_card(run, bundle, written)
    return Trained(bundle, write_report(run, bundle, written), run)
