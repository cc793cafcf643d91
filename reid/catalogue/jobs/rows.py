"""Rows of jobs and items, and values of them, inside a transaction."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reid.catalogue.core import now
from reid.catalogue.jobs.records import ItemState, Job, JobItem, JobState, check_move
from reid.catalogue.schema import JobItemRow, JobRow, JobWorkerRow
from reid.errors import LeaseLostError, NotFoundError

_PLAIN = [f.name for f in fields(Job) if f.name not in ("state", "resources")]


def job_of(row: JobRow) -> Job:
    """The job as a value."""
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return Job(state=JobState(row.state), resources=tuple(row.resources), **plain)


def item_of(row: JobItemRow) -> JobItem:
    """The item as a value."""
    state = ItemState(row.state)
    tries = (row.attempts, row.deaths)
    return JobItem(row.position, row.name, state, *tries, row.data, row.result, row.problem)


def find_job(session: Session, job_id: str) -> JobRow:
    """The row, or NotFoundError."""
    row = session.get(JobRow, job_id)
    if row is None:
        raise NotFoundError(f"no job {job_id!r}; list them with `reid jobs list`")
    return row


def touch(row: JobRow) -> None:
    """Say that the job changed."""
    row.version += 1
    row.updated_at = now()


def move(row: JobRow, then: JobState, problem: str = "") -> None:
    """Bring a job into another state; who worked on it lets go, unless it runs now.

    Raises:
        InputError: it cannot go there.
    """
    check_move(row.id, row.state, then)
    row.state, row.problem = then.value, problem
    if then is not JobState.RUNNING:
        row.worker = row.open_stage = None
    if then in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        row.finished_at = now()
    touch(row)


def held(session: Session, job_id: str, worker: str) -> JobRow:
    """The job that this worker runs.

    Raises:
        LeaseLostError: it does not, any more.
    """
    enlisted(session, worker)
    row = find_job(session, job_id)
    if row.state != JobState.RUNNING or row.worker != worker:
        raise LeaseLostError(f"job {job_id} is not this worker's any more (it is {row.state})")
    return row


def enlisted(session: Session, worker: str) -> JobWorkerRow:
    """The worker's row.

    Raises:
        LeaseLostError: the others took it for dead.
    """
    row = session.get(JobWorkerRow, worker)
    if row is None:
        raise LeaseLostError(
            "this worker was silent for so long that others took over its work; nothing of what "
            "they do is repeated here"
        )
    return row


def count_items(session: Session, job_id: str, stage: str) -> dict[ItemState, int]:
    """How many items of a stage are in each state."""
    query = (
        select(JobItemRow.state, func.count())
        .where(JobItemRow.job_id == job_id, JobItemRow.stage == stage)
        .group_by(JobItemRow.state)
    )
    found = {ItemState(state): int(count) for state, count in session.execute(query)}
    return {state: found.get(state, 0) for state in ItemState}


def release_items(session: Session, worker: str, *, died: bool = False) -> None:
    """What the worker had begun waits again; that it ``died`` of it is counted by itself."""
    session.execute(
        update(JobItemRow)
        .where(JobItemRow.worker == worker, JobItemRow.state == ItemState.CLAIMED.value)
        .values(
            state=ItemState.WAITING.value,
            worker=None,
            attempts=JobItemRow.attempts - 1,
            deaths=JobItemRow.deaths + int(died),
        )
    )
