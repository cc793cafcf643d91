"""What an ended job leaves: its files copied to where they are wanted, its numbers shown."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from reid.cli.console import plain_table, show, show_json
from reid.cli.job_tables import job_json, summary_table
from reid.cli.working import why_not
from reid.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from reid.catalogue.jobs import Job


def show_queued(job: Job, *, as_json: bool) -> None:
    """Which job a worker is to do."""
    show_json(job_json(job)) if as_json else show(f"Queued as job {job.id}.")


def show_done(job: Job, folder: Path, data_dir: Path, *tables: Table, as_json: bool) -> None:
    """Copy tables and report of a job into ``folder`` and show its numbers.

    Raises:
        ReidError: it is not done, or the folder cannot be written.
    """
    if job.state != "done":
        raise why_not(job)
    _copied(data_dir / "jobs" / job.id, folder, job.result["files"])
    if as_json:
        show_json({**job_json(job), "folder": str(folder)})
    else:
        show(summary_table(job), *tables, *plain_table({"Report": folder / "report.html"}))


def _copied(source: Path, target: Path, names: list[str]) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(source / name, target / f".{name}.part")
            (target / f".{name}.part").replace(target / name)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from error
