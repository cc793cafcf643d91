"""``reid individuals``: who is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from reid.cli import options
from reid.cli.console import show, show_json, table_of, words
from reid.cli.engines import open_catalogue

if TYPE_CHECKING:
    from reid.catalogue import Identification, Individual

app = typer.Typer(help="Who is known.", no_args_is_help=True)


@app.command("list")
def list_individuals(
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Every individual and the sightings believed to be it now."""
    with open_catalogue(data_dir) as catalogue:
        known = catalogue.individuals()
    if as_json:
        show_json({"individuals": [_json(one) for one in known]})
    elif known:
        show(_table(known))
    else:
        show("The catalogue knows nobody yet; `reid enrol` adds individuals.")


@app.command("show")
def show_individual(
    name: Annotated[str, typer.Argument(help="The individual's name.")],
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """One individual, its sightings, and who said so when."""
    with open_catalogue(data_dir) as catalogue:
        one = catalogue.individual(name)
        events = [e for s in one.sighting_ids for e in catalogue.history(s)]
    if as_json:
        show_json({**_json(one), "history": [_event(event) for event in events]})
        return
    show(_table([one]), _history(events))


def _json(one: Individual) -> dict[str, Any]:
    return {
        "name": one.name,
        "note": one.note,
        "created_at": one.created_at.isoformat(),
        "sightings": list(one.sighting_ids),
    }


def _event(event: Identification) -> dict[str, Any]:
    return {
        "sighting": event.sighting_id,
        "individual": event.individual,
        "kind": event.kind.value,
        "by": event.by,
        "why": event.why,
        "at": event.at.isoformat(),
    }


def _table(known: list[Individual]) -> Table:
    table = table_of("Individual", "Sightings", "Note")
    for one in known:
        sightings = ", ".join(one.sighting_ids) or "none now"
        table.add_row(words(one.name, "bold"), words(sightings), words(one.note))
    return table


def _history(events: list[Identification]) -> Table:
    table = table_of("Sighting", "When", "What", "By", "Why")
    for event in events:
        what = f"{event.kind.value}: {event.individual}"
        when = f"{event.at:%Y-%m-%d %H:%M}"
        cells = (event.sighting_id, when, what, event.by, event.why)
        table.add_row(*(words(cell) for cell in cells))
    return table
