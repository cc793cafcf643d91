"""Where words go: answers to stdout, everything else to stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_by_log: list[logging.Logger] = []


class Report(Protocol):
    """What long work calls: words for the stage, how much is done, of how much."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Tell."""


def printable(text: object) -> str:
    """The text without control characters: a file's name must not steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def words(text: object, style: str = "") -> Text:
    """Text as it is, never read as markup."""
    return Text(printable(text), style=style)


def table_of(*headings: str) -> Table:
    """An empty table that folds long cells instead of cutting them off."""
    table = Table(header_style="bold")
    for heading in headings:
        table.add_column(words(heading), overflow="fold")
    return table


def show(*things: object) -> None:
    """Print tables and texts for people on stdout."""
    console = Console(file=sys.stdout)
    for thing in things:
        console.print(words(thing) if isinstance(thing, str) else thing)


def show_json(value: object) -> None:
    """Print one JSON document on stdout, in ASCII so that no terminal or pipe can break it."""
    print(json.dumps(value, indent=2, allow_nan=False))


def say(text: str) -> None:
    """A note beside the answer, one line on stderr; lines that others wrote are joined.

    A process whose log is JSON says it there (``say_by_log``).
    """
    line = printable(" | ".join(part.strip() for part in text.splitlines() if part.strip()))
    if _by_log:
        _by_log[-1].info("%s", line)
    else:
        print(f"reid: {line}", file=sys.stderr, flush=True)


def say_by_log() -> None:
    """From now on notes are lines of the log."""
    _by_log.append(logging.getLogger("reid.cli"))


def say_rejected(rejected: tuple[tuple[str, str, str], ...]) -> None:
    """Name every rejected file and why, on stderr."""
    for sighting, name, reason in rejected:
        say(f"rejected {name or 'all files'} of {sighting}: {reason}")


@contextmanager
def working() -> Iterator[Report]:
    """A callback that draws progress bars on stderr; silent unless stderr is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    bars = Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tasks: dict[str, object] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(printable(stage), total=total)
        bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

    with bars:
        yield report


def plain_table(rows: Mapping[str, object]) -> list[Text]:
    """Names and values, one pair a line."""
    width = max((len(name) for name in rows), default=0)
    return [words(f"{name:<{width}}  {value}") for name, value in rows.items()]
