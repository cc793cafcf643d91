"""What people do with jobs: ask for them, look at them, stop them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from reid.catalogue.content import canonical_json, check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.jobs.records import ENDED, ItemState, Job, JobState, NewItem
from reid.catalogue.jobs.rows import find_job, job_of, move, touch
from reid.catalogue.schema import JobItemRow, JobRow
from reid.errors import InputError
from reid.types.checks import require

MAX_ATTEMPTS = 5
MOST_LISTED = 1000
_CHUNK = 2000


class AskingJobs(Core):
    """The queue as those see it who wait for its answers."""

    def submit(
        self,
        kind: str,
        params: Mapping[str, Any],
        *,
        key: str,
        subject: str | None = None,
        resources: Sequence[str] = (),
        by: str = "",
        items: Mapping[str, Iterable[NewItem]] | None = None,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> tuple[Job, bool]:
        """Ask for a job; returns it and whether it is new. The same ``key`` is the same job.

        One that failed or was cancelled is queued again and goes on where it stopped.
        ``items`` by stage are stored with it, all or nothing.

        Raises:
            InputError: ``params`` are not JSON, or a key that is no 64 hex digits.
        """
        require(len(key) == 64, f"job key: expected 64 hex digits, found {key!r}")
        canonical_json(dict(params), f"job {kind}")
        check_texts(f"job {kind}", by)

        def work(session: Session) -> tuple[Job, bool]:
            known = session.scalar(select(JobRow).filter_by(key=key))
            if known is not None:
                _revive(known)
                return job_of(known), False
            row = _new(kind, params, key, subject or key, resources, by, max_attempts)
            session.add(row)
            session.flush()
            for stage, parts in (items or {}).items():
                insert_items(session, row.id, stage, parts)
            return job_of(row), True

        return self._write(work)

    def resume(self, job_id: str) -> Job:
        """Queue a job again that failed or was cancelled; others stay as they are.

        Raises:
            NotFoundError: no such job.
        """

        def work(session: Session) -> Job:
            row = find_job(session, job_id)
            _revive(row)
            return job_of(row)

        return self._write(work)

    def job(self, job_id: str) -> Job:
        """One job. Raises NotFoundError."""
        return self._read(lambda session: job_of(find_job(session, job_id)))

    def jobs(self, *, limit: int = 100, skip: int = 0, state: JobState | None = None) -> list[Job]:
        """Jobs, newest first."""
        require(
            0 < limit <= MOST_LISTED and skip >= 0,
            f"limit: expected 1 to {MOST_LISTED}, found {limit}; skip: 0 or more, found {skip}",
        )
        query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id.desc())
        if state is not None:
            query = query.where(JobRow.state == state.value)
        page = query.limit(limit).offset(skip)
        return self._read(lambda session: [job_of(row) for row in session.scalars(page)])

    def unfinished(self, subject: str) -> Job | None:
        """The newest job of a subject that is not done, if there is one."""
        query = (
            select(JobRow)
            .where(JobRow.subject == subject, JobRow.state != JobState.DONE.value)
            .order_by(JobRow.created_at.desc())
            .limit(1)
        )

        def work(session: Session) -> Job | None:
            row = session.scalar(query)
            return None if row is None else job_of(row)

        return self._read(work)

    def cancel(self, job_id: str) -> Job:
        """Stop a job: at once while it waits, else after the item that is being worked on.

        One that has ended stays as it is.

        Raises:
            NotFoundError: no such job.
        """

        def work(session: Session) -> Job:
            row = find_job(session, job_id)
            if row.state == JobState.QUEUED:
                move(row, JobState.CANCELLED)
            elif row.state == JobState.RUNNING and not row.cancel:
                row.cancel = True
                touch(row)
            return job_of(row)

        return self._write(work)


def insert_items(
    session: Session,
    job_id: str,
    stage: str,
    items: Iterable[NewItem],
    state: ItemState = ItemState.WAITING,
) -> int:
    """Store items in their order; returns how many."""
    plain = {"job_id": job_id, "stage": stage, "problem": "", "worker": None}
    none_yet = {"attempts": 0, "deaths": 0}
    rows = (
        {
            **plain,
            **none_yet,
            "position": position,
            "name": item.name,
            "data": item.data,
            "result": None,
            "state": state.value,
        }
        for position, item in enumerate(items)
    )
    count = 0
    while chunk := list(itertools.islice(rows, _CHUNK)):
        session.execute(insert(JobItemRow), chunk)
        count += len(chunk)
    return count


def _new(
    kind: str,
    params: Mapping[str, Any],
    key: str,
    subject: str,
    resources: Sequence[str],
    by: str,
    max_attempts: int,
) -> JobRow:
    if max_attempts < 1:
        raise InputError(f"max_attempts: expected at least 1, found {max_attempts}")
    return JobRow(
        id=uuid.uuid4().hex[:16],
        kind=kind,
        key=key,
        subject=subject,
        params=dict(params),
        resources=list(resources),
        by=by,
        state=JobState.QUEUED.value,
        cancel=False,
        attempts=0,
        deaths=0,
        max_attempts=max_attempts,
        stage="",
        done=0,
        total=0,
        stage_base=0,
        problem="",
        result={},
        version=1,
        created_at=now(),
        updated_at=now(),
    )


def _revive(row: JobRow) -> None:
    if JobState(row.state) in ENDED - {JobState.DONE}:
        move(row, JobState.QUEUED)
        row.attempts, row.deaths, row.cancel = 0, 0, False
        row.not_before = row.finished_at = None
    elif row.cancel:  # asked to stop, and asked for again before it did
        row.cancel = False
        touch(row)
