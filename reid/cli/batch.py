"""``reid batch``: a whole archive, from its files to proposals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reid.cli import options
from reid.cli.console import say
from reid.cli.engines import open_catalogue, read_settings
from reid.cli.exits import Exit
from reid.cli.job_outputs import show_done, show_queued
from reid.cli.working import Hands, work_on
from reid.errors import InputError

if TYPE_CHECKING:
    from reid.catalogue.jobs import Job
    from reid.config import Settings


def batch(
    where: Annotated[
        Path,
        typer.Argument(
            metavar="DIR | TABLE | CAMTRAP_DP",
            help="A folder with a folder for each station, in it perhaps one for each camera; a "
            "CSV table with the column media_path; or a Camtrap DP package (its folder or "
            "datapackage.json).",
        ),
    ],
    gap_minutes: Annotated[
        float, typer.Option(min=0.05, max=1440, help="A pause this long ends a sighting.")
    ] = 2.0,
    station_level: Annotated[
        int,
        typer.Option(
            min=0, max=9, help="Which level of folders names the station; 0: all is one station."
        ),
    ] = 1,
    siblings: Annotated[
        int,
        typer.Option(
            min=1, max=100, help="With how many others each sighting is compared at least."
        ),
    ] = 10,
    skip_empty: Annotated[
        bool,
        typer.Option(
            "--skip-empty",
            help="List sightings in which nothing looks like a leopard; do not store them.",
        ),
    ] = False,
    exif_positions: options.ExifPositions = False,
    licence: options.Licence = "",
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Begin anew although a job of this archive was begun."),
    ] = False,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave the work to a `reid worker`; print the job.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Work on a Ray cluster too: its head's address, 'auto', or 'local' for processes "
            "of this machine. Needs the extra 'cluster'.",
        ),
    ] = None,
    ray_workers: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Processes on the cluster; default: all its cores."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for tables and report; default: batch-JOB in this folder."),
    ] = None,
    max_error: options.MaxError = None,
    by: Annotated[str, typer.Option(help="Who asks; kept with the job.")] = "",
    data_dir: options.DataDir = None,
    read_strips: options.ReadStrips = False,
    strip_dates: options.StripDates = None,
    threads: options.Threads = 2,
    as_json: options.Json = False,
) -> None:
    """Work through an archive: sightings, animals, who may be whom. Proposals only.

    Killed or interrupted, the same command goes on where it stopped.
    """
    from reid.batch import BatchOptions, submit_batch
    from reid.catalogue.jobs import JobStore
    from reid.survey.licences import stated

    if queue and ray is not None:
        raise InputError("--ray: expected without --queue, whose work `reid worker` does")
    if queue and (read_strips or strip_dates):
        raise InputError(
            "--read-strips: expected without --queue: a worker reads strips where "
            "LEOPARD_REID_READ_STRIPS=yes is set for it"
        )
    chosen = BatchOptions(
        gap_s=60 * gap_minutes,
        station_level=station_level,
        siblings=siblings,
        skip_empty=skip_empty,
        exif_positions=exif_positions,
        licence=stated(licence, "--licence"),
        max_error=0.01 if max_error is None else max_error,
    )
    settings, strips = read_settings(data_dir), options.strips_of(read_strips, strip_dates)
    with open_catalogue(data_dir) as catalogue:
        store = JobStore.of(catalogue)
        job, created = submit_batch(store, where, chosen, by=by, fresh=fresh)
        say(f"job {job.id}: {_news(job, created)}")
        if not queue:
            chosen_strips = strips or settings.read_strips
            settings = settings.model_copy(
                update={"threads": threads, "read_strips": chosen_strips}
            )
            with Hands(settings, catalogue) as hands, _helped(ray, settings, job, ray_workers):
                job = work_on(store, job, hands)
    _end(job, out, settings.data_dir, as_json, queue)


@contextmanager
def _helped(
    address: str | None, settings: Settings, job: Job, workers: int | None
) -> Iterator[None]:
    """Let a cluster help where one is named."""
    if address is None or job.ended:
        yield
        return
    from reid.batch.cluster import helpers

    with helpers(address, settings, job.id, workers=workers, threads=settings.threads) as actors:
        say(f"{len(actors)} workers of the cluster help")
        yield


def _news(job: Job, created: bool) -> str:
    if created:
        return "begun"
    return "done before, on the very same files" if job.ended else "goes on where it stopped"


def _end(job: Job, out: Path | None, data_dir: Path, as_json: bool, queued: bool) -> None:
    if queued:
        show_queued(job, as_json=as_json)
        return
    show_done(job, out or Path(f"batch-{job.id}"), data_dir, as_json=as_json)
    if job.result["media"]["bad"]:
        raise typer.Exit(Exit.REJECTED)
