"""``reid index``: the search index, a projection of the catalogue."""

from __future__ import annotations

import typer

from reid.cli import options
from reid.cli.console import plain_table, show, show_json, working
from reid.cli.engines import open_library

app = typer.Typer(help="The search index, made from the catalogue.", no_args_is_help=True)


@app.callback()
def index() -> None:
    """The search index, made from the catalogue."""


@app.command()
def rebuild(
    data_dir: options.DataDir = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Throw the index away and make it again from the catalogue; nothing else changes."""
    with working() as told, open_library(data_dir, threads, told) as library:
        counts = library.rebuild_index(progress=told)
    if as_json:
        show_json(counts)
    else:
        show("The index was made again.", *plain_table(counts))
