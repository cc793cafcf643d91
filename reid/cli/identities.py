"""``reid identities``: decide who is who, look first, take back, see the past."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import identity_views, options
from reid.cli.console import show, show_json
from reid.cli.deciding import Answer, By, Seen, Why, decide, said
from reid.cli.engines import open_catalogue
from reid.cli.identity_tables import preview_lines

if TYPE_CHECKING:
    from reid.identities import Merge, Split

app = typer.Typer(help="Who is who, as a history of decisions.", no_args_is_help=True)
for name, view in identity_views.COMMANDS.items():
    app.command(name)(view)
Sighting = Annotated[str, typer.Argument(metavar="SIGHTING", help="Id of a stored sighting.")]
Individual = Annotated[str, typer.Argument(metavar="INDIVIDUAL", help="A known name.")]
NewName = Annotated[
    str | None, typer.Option("--name", help="Its name; without one it gets one that nobody had.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown.")]


@app.callback()
def identities() -> None:
    """Who is who, as a history of decisions."""


@app.command()
def confirm(
    sighting: Sighting,
    individual: Individual,
    by: By,
    why: Why = "",
    seen: Seen = None,
    answer: Answer = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """This sighting is that known individual."""
    from reid.identities import Confirm

    decide(data_dir, Confirm(sighting, individual), by, why, seen, as_json, answer)


@app.command()
def reject(
    sighting: Sighting,
    other: Sighting,
    by: By,
    why: Why = "",
    answer: Answer = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """These two sightings are two animals."""
    from reid.identities import Reject

    decide(data_dir, Reject(sighting, other), by, why, None, as_json, answer)


@app.command()
def new(
    by: By,
    sightings: Annotated[
        list[str] | None, typer.Argument(metavar="[SIGHTING]...", help="What shows it.")
    ] = None,
    name: NewName = None,
    why: Why = "",
    seen: Seen = None,
    answer: Answer = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """These sightings are an animal that nobody named."""
    from reid.identities import NewIndividual

    decision = NewIndividual(tuple(sightings or ()), name)
    decide(data_dir, decision, by, why, seen, as_json, answer)


@app.command("not-identifiable")
def not_identifiable(
    sighting: Sighting,
    by: By,
    why: Why = "",
    seen: Seen = None,
    answer: Answer = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Nobody will ever tell from these pictures who it is."""
    from reid.identities import NotIdentifiable

    decide(data_dir, NotIdentifiable(sighting), by, why, seen, as_json, answer)


@app.command("no-match")
def no_match(
    sighting: Sighting,
    by: By,
    individual: Annotated[
        str | None, typer.Argument(metavar="[INDIVIDUAL]", help="Without: anybody known now.")
    ] = None,
    why: Why = "",
    answer: Answer = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Looked at, and no match: with one individual, or with anybody."""
    from reid.identities import NoMatch

    decide(data_dir, NoMatch(sighting, individual), by, why, None, as_json, answer)


@app.command()
def withdraw(
    sighting: Sighting,
    by: By,
    why: Why = "",
    seen: Seen = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """No longer believed of a sighting, whatever it was."""
    from reid.identities import Withdraw

    decide(data_dir, Withdraw(sighting), by, why, seen, as_json)


@app.command()
def merge(
    keep: Individual,
    gone: Individual,
    by: By,
    why: Why = "",
    yes: Yes = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """The second is the first: show what that changes, and with --yes do it."""
    from reid.identities import Merge

    _looked_at(data_dir, Merge(keep, gone), by, why, yes, as_json)


@app.command()
def split(
    individual: Individual,
    sightings: Annotated[list[str], typer.Argument(metavar="SIGHTING...", help="Who leave.")],
    by: By,
    name: NewName = None,
    why: Why = "",
    yes: Yes = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """These sightings are another animal: show what that changes, and with --yes do it."""
    from reid.identities import Split

    _looked_at(data_dir, Split(individual, tuple(sightings), name), by, why, yes, as_json)


@app.command()
def rename(
    individual: Individual,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    by: By,
    why: Why = "",
    seen: Seen = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Another name; the old one stays this individual's for good."""
    from reid.identities import Rename

    decide(data_dir, Rename(individual, name), by, why, seen, as_json)


@app.command("pattern-change")
def pattern_change(
    individual: Individual,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="scar, growth or other.")],
    by: By,
    since: Annotated[datetime | None, typer.Option(help="When; without, nobody knows.")] = None,
    why: Why = "",
    seen: Seen = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """The coat changed: pictures that differ across it contradict nothing."""
    from reid.errors import InputError
    from reid.identities import PatternChanged, PatternWord

    if what not in list(PatternWord):
        raise InputError(f"what changed: expected scar, growth or other, found {what!r}")
    decide(data_dir, PatternChanged(individual, PatternWord(what), since), by, why, seen, as_json)


@app.command()
def undo(
    event: Annotated[int, typer.Argument(metavar="EVENT", help="Its number.")],
    by: By,
    why: Why = "",
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Take a decision back, whole; undo the undo to do it again."""
    from reid.identities import Undo

    decide(data_dir, Undo(event), by, why, None, as_json)


def _looked_at(
    data_dir: Path | None, decision: Merge | Split, by: str, why: str, yes: bool, as_json: bool
) -> None:
    from reid.identities.json_form import numbers_seen, preview_json, preview_shown
    from reid.pipeline.previewing import preview

    with open_catalogue(data_dir) as catalogue:
        found = preview(catalogue, decision)
        names = catalogue.names_of(numbers_seen(found.seen))
        told = said(by, why, found.seen, preview_shown(found))
        event = catalogue.decide(decision, told) if yes else None
        number = None if event is None else event.number
    if as_json:
        show_json({"preview": preview_json(found, names), "event": number})
        return
    show(*preview_lines(found))
    show(f"Done: event {number}." if yes else "Nothing was changed; add --yes to do it.")
