"""A job's progress in the terminal: stage, bar, rate, time left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from reid.cli.console import printable, say
from reid.errors import CatalogueError

if TYPE_CHECKING:
    from reid.catalogue.jobs import Job, JobStore

EVERY_S = 0.5
LINE_EVERY_S = 30.0
WORDS = {
    "files": "scanning files",
    "sightings": "measuring sightings",
    "matching": "comparing sightings",
    "groups": "grouping",
    "embedding": "measuring again",
    "verdicts": "giving verdicts again",
    "identifications": "identifying again",
}


@contextmanager
def watched(store: JobStore, job_id: str) -> Iterator[None]:
    """Show the job's progress on stderr while the block runs."""
    done = threading.Event()
    thread = threading.Thread(target=follow, args=(store, job_id, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)


def follow(store: JobStore, job_id: str, done: threading.Event | None = None) -> Job:
    """Show the job's progress until it has ended, or until ``done``; returns it as it is then.

    A terminal gets a bar, everything else a line now and then.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
    )
    stop = done or threading.Event()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        shown, since = _Shown(bars), LINE_EVERY_S
        while True:
            job = _now(store, job_id, shown)
            if job is not None and (job.ended or stop.is_set()):
                return job
            since += EVERY_S
            if job is not None and since >= LINE_EVERY_S and not console.is_terminal:
                since = 0.0
                say(line_of(job))
            if stop.wait(EVERY_S):
                return store.job(job_id)


def line_of(job: Job) -> str:
    """A job's progress in a line."""
    stage = WORDS.get(job.stage, job.stage or job.state)
    many = f" {job.done:,} of {job.total:,}" if job.total else ""
    pace = pace_words(job)
    return f"{stage}{many}{', ' + pace if pace else ''}"


def pace_words(job: Job) -> str:
    """Rate and time left in words; "" while nobody can tell."""
    from datetime import UTC, datetime

    from reid.jobs.progress import duration, pace

    found = pace(job, datetime.now(UTC))
    if found.per_s is None or found.left_s is None:
        return ""
    slow = found.per_s < 1
    rate = f"{60 * found.per_s:.3g} a minute" if slow else f"{found.per_s:.3g} a second"
    return f"{rate}, {duration(found.left_s)} left"


class _Shown:
    """The bars that were begun, one a stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars, self._stage = bars, ""
        self._task = bars.add_task("waiting", total=None, pace="")

    def update(self, job: Job) -> None:
        """Show a job."""
        stage = job.stage or job.state.value
        words = printable(WORDS.get(stage, stage))
        self._bars.update(
            self._task,
            description=words,
            completed=job.done,
            total=job.total or None,
            pace=pace_words(job),
        )


def _now(store: JobStore, job_id: str, shown: _Shown) -> Job | None:
    """The job; None while the database does not answer, which is no reason to stop watching."""
    try:
        job = store.job(job_id)
    except CatalogueError:
        return None
    shown.update(job)
    return job
