"""``reid identify``: who of the catalogue is this?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import Report, say, say_rejected, show, show_json, working
from reid.cli.engines import open_library
from reid.cli.exits import Exit
from reid.cli.files import check_places, save
from reid.cli.inputs import Given, Rejection, read_boxes, read_one_each, rejected_json
from reid.cli.sides import with_flanks
from reid.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from reid.pipeline import IdentificationAnswer, Library


def identify(
    where: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER | TABLE | SIGHTING",
            help="A sighting to store and look for, a table of them, or the id of a stored one.",
        ),
    ],
    prior_known: Annotated[
        float,
        typer.Option(
            min=0.001, max=0.999, help="Probability that the animal is known, before the pictures."
        ),
    ] = 0.5,
    max_error: options.MaxError = None,
    boxes: options.Boxes = None,
    flank: options.FlankWords = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the illustrated comparison with the candidates, one HTML file."),
    ] = None,
    data_dir: options.DataDir = None,
    read_strips: options.ReadStrips = False,
    strip_dates: options.StripDates = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Look for the sighting's animal among the known individuals: one, a new one, or unclear."""
    check_places(report, None)
    given = _given(where, report)
    strips = options.strips_of(read_strips, strip_dates)
    with working() as told, open_library(data_dir, threads, told, strips=strips) as library:
        rejected = given.rejected + _add(library, given, boxes, flank, told)
        ids = [s.id for s in given.sightings] or [where]
        with _either(where):
            answers = [
                library.identify(one, prior_known=prior_known, max_error=max_error, progress=told)
                for one in ids
            ]
        _save(answers, report, told)
    _show(answers, rejected, as_json)
    if rejected:
        raise typer.Exit(Exit.REJECTED)


@contextmanager
def _either(where: str) -> Iterator[None]:
    """What is neither a path nor a stored id is told as such.

    Raises:
        InputError: in the place of NotFoundError.
    """
    try:
        yield
    except NotFoundError as error:
        raise InputError(
            f"{where}: expected a folder, a table or the id of a stored sighting; found nothing at "
            f"this path, and {error}"
        ) from error


def _given(where: str, report: Path | None) -> Given:
    """The sightings at a path; none when this is no path, and so a stored sighting's id."""
    path = Path(where)
    given = read_one_each(path) if path.exists() else Given(())
    if report is not None and len(given.sightings) > 1:
        raise InputError(
            f"--report: expected one sighting, found {len(given.sightings)}; leave the option out"
        )
    return given


def _add(
    library: Library, given: Given, boxes: Path | None, flank: list[str] | None, told: Report
) -> tuple[Rejection, ...]:
    drawn = read_boxes(boxes)
    sightings = with_flanks(given.sightings, flank)
    added = [library.add(sighting, boxes=drawn, progress=told) for sighting in sightings]
    return tuple(lost for one in added for lost in one.prepared.rejected)


def _save(answers: list[IdentificationAnswer], report: Path | None, told: Report) -> None:
    compared = [answer.comparison for answer in answers if answer.comparison is not None]
    if report is not None and compared:
        save(compared[0], report, None, told)
        say(f"wrote {report}")
    elif report is not None:
        say(f"no {report}: there was nobody to compare with")


def _show(
    answers: list[IdentificationAnswer], rejected: tuple[Rejection, ...], as_json: bool
) -> None:
    from reid.cli.identification import identification_json, identification_tables

    say_rejected(rejected)
    if as_json:
        told = [identification_json(answer) for answer in answers]
        show_json({"identifications": told, "rejected": rejected_json(rejected)})
        return
    for answer in answers:
        show(*identification_tables(answer))
