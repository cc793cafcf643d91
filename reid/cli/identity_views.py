"""What ``reid identities`` shows: who is who, the history, what speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import say, show, show_json
from reid.cli.deciding import By
from reid.cli.engines import open_catalogue
from reid.cli.exits import Exit
from reid.cli.identity_tables import events_table, who_table

Individual = Annotated[str, typer.Argument(metavar="INDIVIDUAL", help="A known name.")]


def list_identities(
    event: Annotated[int | None, typer.Option(min=0, help="As after this event.")] = None,
    at: Annotated[str | None, typer.Option(help="As at this time, ISO 8601 with a zone.")] = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Who is who, now or at any past moment."""
    with open_catalogue(data_dir) as catalogue:
        number = catalogue.event_at(_time(at)) if at is not None else event
        if event:
            catalogue.event(event)
        known = catalogue.individuals() if number is None else catalogue.individuals_at(number)
    if as_json:
        rows = [
            {"name": i.name, "sightings": list(i.sighting_ids), "version": i.version} for i in known
        ]
        show_json({"individuals": rows, "event": number})
    else:
        show(who_table(known) if known else "Nobody was known.")


def history(
    sighting: Annotated[str | None, typer.Option(help="Of this sighting only.")] = None,
    individual: Annotated[str | None, typer.Option(help="Of this individual only.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Later than this event.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Who decided what, when, why, and what they were shown."""
    from reid.identities import subjects
    from reid.identities.json_form import event_json, numbers_seen

    with open_catalogue(data_dir) as catalogue:
        about = [] if sighting is None else [subjects.sighting(sighting)]
        if individual is not None:
            about.append(subjects.individual(catalogue.number_of(individual)))
        found = catalogue.events(about=about, after=after, limit=limit)
        names = catalogue.names_of(numbers_seen(*(event.said.seen for event in found)))
    if as_json:
        show_json({"events": [event_json(event, names) for event in found]})
    else:
        show(events_table(found) if found else "Nothing was decided yet.")


def contradictions(
    individual: Individual, data_dir: options.DataDir = None, as_json: options.Json = False
) -> None:
    """What people, pictures and clocks say against its sightings being one animal."""
    from reid.identities.json_form import contradiction_json
    from reid.pipeline.previewing import contradictions as found_of

    with open_catalogue(data_dir) as catalogue:
        found = found_of(catalogue, individual)
    if as_json:
        show_json({"contradictions": [contradiction_json(one) for one in found]})
    else:
        show(*(f"{one.kind}: {one.words}" for one in found) if found else ("Nothing.",))


def check(
    rebuild: Annotated[bool, typer.Option(help="Make it again from the history.")] = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Whether what is believed is what follows from the history."""
    with open_catalogue(data_dir) as catalogue:
        wrong = catalogue.rebuild_identities() if rebuild else catalogue.check_identities()
    if as_json:
        show_json({"differing": list(wrong), "rebuilt": rebuild})
    else:
        made = "; it was made again" if rebuild else ""
        show(f"{len(wrong)} subjects differ from the history{made}.", *wrong)
    if wrong and not rebuild:
        raise typer.Exit(Exit.CATALOGUE)


def export(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="What to write.")],
    by: By,
    data_dir: options.DataDir = None,
) -> None:
    """Write who is who as CSV (Camtrap DP's names); later merges and splits name it as outdated."""
    from reid.cli.files import write_beside
    from reid.pipeline.exporting import export_identities

    def write(text: str) -> None:
        write_beside(table, lambda path: path.write_text(text, encoding="utf-8"))

    with open_catalogue(data_dir) as catalogue:
        export_identities(catalogue, table.name, by=by, write=write)
    say(f"wrote {table}")


def _time(at: str) -> datetime:
    from reid.errors import InputError

    try:
        return datetime.fromisoformat(at)
    except ValueError as error:
        raise InputError(f"--at {at}: expected a time such as 2026-01-02T03:04:05Z") from error


COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_identities,
    "history": history,
    "contradictions": contradictions,
    "check": check,
    "export": export,
}
