"""What workers do with jobs: claim, tell how far they are, end, take over from the dead.

Every write of a worker is refused unless it is still enlisted (`LeaseLostError`), so what was
taken over from it is never written twice. Whoever is silent is struck off by the others, who
measure the silence by their own clocks: no time of another machine is ever compared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reid.catalogue.core import Core, now
from reid.catalogue.jobs.records import Job, JobState, WorkerSeen
from reid.catalogue.jobs.rows import (
    enlisted,
    held,
    job_of,
    move,
    release_items,
    touch,
)
from reid.catalogue.schema import JobRow, JobWorkerRow

FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 600.0
JOB_DEATHS = 20
"""A job is given up when so many workers died of it in a row; more than of one of its items."""
GAVE_UP = "its workers stopped {n} times without getting any further"


def back_off_s(attempts: int) -> float:
    """Seconds until the next try after so many in vain: doubled each time, to ten minutes."""
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** max(0, attempts - 1)))


class WorkingJobs(Core):
    """The queue as workers see it."""

    def enlist(
        self,
        worker: str,
        *,
        machine: str,
        pid: int,
        process: str,
        kinds: Collection[str] | None = None,
    ) -> None:
        """Begin to work; ``process`` tells two processes of one pid apart.

        ``kinds`` of job that it takes; None: it does not say.
        """
        row = JobWorkerRow(id=worker, machine=machine, pid=pid, process=process, beat=0)
        row.kinds = None if kinds is None else sorted(kinds)
        row.started_at = row.seen_at = now()
        self._write(lambda session: session.add(row))

    def beat(self, worker: str) -> None:
        """Say that a worker lives.

        Raises:
            LeaseLostError: the others took it for dead.
        """

        def work(session: Session) -> None:
            row = enlisted(session, worker)
            row.beat, row.seen_at = row.beat + 1, now()

        self._write(work)

    def workers(self) -> list[WorkerSeen]:
        """Everybody enlisted."""

        def work(session: Session) -> list[WorkerSeen]:
            rows = session.scalars(select(JobWorkerRow).order_by(JobWorkerRow.started_at))
            return [_seen(row) for row in rows]

        return self._read(work)

    def takers(self, kind: str) -> int:
        """How many of those enlisted take jobs of this kind."""
        return sum(worker.takes(kind) for worker in self.workers())

    def strike_off(self, workers: Collection[WorkerSeen]) -> list[str]:
        """Take over from the dead: their jobs are queued again, their items wait again.

        One that gave a sign since it was ``seen`` stays. Returns the ids of those struck off.
        """

        def work(session: Session) -> list[str]:
            rows = [session.get(JobWorkerRow, seen.id) for seen in workers]
            beats = {seen.id: seen.beat for seen in workers}
            dead = [row for row in rows if row is not None and row.beat == beats[row.id]]
            for row in dead:
                _let_go(session, row.id, died=True)
                session.delete(row)
            return [row.id for row in dead]

        return self._write(work)

    def leave(self, worker: str) -> None:
        """Stop working in good order: nothing that was begun counts as an attempt."""

        def work(session: Session) -> None:
            row = session.get(JobWorkerRow, worker)
            if row is None:
                return
            _let_go(session, worker)
            session.delete(row)

        self._write(work)

    def claim(self, worker: str, *, kinds: Collection[str], only: str | None = None) -> Job | None:
        """The oldest job that is due, of these kinds, and whose resources nobody uses; or None.

        ``only``: this job and no other.

        Raises:
            LeaseLostError: the others took this worker for dead.
        """

        def work(session: Session) -> Job | None:
            enlisted(session, worker)
            busy = _busy(session)
            waiting = select(JobRow).where(
                JobRow.state == JobState.QUEUED.value, JobRow.kind.in_(kinds)
            )
            if only is not None:
                waiting = waiting.where(JobRow.id == only)
            for row in session.scalars(waiting.order_by(JobRow.created_at, JobRow.id)):
                if _due(row) and not busy & set(row.resources):
                    return _begin(row, worker)
            return None

        # looked at first without the writers' lock: most of the time there is nothing
        return self._write(work) if self._any_queued() else None

    def _any_queued(self) -> bool:
        query = select(JobRow.id).where(JobRow.state == JobState.QUEUED.value).limit(1)
        return self._read(lambda session: session.scalar(query)) is not None

    def open_jobs(self, kinds: Collection[str]) -> list[Job]:
        """Running jobs in a stage in which others may help."""
        query = select(JobRow).where(
            JobRow.state == JobState.RUNNING.value,
            JobRow.open_stage.is_not(None),
            JobRow.kind.in_(kinds),
        )
        return self._read(lambda session: [job_of(r) for r in session.scalars(query)])

    def tell(
        self, job_id: str, worker: str, *, stage: str, done: int, total: int, opened: bool
    ) -> Job:
        """How far the job is; ``opened``: others may help with this stage.

        Raises:
            LeaseLostError: it is not this worker's any more.
        """

        def work(session: Session) -> Job:
            row = held(session, job_id, worker)
            if row.stage != stage or row.stage_started_at is None:
                row.stage, row.stage_base, row.stage_started_at = stage, done, now()
            row.done, row.total = done, total
            row.open_stage = stage if opened else None
            touch(row)
            return job_of(row)

        return self._write(work)

    def release(self, worker: str) -> None:
        """What the worker had begun of others' jobs waits again."""
        self._write(lambda session: release_items(session, worker))

    def finish(self, job_id: str, worker: str, result: dict[str, Any]) -> Job:
        """The job is done. Raises LeaseLostError."""
        return self._end(job_id, worker, JobState.DONE, "", result)

    def fail(self, job_id: str, worker: str, problem: str, *, again: bool) -> Job:
        """The job failed; ``again``: it is tried later, unless it was tried too often already.

        Raises:
            LeaseLostError: it is not this worker's any more.
        """

        def work(session: Session) -> Job:
            row = held(session, job_id, worker)
            release_items(session, worker)
            if again and row.attempts < row.max_attempts:
                _wait(row, problem)
            else:
                move(row, JobState.FAILED, problem)
            return job_of(row)

        return self._write(work)

    def stop(self, job_id: str, worker: str) -> Job:
        """The job is cancelled, as was asked. Raises LeaseLostError."""
        return self._end(job_id, worker, JobState.CANCELLED, "", None)

    def give_back(self, job_id: str, worker: str) -> Job:
        """The worker has to stop; the job waits for another. Raises LeaseLostError."""

        def work(session: Session) -> Job:
            row = held(session, job_id, worker)
            release_items(session, worker)
            row.attempts = max(0, row.attempts - 1)
            move(row, JobState.QUEUED)
            return job_of(row)

        return self._write(work)

    def _end(
        self,
        job_id: str,
        worker: str,
        state: JobState,
        problem: str,
        result: dict[str, Any] | None,
    ) -> Job:
        def work(session: Session) -> Job:
            row = held(session, job_id, worker)
            release_items(session, worker)
            if result is not None:
                row.result, row.done = result, row.total
            move(row, state, problem)
            return job_of(row)

        return self._write(work)


