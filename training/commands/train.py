"""``reid train``: tables and a recipe to a weights bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command(no_args_is_help=True)
def train(
    data: Annotated[
        list[Path],
        typer.Option(help="A metadata table, or the folder that holds metadata.csv. Repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run: state, logs, report, bundle.")],
    recipe: Annotated[
        str, typer.Option(help="laptop-tiny, laptop, words, gpu, or a TOML file.")
    ] = "laptop",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out where it was cut off.")
    ] = False,
    init: Annotated[str, typer.Option(help="A bundle to start from instead of the recipe's.")] = "",
    interpolate: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Weight of the trained backbone against the one it started from; a finished run "
            "is written anew with --resume.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="The bundle's name; default: after the recipe.")] = "",
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
) -> None:
    """Train the rosette model: one bundle, with card and report, under its data's licence."""
    from training.commands.training import train_and_tell

    train_and_tell(
        data,
        recipe,
        out,
        resume=resume,
        init=init,
        interpolate=interpolate,
        name=name,
        threads=threads,
    )
