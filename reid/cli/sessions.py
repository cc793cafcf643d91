"""Options that cut a survey into sessions and occasions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reid.exporters.seasons import Span

SessionMonths = Annotated[
    int, typer.Option(min=0, help="Sessions of so many calendar months: 12 is by year; 0: one.")
]
SessionTable = Annotated[
    Path | None, typer.Option("--sessions", help="A CSV table of them: name, start, end.")
]
OccasionDays = Annotated[int, typer.Option(min=1, help="Length of an occasion.")]


def told_sessions(table: Path | None, months: int) -> tuple[Span, ...]:
    """The sessions of a table.

    Raises:
        InputError: no such table, or months beside it.
    """
    from reid.errors import InputError
    from reid.exporters.seasons import read_spans

    if table is None:
        return ()
    if months:
        raise InputError("--sessions and --session-months: expected one of them, found both")
    return read_spans(table)
