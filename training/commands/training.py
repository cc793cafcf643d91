"""What ``reid train`` does, behind its options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reid.cli.console import say, show
from training.learn.board import Board
from training.learn.recipe import Recipe, read_recipe
from training.learn.train import train


def train_and_tell(
    data: Sequence[Path],
    recipe: str,
    out: Path,
    *,
    resume: bool,
    init: str,
    interpolate: float | None,
    name: str,
    version: str,
    threads: int,
) -> None:
    """Train to the end and show the report."""
    chosen = _chosen(read_recipe(recipe), init, interpolate)
    with Board(out) as board:
        found = train(
            chosen, data, out, board, resume=resume, threads=threads, name=name, version=version
        )
    show(*found.report.read_text(encoding="utf-8").splitlines())
    say(f"written: {found.bundle.directory}; use it with its path or put it into the weights root")


def _chosen(recipe: Recipe, init: str, interpolate: float | None) -> Recipe:
    changes: dict[str, object] = {}
    if init:
        changes["network"] = recipe.network.model_copy(update={"init": init, "architecture": ""})
    if interpolate is not None:
        changes["schedule"] = recipe.schedule.model_copy(update={"interpolate": interpolate})
    return recipe.model_copy(update=changes)
