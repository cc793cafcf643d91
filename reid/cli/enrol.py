"""``reid enrol``: this sighting is that individual."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.console import say, say_rejected, show, show_json, working
from reid.cli.deciding import Answer, shown_of
from reid.cli.engines import open_library
from reid.cli.exits import Exit
from reid.cli.inputs import Rejection, read_boxes, read_one_each, rejected_json
from reid.cli.sides import with_flanks
from reid.errors import InputError

if TYPE_CHECKING:
    from reid.pipeline import Enrolment, Library


def enrol(
    where: Annotated[
        Path,
        typer.Argument(metavar="FOLDER | TABLE", help="One sighting, or a table of one's own."),
    ],
    individual: Annotated[str, typer.Option(help="Name of the individual, new or known.")],
    by: Annotated[str, typer.Option(help="Who says so; kept in the history.")],
    why: Annotated[str, typer.Option(help="What it rests on; kept in the history.")] = "",
    accept_flags: Annotated[
        bool,
        typer.Option(
            "--accept-flags",
            help="Enrol although a picture seems to show no leopard, no animal, or several.",
        ),
    ] = False,
    answer: Answer = None,
    boxes: options.Boxes = None,
    flank: options.FlankWords = None,
    data_dir: options.DataDir = None,
    read_strips: options.ReadStrips = False,
    strip_dates: options.StripDates = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Store sightings and say that they are INDIVIDUAL."""
    given = read_one_each(where)
    sightings = with_flanks(given.sightings, flank)
    said: dict[str, Any] = {"by": by, "why": why, "accept_flags": accept_flags}
    strips = options.strips_of(read_strips, strip_dates)
    with working() as told, open_library(data_dir, threads, told, strips=strips) as library:
        drawn = read_boxes(boxes)
        added = [library.add(sighting, boxes=drawn, progress=told) for sighting in sightings]
        rejected = given.rejected + tuple(r for a in added for r in a.prepared.rejected)
        if answer is not None:
            said["shown"] = shown_of(library.catalogue, answer)
        rows = [_enrolled(library, s.id, individual, said) for s in sightings]
    _show(rows, rejected, as_json)
    _end(rows, rejected)


def _enrolled(
    library: Library, sighting_id: str, individual: str, said: dict[str, Any]
) -> dict[str, Any]:
    """One sighting enrolled, or in words why not: the others go on."""
    row = {"sighting": sighting_id, "individual": individual}
    try:
        done: Enrolment = library.enrol(sighting_id, individual, **said)
    except InputError as error:
        return {**row, "enrolled": False, "appended": False, "flags": [], "problem": str(error)}
    return {
        **row,
        "enrolled": True,
        "appended": done.appended,
        "flags": list(done.flags),
        "problem": "",
    }


def _show(rows: list[dict[str, Any]], rejected: tuple[Rejection, ...], as_json: bool) -> None:
    say_rejected(rejected)
    for row in rows:
        if row["problem"]:
            say(f"not enrolled: {row['sighting']}: {row['problem']}")
    if as_json:
        show_json({"enrolments": rows, "rejected": rejected_json(rejected)})
        return
    for row in rows:
        if row["enrolled"]:
            news = "" if row["appended"] else " already"
            flags = f" (flags: {', '.join(row['flags'])})" if row["flags"] else ""
            show(f"{row['sighting']} is{news} {row['individual']}{flags}")


def _end(rows: list[dict[str, Any]], rejected: tuple[Rejection, ...]) -> None:
    if any(row["problem"] for row in rows):
        raise typer.Exit(Exit.BAD_INPUT)
    if rejected:
        raise typer.Exit(Exit.REJECTED)
