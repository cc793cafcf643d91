"""``reid doctor``: is everything as it should be, and what to do where it is not."""

from __future__ import annotations

from typing import Annotated

import typer

from reid.cli import options
from reid.cli.console import show, show_json, table_of, words
from reid.cli.engines import read_settings
from reid.cli.exits import Exit

STYLES = {"ok": "green", "look": "yellow", "bad": "bold red"}


def doctor(
    every: Annotated[
        bool, typer.Option("--all", help="Read every stored file and every page, however long.")
    ] = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Look at everything: machine, weights, database, media, index, keys, jobs. Changes nothing."""
    from reid.doctor import State, examine

    found = list(examine(read_settings(data_dir), every=every))
    if as_json:
        rows = [{"what": f.what, "state": f.state, "words": f.words, "do": f.do} for f in found]
        show_json({"findings": rows})
    else:
        table = table_of("", "What", "Found", "Do")
        for one in found:
            state = words(one.state, STYLES[one.state])
            table.add_row(state, words(one.what, "bold"), words(one.words), words(one.do))
        show(table)
    if any(one.state is State.BAD for one in found):
        raise typer.Exit(Exit.UNWELL)
