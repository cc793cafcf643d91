"""``reid consequences``: what another bundle would change of the answers that were given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli import options
from reid.cli.console import say, show, show_json, table_of, words
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.job_tables import state_words
from reid.cli.working import Hands, why_not, work_on

if TYPE_CHECKING:
    from reid.catalogue.jobs import Job
    from reid.consequences.changes import Change

SHOWN = 20


def consequences(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="The challenger: a bundle's name or path.")
    ],
    tolerance: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, help="A probability that moves by no more is no change."),
    ] = 0.05,
    by: Annotated[str, typer.Option(help="Who asks; kept with the job.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, whatever was done.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--queue", help="Do it here, or leave it to `reid worker`.")
    ] = True,
    report: Annotated[
        Path | None, typer.Option(help="Copy the illustrated page there, one HTML file.")
    ] = None,
    data_dir: options.DataDir = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Give every stored answer again with another bundle, and show what changes. Changes nothing.

    Stopped, it goes on where it was when it is asked for again.
    """
    from reid.catalogue.jobs import JobStore
    from reid.consequences import submit_replay
    from reid.registry import Registry

    settings = read_settings(data_dir).model_copy(update={"threads": threads})
    with open_catalogue(data_dir) as catalogue:
        store = JobStore.of(catalogue)
        registry = Registry.of(catalogue, settings)
        job, _ = submit_replay(registry, bundle, tolerance=tolerance, by=by, fresh=fresh)
        if not wait:
            _queued(job, as_json)
            return
        with Hands(settings, catalogue) as hands:
            job = work_on(store, job, hands)
        if job.state != "done":
            raise why_not(job)
        _show(catalogue.data_dir / "jobs" / job.id, report, as_json)


def _queued(job: Job, as_json: bool) -> None:
    if as_json:
        show_json({"job": job.id, "state": str(job.state)})
    else:
        show(f"Job {job.id}: {state_words(job)}; `reid jobs watch {job.id}` shows how far it is.")


def _show(folder: Path, report: Path | None, as_json: bool) -> None:
    from reid.consequences import wording
    from reid.consequences.changes import read_change

    told = json.loads((folder / "consequences.json").read_text(encoding="utf-8"))
    if report is not None:
        report.write_bytes((folder / "consequences.html").read_bytes())
        say(f"wrote {report}")
    if as_json:
        show_json(told)
        return
    show(words(wording.headline(told["counts"]), "bold"))
    changes = [read_change(one) for one in told["changes"]]
    if changes:
        show(_table(changes[:SHOWN]))
    if len(changes) > SHOWN:
        show(f"And {len(changes) - SHOWN:,} more.")
    waiting = told["counts"]["for_review"]
    if waiting:
        wait = "1 pair waits" if waiting == 1 else f"{waiting:,} pairs wait"
        show(f"{wait} for a reviewer (`reid review next`); nothing was changed.")
    show(f"The whole, with pictures: {folder / 'consequences.html'}")


def _table(changes: list[Change]) -> Any:
    from reid.consequences import wording

    table = table_of("Question", "Before", "After", "People")
    for one in changes:
        people = wording.confirmed(one)
        said = words(f"AGAINST: {people}", "bold red") if one.contradicts else words(people)
        before, after = wording.told(one, one.before), wording.told(one, one.after)
        table.add_row(words(wording.title(one)), words(before), words(after), said)
    return table
