"""``reid bundles``: weights of this catalogue: where from, which serve, since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.bundle_tables import (
    bundle_json,
    bundle_lines,
    bundles_table,
    key_json,
    promotion_json,
)
from reid.cli.console import say, show, show_json, table_of, words
from reid.cli.engines import open_catalogue, read_settings

if TYPE_CHECKING:
    from reid.registry import Promotion, RegisteredBundle, Registry

app = typer.Typer(
    help="Weights: register, make ready, promote, roll back, pass on.", no_args_is_help=True
)
Name = Annotated[
    str, typer.Argument(metavar="BUNDLE", help="Name, NAME@VERSION, fingerprint or sha256.")
]
By = Annotated[str, typer.Option(help="Who says so.")]
Why = Annotated[str, typer.Option(help="Why; kept for good.")]
Override = Annotated[
    bool,
    typer.Option(
        "--override",
        help="Although no trial against the bundle that serves passed, for the reason given.",
    ),
]


@app.callback()
def bundles() -> None:
    """Weights: register, make ready, promote, roll back, pass on."""


@contextmanager
def _registry(data_dir: Path | None) -> Iterator[Registry]:
    from reid.registry import Registry

    with open_catalogue(data_dir) as catalogue:
        yield Registry.of(catalogue, read_settings(data_dir))


@app.command("list")
def list_bundles(data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """Every bundle, which one serves, and why."""
    from reid.pipeline.standing import why_active

    with _registry(data_dir) as registry:
        found, why = registry.bundles(), why_active(registry)
        active = registry.active()
    if as_json:
        told = [bundle_json(one, active) for one in found]
        show_json({"active": bundle_json(active, active), "why": why, "bundles": told})
    else:
        show(bundles_table(found, active), f"{active.label} serves: {why}")


@app.command("show")
def show_bundle(
    bundle: Name, data_dir: options.DataDir = None, as_json: options.Json = False
) -> None:
    """All of a bundle: lineage, licences, figures, signature, gate; what it lacks."""
    with _registry(data_dir) as registry:
        found, active = registry.bundle(bundle), registry.active()
        lacking = registry.lacking(found).count
    if as_json:
        show_json({**bundle_json(found, active), "lacking": lacking})
    else:
        show(*bundle_lines(found, active, lacking))


@app.command()
def register(
    directory: Annotated[Path, typer.Argument(help="A bundle: manifest, weights, calibration.")],
    by: By,
    parent: Annotated[str | None, typer.Option(help="The bundle that it began from.")] = None,
    data_manifest: Annotated[
        str, typer.Option(help="sha256 of the list of what it was trained on.")
    ] = "",
    trained_by: Annotated[str, typer.Option(help="Version of the code that trained it.")] = "",
    data_licence: Annotated[
        list[str] | None, typer.Option(help="SPDX, of the training data. Repeatable.")
    ] = None,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Try a bundle, sign it and keep it; what serves stays as it is."""
    from reid.registry import Lineage

    lineage = Lineage(data_manifest, trained_by, {}, tuple(data_licence or ()))
    with _registry(data_dir) as registry:
        kept = registry.register(directory, by=by, parent=parent, lineage=lineage)
        active = registry.active()
    if as_json:
        show_json(bundle_json(kept, active))
    else:
        show(
            f"{kept.label} is kept. `reid bundles try {kept.name}` tries it against "
            f"{active.name} {active.version}, `reid bundles re-embed {kept.name}` makes it ready."
        )


@app.command("export")
def export_bundle(
    bundle: Name,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, as x.reidbundle.")],
    data_dir: options.DataDir = None,
) -> None:
    """Write a bundle with its signature into one file, for another catalogue."""
    with _registry(data_dir) as registry:
        registry.export(registry.bundle(bundle), out)
    say(f"wrote {out}")


