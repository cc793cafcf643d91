"""``reid jobs group``: which stored sightings may be one animal. Proposals only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import say, show, table_of, words
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.job_outputs import show_done, show_queued
from reid.cli.working import Hands, work_on
from reid.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from reid.catalogue import Catalogue
    from reid.catalogue.jobs import Job, JobStore

SHOWN = 40


def group(
    sightings: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SIGHTING]...", help="Without: all that nobody named yet."),
    ] = None,
    siblings: Annotated[
        int,
        typer.Option(
            min=1, max=100, help="With how many others each sighting is compared at least."
        ),
    ] = 10,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave the work to a `reid worker`; print the job.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for tables and report; default: groups-JOB in this folder."),
    ] = None,
    max_error: options.MaxError = None,
    by: Annotated[str, typer.Option(help="Who asks; kept with the job.")] = "",
    data_dir: options.DataDir = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Propose which stored sightings are one animal; look for the animals where nobody did.

    Nothing is decided. Killed or interrupted, the same command goes on where it stopped.
    """
    from reid.batch import BatchOptions, submit_group
    from reid.catalogue.jobs import JobStore

    chosen = BatchOptions(siblings=siblings, max_error=0.01 if max_error is None else max_error)
    settings = read_settings(data_dir).model_copy(update={"threads": threads})
    with open_catalogue(data_dir) as catalogue:
        store = JobStore.of(catalogue)
        job, created = submit_group(store, _ids(catalogue, sightings), chosen, by=by)
        say(f"job {job.id}: {'begun' if created else 'asked for before; it is the same job'}")
        if queue:
            show_queued(job, as_json=as_json)
            return
        with Hands(settings, catalogue) as hands:
            job = work_on(store, store.resume(job.id) if not created else job, hands)
        tables = [proposals_table(store, job)] if job.state == "done" else []
    show_done(job, out or Path(f"groups-{job.id}"), settings.data_dir, *tables, as_json=as_json)
    if not as_json:
        show(
            "Nothing was decided. Look at the report, then say what is so: "
            "`reid review proposals --by NAME`, or Review in the browser (`reid serve`)."
        )


def _ids(catalogue: Catalogue, given: Sequence[str] | None) -> list[str]:
    """The sightings asked for, by id; without, those of which nobody said who they are."""
    from reid.batch.submitting import MOST_IDS
    from reid.catalogue.sighting_pages import Chosen, SightingPages, Standing

    if given:
        return [catalogue.sighting(name).id for name in given]
    unnamed = Chosen(standing=Standing.UNNAMED)
    found = SightingPages.of(catalogue).ids(unnamed, MOST_IDS + 1)
    if not found:
        raise InputError(
            "expected sightings that nobody named yet, found none; `reid import` or `reid batch` "
            "bring some"
        )
    return sorted(found)


def proposals_table(store: JobStore, job: Job) -> Table:
    """The proposals of several sightings, or of somebody known; others are only counted."""
    table = table_of("Proposal", "Sightings", "One animal", "Which")
    found = [item.data for item in store.items(job.id, "groups")]
    told = [one for one in found if len(one["members"]) > 1 or one["individual"]]
    for one in sorted(told, key=lambda one: -len(one["members"]))[:SHOWN]:
        cells = (one["label"], len(one["members"]), sure_words(one), ", ".join(one["members"]))
        table.add_row(*map(words, cells))
    if len(told) > SHOWN:
        table.add_row(*map(words, ("", f"{len(told) - SHOWN} more", "", "in groups.csv")))
    alone = len(found) - len(told)
    if alone:
        table.add_row(*map(words, ("", f"{alone} alone", "", "each perhaps an animal seen once")))
    return table


def sure_words(proposal: dict[str, object]) -> str:
    """How sure the machine is that all of it is one animal."""
    from reid.types.words import percent

    chance = proposal["probability"]
    return percent(chance) if isinstance(chance, float) else "found by search"
