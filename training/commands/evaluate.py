"""``reid evaluate``: predict, report, or both."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Evaluate retrieval and calibration on a table of labelled pictures.",
    add_completion=False,
    no_args_is_help=True,
)
Data = Annotated[
    Path, typer.Option(help="A metadata table, or the folder that holds metadata.csv.")
]
ProtocolName = Annotated[str, typer.Option("--protocol", help="A name (`list`) or a TOML file.")]
Cache = Annotated[
    Path | None,
    typer.Option(help="Folder of what need not be measured twice; default: the user's cache."),
]
Threads = Annotated[int, typer.Option(min=1, help="Threads.")]
Replicates = Annotated[int, typer.Option(min=10, help="Bootstrap draws for the intervals.")]
Fitted = Annotated[
    Path | None,
    typer.Option(help="Predictions whose fitted fusion weights are used instead of fitting."),
]


@app.command()
def predict(
    data: Data,
    system: Annotated[str, typer.Option(help="A system (`list`), such as lite1>rootsift.")],
    out: Annotated[Path, typer.Option(help="The file of predictions (.npz) to write.")],
    protocol: ProtocolName = "leave-one-out",
    fitted: Fitted = None,
    cache: Cache = None,
    threads: Threads = 1,
) -> None:
    """Ask one system under one protocol and keep everything that it said."""
    from training.commands.evaluating import predict_one

    predict_one(data, protocol, system, out, fitted=fitted, cache=cache, threads=threads)


@app.command()
def report(
    predictions: Annotated[list[Path], typer.Argument(help="Files that `predict` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for report.md, figures.json and plots.")],
    data: Annotated[
        Path | None, typer.Option(help="The dataset: then worst mistakes are shown as pictures.")
    ] = None,
    calibrated_on: Annotated[
        list[Path] | None,
        typer.Option(help="Predictions on another dataset that calibrate those of their system."),
    ] = None,
    replicates: Replicates = 1000,
) -> None:
    """Tables, figures and plots of predictions; those of one setting stand in one table."""
    from training.commands.evaluating import report_all

    report_all(
        predictions,
        out,
        data=data,
        replicates=replicates,
        calibrated_on=calibrated_on or (),
    )


@app.command()
def run(
    data: Annotated[list[Path], typer.Option(help="A table or its folder. Repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder for predictions and report.")],
    protocol: Annotated[
        list[str] | None, typer.Option(help="Repeatable; default: leave-one-out.")
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="Repeatable; default: all baselines and fusions.")
    ] = None,
    fitted: Fitted = None,
    cache: Cache = None,
    threads: Threads = 1,
    replicates: Replicates = 1000,
    again: Annotated[bool, typer.Option(help="Ask again where predictions are there.")] = False,
) -> None:
    """Predict and report: every dataset, protocol and system. Predictions that are there stay."""
    from training.commands.evaluating import run_all

    run_all(
        data,
        protocol or ["leave-one-out"],
        system or [],
        out,
        fitted=fitted,
        cache=cache,
        threads=threads,
        replicates=replicates,
        again=again,
    )


@app.command()
def results(
    data: Annotated[
        Path | None, typer.Option(help="Folder of the photographs for development.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The page to write; default: docs/results.md.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes of one thread each.")] = 2,
    only: Annotated[
        list[str] | None, typer.Option(help="A section's title; the others stay. Repeatable.")
    ] = None,
) -> None:
    """Measure every figure of this project anew and write the page of results."""
    from training.evaluation.results import OUT, write_page

    write_page(data, out or OUT, workers, only or ())


@app.command(name="list")
def list_() -> None:
    """Protocols and systems by name."""
    from training.commands.evaluating import tell_names

    tell_names()