@app.command("import")
def import_bundle(
    file: Annotated[Path, typer.Argument(help="A file that `reid bundles export` wrote.")],
    by: By,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Take in a bundle that somebody else signed, if their key is trusted here."""
    with _registry(data_dir) as registry:
        kept = registry.import_(file, by=by)
        active = registry.active()
    if as_json:
        show_json(bundle_json(kept, active))
    else:
        show(f"{kept.label} is kept, signed by {kept.signer}.")


@app.command()
def keys(data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """This catalogue's public key, those whose bundles it takes, and those it does not any more."""
    with _registry(data_dir) as registry:
        own, found = registry.own_key(), registry.signers()
    if as_json:
        told = {True: "distrusted", False: "trusted"}
        lists: dict[str, list[dict[str, Any]]] = {"trusted": [], "distrusted": []}
        for key in found:
            lists[told[key.distrust is not None]].append(key_json(key))
        show_json({"own": own, **lists})
        return
    for key in found:
        mine = "this catalogue signs with it" if key.public_key == own else key.why
        since = f"trusted since {key.at:%Y-%m-%d} by {key.by}: {mine}"
        not_any_more = f"; {key.distrust.words()}" if key.distrust else ""
        show(key.public_key, words(f"    {since}{not_any_more}"))  # a line of its own, to be copied


@app.command()
def trust(
    key: Annotated[str, typer.Argument(metavar="KEY", help="As `reid bundles keys` shows it.")],
    by: By,
    why: Why,
    data_dir: options.DataDir = None,
) -> None:
    """Take bundles that this key signed. Have the key from its owner by another way than theirs."""
    with _registry(data_dir) as registry:
        trusted = registry.trust(key, by=by, why=why)
    show(f"Bundles signed by {trusted.public_key} are taken.")


@app.command()
def distrust(
    key: Annotated[str, typer.Argument(metavar="KEY", help="As `reid bundles keys` shows it.")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", "--why", help="Why; kept for good.")],
    data_dir: options.DataDir = None,
) -> None:
    """Take no bundle of a key any more: none is promoted or loaded. `trust` takes it back."""
    with _registry(data_dir) as registry:
        found = registry.distrust(key, by=by, why=reason)
        kept = [b.label for b in registry.store.bundles() if b.signer == found.public_key]
    told = f" Not loaded any more: {', '.join(kept)}." if kept else ""
    show(f"Bundles signed by {found.public_key} are not taken any more.{told}")


@app.command("re-embed")
def re_embed(
    bundle: Name,
    by: By = "command line",
    promote: Annotated[
        str | None, typer.Option("--promote", metavar="WHY", help="Let it serve when it is ready.")
    ] = None,
    override: Override = False,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the workers (`reid worker`).")
    ] = False,
    threads: options.Threads = 2,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Embed everything stored under a bundle, beside what is there; interrupted, it goes on."""
    from reid.batch import submit_re_embed
    from reid.catalogue.jobs import JobStore
    from reid.cli.job_tables import job_json, state_words
    from reid.cli.working import Hands, why_not, work_on
    from reid.registry import refuse_untried

    settings = read_settings(data_dir).model_copy(update={"threads": threads})
    with _registry(data_dir) as registry, Hands(settings, registry.catalogue) as hands:
        store, wanted = JobStore.of(registry.catalogue), registry.bundle(bundle)
        if promote is not None and not override:
            refuse_untried(wanted, registry.active())
        warned = [] if promote is None else _warned(registry, wanted)
        job, _ = submit_re_embed(store, wanted, by=by, promote=promote, override=override)
        ended = job if queue else work_on(store, job, hands)
    if not queue and ended.state != "done":
        raise why_not(ended)
    if as_json:
        show_json({**job_json(ended), "warnings": warned})
    else:
        told = "" if queue else f" {ended.result['embedded']} embeddings were added."
        show(f"Job {ended.id}: {state_words(ended)}.{told}")


@app.command("try")
def try_bundle(
    bundle: Name,
    by: By = "command line",
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Who judges; default: those whom its own training held out."),
    ] = None,
    reference: Annotated[
        list[Path] | None,
        typer.Option(help="A table on which it may not be worse, beside those of the settings."),
    ] = None,
    recipe: Annotated[
        str, typer.Option(help="How many pairs and synthetic animals judge; default lab-head.")
    ] = "",
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the workers (`reid worker`).")
    ] = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Try a bundle against the one that serves, on individuals held out and the references."""
    from reid.batch import submit_trial
    from reid.catalogue.jobs import JobStore
    from reid.cli.trying import refuse_unable, tried

    settings = read_settings(data_dir)
    with _registry(data_dir) as registry:
        store, wanted = JobStore.of(registry.catalogue), registry.bundle(bundle)
        if not queue:
            refuse_unable(registry, settings)
        job, _ = submit_trial(
            store, wanted, by=by, seed=seed, references=reference or (), recipe=recipe
        )
        tried(registry, wanted, job, settings, queue=queue, as_json=as_json)


@app.command()
def promote(
    bundle: Name,
    by: By,
    why: Why,
    override: Override = False,
    data_dir: options.DataDir = None,
    as_json: options.Json = False,
) -> None:
    """Let a bundle serve from now on, in every process, without a pause."""
    with _registry(data_dir) as registry:
        found = registry.bundle(bundle)
        warned = _warned(registry, found)
        event = registry.promote(found, by=by, why=why, override=override)
    _told(event, as_json, warned)


@app.command("roll-back")
def roll_back(
    by: By, why: Why, data_dir: options.DataDir = None, as_json: options.Json = False
) -> None:
    """Undo the newest promotion, at once."""
    with _registry(data_dir) as registry:
        event = registry.roll_back(by=by, why=why)
        lacking = registry.lacking(registry.active()).count
    if lacking:
        say(
            f"{lacking} annotations stored since have no embedding of it yet: searches embed them "
            "or say so; `reid bundles re-embed` makes them"
        )
    _told(event, as_json)


@app.command()
def history(data_dir: options.DataDir = None, as_json: options.Json = False) -> None:
    """Which bundle served, since when, by whom and why."""
    with _registry(data_dir) as registry:
        events = registry.promotions()
    if as_json:
        show_json({"promotions": [promotion_json(event) for event in events]})
        return
    table = table_of("When", "What", "From", "To", "By", "Why")
    for event in events:
        before, after = (f"{t['name']} {t['version']}" for t in (event.before, event.after))
        row = (f"{event.at:%Y-%m-%d %H:%M}", event.kind, before, after, event.by, event.why)
        table.add_row(*map(words, row))
    show(table)


@app.command()
def forget(bundle: Name, by: By, data_dir: options.DataDir = None) -> None:
    """Delete a bundle's files, embeddings and index; its history stays. No roll-back to it then."""
    with _registry(data_dir) as registry:
        found = registry.bundle(bundle)
        count = registry.forget(found, by=by)
    show(f"{found.label} is forgotten; {count} embeddings were deleted.")


def _warned(registry: Registry, bundle: RegisteredBundle) -> list[str]:
    """What to know before it is promoted, said on stderr too."""
    from reid.consequences import unseen

    warned = [told for told in (unseen(registry, bundle),) if told]
    for told in warned:
        say(f"warning: {told}")
    return warned


def _told(event: Promotion, as_json: bool, warned: Sequence[str] = ()) -> None:
    if as_json:
        show_json({**promotion_json(event), "warnings": list(warned)})
    else:
        show(f"{event.after['name']} {event.after['version']} serves, from now on.")
