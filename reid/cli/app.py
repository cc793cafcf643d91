"""The command ``reid``: every sub-command is a module of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from reid.cli import (
    backup,
    bundles,
    clocks,
    identities,
    index,
    individuals,
    jobs,
    keys,
    review,
    weights,
)
from reid.cli.abundance import abundance
from reid.cli.batch import batch
from reid.cli.compare import compare
from reid.cli.consequences import consequences
from reid.cli.doctor import doctor
from reid.cli.enrol import enrol
from reid.cli.exits import exits_text
from reid.cli.faults import Commands
from reid.cli.formats import export, import_
from reid.cli.identify import identify
from reid.cli.serve import serve
from reid.cli.version import version

app = typer.Typer(
    name="reid",
    cls=Commands,
    epilog=exits_text(),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


@app.callback()
def reid(
    debug: Annotated[
        bool, typer.Option("--debug", help="Print a traceback with every error.")
    ] = False,
) -> None:
    """Do these leopard photographs show the same individual?"""


app.command()(compare)
app.command()(enrol)
app.command()(identify)
app.command()(batch)
app.command()(consequences)
app.command("import")(import_)
app.command()(export)
app.command()(abundance)
app.add_typer(individuals.app, name="individuals")
app.add_typer(identities.app, name="identities")
app.add_typer(review.app, name="review")
app.add_typer(index.app, name="index")
app.add_typer(weights.app, name="weights")
app.add_typer(bundles.app, name="bundles")
app.add_typer(jobs.app, name="jobs")
app.add_typer(clocks.app, name="clocks")
app.add_typer(keys.app, name="keys")
app.add_typer(backup.app, name="backup")
app.command()(backup.restore)
app.command()(doctor)
app.command()(jobs.worker)
app.command()(serve)
app.command()(version)


def main() -> None:
    """Run the command line; the process ends with a status of ``reid.cli.exits``."""
    app()
