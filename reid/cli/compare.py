"""``reid compare``: do these sightings show the same animal?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import Report, say, say_rejected, show, show_json, working
from reid.cli.engines import load_engine
from reid.cli.exits import Exit
from reid.cli.files import check_places, save
from reid.cli.inputs import Given, read_boxes, read_given
from reid.cli.sides import Distances, with_distances, with_flanks
from reid.errors import InputError

if TYPE_CHECKING:
    from reid.config import Strips
    from reid.types import Comparison


def compare(
    where: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER FOLDER... | TABLE",
            help="A folder of pictures for each sighting, or one table (CSV), or one folder of "
            "such folders.",
        ),
    ],
    prior: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=0.999,
            help="Probability that two sightings are one animal, before the pictures; default "
            "0.5. The report shows the answer under others.",
        ),
    ] = None,
    max_error: options.MaxError = None,
    boxes: options.Boxes = None,
    distance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A:B=KM",
            help="Kilometres between two stations or sightings, for the journey check. Repeatable.",
        ),
    ] = None,
    flank: options.FlankWords = None,
    report: Annotated[
        Path | None, typer.Option(help="Write the illustrated report, one HTML file.")
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(help="Write every animal and each pair's best matches to this folder."),
    ] = None,
    read_strips: options.ReadStrips = False,
    strip_dates: options.StripDates = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Do these sightings show the same animal? Nothing is stored."""
    check_places(report, pictures)
    given, apart = _said(read_given(where), flank, distance)
    with working() as told:
        asked = {"prior_same": prior, "max_error": max_error}
        strips = options.strips_of(read_strips, strip_dates)
        answer = _answer(given, apart, boxes, asked, threads, told, strips)
        save(answer, report, pictures, told)
    _show(answer, as_json)
    for written in (report, pictures):
        if written is not None:
            say(f"wrote {written}")
    if answer.rejected:
        raise typer.Exit(Exit.REJECTED)


def _said(
    given: Given, flank: list[str] | None, distance: list[str] | None
) -> tuple[Given, Distances]:
    sightings, apart = with_distances(with_flanks(given.sightings, flank), distance)
    return replace(given, sightings=sightings), apart


def _answer(
    given: Given,
    apart: Distances,
    boxes: Path | None,
    asked: dict[str, float | None],
    threads: int,
    told: Report,
    strips: Strips | None,
) -> Comparison:
    if len(given.sightings) < 2:  # before the models are loaded for nothing
        say_rejected(given.rejected)
        raise InputError(
            f"a comparison needs at least two sightings, found {len(given.sightings)}: give a "
            "folder for each (loose pictures of one folder are one sighting), or a table; one "
            "sighting alone can be identified against a catalogue with `reid identify`"
        )
    drawn = read_boxes(boxes)
    engine = load_engine(threads, told, strips=strips)
    from reid import pipeline

    return pipeline.compare(
        engine,
        given.sightings,
        prior_same=asked["prior_same"],
        max_error=asked["max_error"],
        distances_km=apart,
        boxes=drawn,
        progress=told,
        rejected=given.rejected,
    )


def _show(answer: Comparison, as_json: bool) -> None:
    if as_json:
        from reid.evidence import comparison_json
        from reid.pipeline.identifiable import with_chances

        show_json(with_chances(comparison_json(answer)))
        say_rejected(answer.rejected)
    else:
        from reid.cli.comparison_tables import comparison_tables

        show(*comparison_tables(answer))
