"""``reid clocks``: corrections of cameras' clocks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import show, show_json, table_of, words
from reid.cli.deciding import By, Why
from reid.cli.engines import open_catalogue

if TYPE_CHECKING:
    from reid.catalogue import Catalogue
    from reid.catalogue.clock_book import Moved
    from reid.clocks import Correction, Entry, Whose
    from reid.clocks.suspects import Suspect

app = typer.Typer(help="Cameras' clocks: what was wrong with them.", no_args_is_help=True)
Station = Annotated[str | None, typer.Option(help="The station; '' for sightings that have none.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown.")]
SHOWN = 30


@app.callback()
def clocks() -> None:
    """Cameras' clocks: what was wrong with them."""


@app.command("list")
def list_corrections(
    every: Annotated[bool, typer.Option("--all", help="Those that were taken back, too.")] = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """The corrections that hold."""
    from reid.catalogue.clock_book import ClockBook
    from reid.clocks.json_form import entry_json

    with open_catalogue(data_dir) as catalogue:
        ledger = ClockBook.of(catalogue).ledger()
    found = ledger.entries if every else ledger.standing
    if as_json:
        show_json({"corrections": [entry_json(one, ledger) for one in found]})
    elif found:
        table = table_of("Number", "Clock", "Correction", "From", "Until", "Who", "Why")
        for one in found:
            table.add_row(*map(words, _row(one)))
        show(table)
    else:
        show("No clock is corrected: times are what the cameras wrote.")


@app.command()
def correct(
    by: By,
    why: Why,
    station: Station = None,
    camera: Annotated[
        str | None, typer.Option(help="The camera; without, all of the station.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="From this time on, as the clock wrote it.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--until", help="Until this time, as the clock wrote it.")
    ] = None,
    add: Annotated[
        str | None, typer.Option(help="A known offset that is added: +1h30min, -12h, -3600.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="The year that it was when it was set.")] = None,
    twelve_hours: Annotated[
        str | None,
        typer.Option(help="ahead or behind (it went on so), or swapped (dates are right)."),
    ] = None,
    read: Annotated[
        str | None, typer.Option(help="What the clock read at a known moment ...")
    ] = None,
    was: Annotated[str | None, typer.Option(help="... and what the time was.")] = None,
    yes: Yes = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Record what was wrong with a clock; without --yes, show which sightings change.

    What the clock wrote is kept and shown beside; `reid clocks undo` takes it back.
    """
    from reid.catalogue.clock_book import ClockBook
    from reid.clocks import Whose
    from reid.clocks.asked import Asked, read_span
    from reid.errors import InputError

    if station is None:
        raise InputError("--station: expected whose clock it is; --station '' where there is none")
    whose = Whose(station, camera, _time("--from", first), _time("--until", last))
    with open_catalogue(data_dir) as catalogue:
        asked = Asked(
            None if add is None else read_span(add),
            year,
            None if year is None else whose.first or _first(catalogue, whose),
            twelve_hours,
            _time("--read", read),
            _time("--was", was),
        )
        book, correction = ClockBook.of(catalogue), asked.correction(whose)
        moved = book.preview(correction)
        entry = book.correct(correction, by=by, why=why) if yes else None
    _tell(_said(correction), moved, entry, as_json)


@app.command()
def undo(
    number: Annotated[int, typer.Argument(help="Of the correction.")],
    by: By,
    why: Why,
    yes: Yes = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Take a correction back: times are what the clock wrote again."""
    from reid.catalogue.clock_book import ClockBook

    with open_catalogue(data_dir) as catalogue:
        book = ClockBook.of(catalogue)
        moved = book.preview_undo(number)
        entry = book.undo(number, by=by, why=why) if yes else None
    _tell(f"correction {number} is taken back", moved, entry, as_json)


@app.command()
def suggest(
    station: Station = None, data_dir: options.DataDir = None, as_json: options.Json = False
) -> None:
    """Clocks that may be wrong, with what speaks for it; nothing is changed."""
    from reid.batch.suspects import clock_suspects
    from reid.clocks.json_form import suspect_json

    with open_catalogue(data_dir) as catalogue:
        found = clock_suspects(catalogue, station)
    if as_json:
        show_json({"suspects": [suspect_json(one) for one in found]})
        return
    for one in found:
        show(f"station {one.station or '(none)'}, camera {one.camera or '(unnamed)'}: {one.words}.")
        if one.correction is not None:
            show(f"  {_command(one)}")
    if not found:
        show("Nothing speaks against any clock. That is no proof that they are right.")


def _time(name: str, text: str | None) -> datetime | None:
    from reid.errors import InputError

    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{name}: expected such as 2018-11-11T06:57:00, found {text!r}") from None


def _first(catalogue: Catalogue, whose: Whose) -> datetime | None:
    """The first time that the clock wrote."""
    from reid.catalogue.clock_book import ClockBook

    found = [
        one.pictures[0][1].at
        for one in ClockBook.of(catalogue).clocks(whose.station)
        if whose.camera in (None, one.camera)
    ]
    return min((at.replace(tzinfo=None) for at in found if at is not None), default=None)


def _command(one: Suspect) -> str:
    """What to type, if one believes it."""
    found = one.correction
    seconds = None if found is None else found.shift_s
    way = f"--add {seconds}" if one.kind != "half-day" else "--twelve-hours behind"
    whose = f'--station "{one.station}" --camera "{one.camera}"'
    return f"reid clocks correct {whose} {way} --by NAME --why REASON"


def _said(correction: Correction) -> str:
    return f"{correction.whose}: {correction.words}"


def _row(one: Entry) -> tuple[str, ...]:
    found = one.correction
    if found is None:
        return (str(one.number), "", f"takes {one.undoes} back", "", "", one.by, one.why)
    first, last = (f"{t:%Y-%m-%d %H:%M:%S}" if t else "" for t in (found.first, found.last))
    return (str(one.number), found.whose, found.words, first, last, one.by, one.why)


def _tell(said: str, moved: tuple[Moved, ...], entry: Entry | None, as_json: bool) -> None:
    from reid.clocks.json_form import times_json

    if as_json:
        rows = [
            {
                "sighting_id": one.sighting_id,
                "before": times_json(one.before),
                "after": times_json(one.after),
            }
            for one in moved
        ]
        show_json({"number": entry.number if entry else None, "sightings": rows})
        return
    show(said)
    for one in moved[:SHOWN]:
        before, after = (
            " or ".join(f"{t.at:%Y-%m-%d %H:%M:%S}" for t in times)
            for times in (one.before, one.after)
        )
        show(f"  {one.sighting_id}: {before} -> {after}")
    if len(moved) > SHOWN:
        show(f"  ... and {len(moved) - SHOWN} more; --json lists all")
    many = f"{len(moved)} sighting{'' if len(moved) == 1 else 's'}"
    if entry is None:
        show(f"{many} would change. Nothing was changed; add --yes to do it.")
    else:
        show(f"Recorded as {entry.number}: {many} changed. `reid clocks undo` takes a record back.")
