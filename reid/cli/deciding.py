"""What the commands that decide share: who says it, having seen what, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli.console import show, show_json
from reid.cli.engines import open_catalogue

if TYPE_CHECKING:
    from reid.catalogue import Catalogue
    from reid.identities import Decision, Subject
    from reid.identities.event import Event, Said

By = Annotated[str, typer.Option(help="Who says so; kept in the history.")]
Why = Annotated[str, typer.Option(help="What it rests on; kept in the history.")]
Seen = Annotated[
    list[str] | None,
    typer.Option(
        "--seen",
        metavar="NAME=VERSION",
        help="Version of a sighting or individual as you saw it; with another version now "
        "nothing is changed. Repeatable.",
    ),
]
Answer = Annotated[
    str | None,
    typer.Option(
        "--answer",
        metavar="ID",
        help="The identification or comparison that it rests on, as `reid identify` or its page "
        "names it. Without, the last stored one is kept with it, as what it is.",
    ),
]


def said(
    by: str,
    why: str,
    seen: Mapping[Subject, int] | None = None,
    shown: Mapping[str, Any] | None = None,
) -> Said:
    """Who says it, having been shown what."""
    from reid.identities.event import Said

    return Said(by, why, shown or {}, seen or {})


def shown_of(catalogue: Catalogue, answer: str | None) -> dict[str, Any]:
    """The answer that was looked at, as a decision names it.

    Raises:
        InputError: nothing of that id is stored.
    """
    from reid.catalogue.asked import Identifications
    from reid.errors import InputError, NotFoundError
    from reid.identities.shown import COMPARISON, IDENTIFICATION

    if answer is None:
        return {}
    if Identifications.of(catalogue).load(answer) is not None:
        return {IDENTIFICATION: answer}
    try:
        catalogue.load_comparison(answer)
    except NotFoundError as error:
        raise InputError(
            f"--answer {answer}: expected the id of a stored identification or comparison; "
            "`reid identify` tells it"
        ) from error
    return {COMPARISON: answer}


def read_seen(catalogue: Catalogue, given: Sequence[str] | None) -> dict[Subject, int]:
    """``NAME=VERSION`` as subjects: a stored sighting, else an individual.

    Raises:
        InputError: no number.
        NotFoundError: neither a sighting nor an individual.
    """
    from reid.errors import InputError, NotFoundError
    from reid.identities import subjects

    found = {}
    for one in given or ():
        name, _, version = one.rpartition("=")
        if not name or not version.isdecimal():
            raise InputError(f"--seen {one}: expected NAME=VERSION, such as november=3")
        try:
            catalogue.sighting(name)
            subject = subjects.sighting(name)
        except NotFoundError:
            subject = subjects.individual(catalogue.number_of(name))
        found[subject] = int(version)
    return found


def decide(
    data_dir: Path | None,
    decision: Decision,
    by: str,
    why: str,
    seen: Sequence[str] | None,
    as_json: bool,
    answer: str | None = None,
) -> None:
    """Take a decision and tell what became of it."""
    with open_catalogue(data_dir) as catalogue:
        shown = shown_of(catalogue, answer)
        event = catalogue.decide(decision, said(by, why, read_seen(catalogue, seen), shown))
    tell(event, as_json)


def tell(event: Event | None, as_json: bool) -> None:
    """Say which event it is."""
    if as_json:
        number, kind = (None, None) if event is None else (event.number, event.kind.value)
        show_json({"event": number, "kind": kind})
    elif event is None:
        show("It was so already; nothing was added.")
    else:
        show(f"Event {event.number}: {event.kind.value}{_made(event)}.")


def _made(event: Event) -> str:
    """The name that was made, where nobody chose one."""
    from reid.identities.facts import Known

    names = [
        c.after.fact.name
        for c in event.changes
        if isinstance(c.after.fact, Known) and c.before.fact is None
    ]
    return f", {', '.join(names)}" if names else ""
