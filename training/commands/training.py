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
    name: str,
    threads: int,
) -> None:
    """Train to the end and show the report."""
    chosen = _started_from(read_recipe(recipe), init)
    with Board(out) as board:
        found = train(chosen, data, out, board, resume=resume, threads=threads, name=name)
    show(found.report.read_text(encoding="utf-8"))
    say(f"written: {found.bundle.directory}; use it with its path or put it into the weights root")


def _started_from(recipe: Recipe, init: str) -> Recipe:
    if not init:
        return recipe
    network = recipe.network.model_copy(update={"init": init, "architecture": ""})
    return recipe.model_copy(update={"network": network})
