"""``reid train``: tables and a recipe to a weights bundle, or a catalogue to a challenger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command(no_args_is_help=True)
def train(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="A metadata table, or the folder that holds metadata.csv. Repeatable."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run: state, logs, report, bundle.")
    ] = None,
    recipe: Annotated[
        str,
        typer.Option(
            help="laptop-tiny, laptop, words, gpu, or a TOML file; from a catalogue lab-head, "
            "lab-adapters, lab-gpu."
        ),
    ] = "",
    from_catalogue: Annotated[
        bool,
        typer.Option(
            "--from-catalogue", help="Train from the catalogue's confirmed identities (and --data)."
        ),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the labels can support training.")
    ] = False,
    suspicious: Annotated[
        bool,
        typer.Option("--suspicious", help="Only list labels in doubt, and offer them for review."),
    ] = False,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="A frozen training set (a run's folder, or its manifest.json) to train again, bit "
            "for bit: by its recipe, from its champion, whoever serves now."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="The catalogue; default: as for every other command.")
    ] = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="A table on which nothing may be lost; it never trains. Repeatable."),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="SPDX, of pictures for which no import stated one.")
    ] = "",
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Who trains and who judges; default 0, or a frozen set's own."),
    ] = None,
    override: Annotated[
        str, typer.Option(help="Take a challenger that the gate refuses, for this reason.")
    ] = "",
    by: Annotated[str, typer.Option(help="Who trains; needed with --override.")] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out where it was cut off.")
    ] = False,
    init: Annotated[
        str,
        typer.Option(
            help="A bundle to start from instead of the recipe's; of a frozen set only its own "
            "champion, where that is kept elsewhere."
        ),
    ] = "",
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
    version: Annotated[
        str,
        typer.Option(
            help="The bundle's version; default: 1, from a catalogue the day and hash of its "
            "training set. Needed where another of this name and version was registered."
        ),
    ] = "",
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
) -> None:
    """Train the rosette model: one bundle, with card and report, under its data's licence.

    With --from-catalogue the confirmed identities of a catalogue train, others of them judge, and
    a gate says whether the new bundle may take the old one's place.
    """
    _check_version(version)
    if from_catalogue or check or suspicious or manifest is not None:
        from training.commands.retraining import Wanted, retrain

        wanted = Wanted(
            tables=tuple(data or ()),
            out=out,
            recipe=recipe,
            catalogue=from_catalogue or not (data or manifest),
            check=check,
            suspicious=suspicious,
            manifest=manifest,
            data_dir=data_dir,
            references=tuple(reference or ()),
            licence=licence,
            seed=seed,
            override=override,
            by=by,
            resume=resume,
            init=init,
            name=name,
            version=version,
            threads=threads,
        )
        retrain(wanted)
        return
    if not data or out is None:
        raise typer.BadParameter(
            "expected --data and --out, or --from-catalogue to train from the catalogue"
        )
    from training.commands.training import train_and_tell

    train_and_tell(
        data,
        recipe or "laptop",
        out,
        resume=resume,
        init=init,
        interpolate=interpolate,
        name=name,
        version=version,
        threads=threads,
    )


def _check_version(version: str) -> None:
    """Now, and not when hours of training are to be registered."""
    from reid.registry.inspection import VERSION

    if version and not VERSION.fullmatch(version):
        raise typer.BadParameter(
            f"--version: expected at most 64 letters, digits, dots, dashes, + and _, found "
            f"{version!a}"
        )