def _begin(row: JobRow, worker: str) -> Job:
    move(row, JobState.RUNNING)
    row.worker, row.attempts = worker, row.attempts + 1
    row.started_at = row.started_at or now()
    row.stage_started_at = row.not_before = None
    return job_of(row)


def _due(row: JobRow) -> bool:
    """Whether it may be tried now; a clock that was wrong cannot hold it back for longer."""
    if row.not_before is None:
        return True
    wait = row.not_before - now()
    return wait <= timedelta(0) or wait > timedelta(seconds=2 * LONGEST_WAIT_S)


def _busy(session: Session) -> set[str]:
    running = session.scalars(select(JobRow).where(JobRow.state == JobState.RUNNING.value))
    return {resource for row in running for resource in row.resources}


def _jobs_of(session: Session, worker: str) -> Sequence[JobRow]:
    query = select(JobRow).where(JobRow.worker == worker, JobRow.state == JobState.RUNNING.value)
    return session.scalars(query).all()


def _let_go(session: Session, worker: str, *, died: bool = False) -> None:
    release_items(session, worker, died=died)
    for job in _jobs_of(session, worker):
        job.attempts, job.deaths = max(0, job.attempts - 1), job.deaths + died
        if job.cancel:
            move(job, JobState.CANCELLED)
        elif job.deaths >= JOB_DEATHS:
            move(job, JobState.FAILED, GAVE_UP.format(n=job.deaths))
        else:
            move(job, JobState.QUEUED)


def _wait(row: JobRow, problem: str) -> None:
    attempts = row.attempts
    move(row, JobState.QUEUED, problem)
    row.not_before = now() + timedelta(seconds=back_off_s(attempts))


def progressed(session: Session, job_id: str) -> None:
    """Something was committed: the count of vain attempts begins anew."""
    session.execute(
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.attempts + JobRow.deaths > 0)
        .values(attempts=0, deaths=0)
    )


def _seen(row: JobWorkerRow) -> WorkerSeen:
    kinds = None if row.kinds is None else frozenset(row.kinds)
    return WorkerSeen(row.id, row.machine, row.pid, row.process, row.beat, row.seen_at, kinds)
