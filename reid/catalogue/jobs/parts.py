"""The items of a job: each is done once, by whoever claims it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.core import Core
from reid.catalogue.jobs.asking import insert_items
from reid.catalogue.jobs.records import ItemState, JobItem, JobState, NewItem, Outcome
from reid.catalogue.jobs.rows import count_items, enlisted, find_job, held, item_of
from reid.catalogue.jobs.working import progressed
from reid.catalogue.schema import JobItemRow
from reid.errors import LeaseLostError

MOST_TRIES = 3
"""An item that went wrong so often is left out, with the reason."""
MOST_DEATHS = 8
"""So is one that so many workers died of. More, for most deaths are nobody's fault: a laptop that
is closed, power that fails, a machine that is too small for something else."""
TRIED = "given up: it stopped the worker {n} times"
_PAGE = 2000
_COLUMNS = (
    *(JobItemRow.position, JobItemRow.name, JobItemRow.state, JobItemRow.attempts),
    *(JobItemRow.deaths, JobItemRow.data, JobItemRow.result, JobItemRow.problem),
)
"""Those of a `JobItem`, in its order: rows that are only read need not be objects to write."""


class JobParts(Core):
    """What of a job is done, what is not."""

    def add_items(
        self,
        job_id: str,
        worker: str,
        stage: str,
        items: Iterable[NewItem],
        *,
        done: bool = False,
    ) -> int:
        """Store the items of a stage, once and all together; returns how many there are.

        ``done``: their data are what was found, and nothing is left to do.

        Raises:
            LeaseLostError: the job is not this worker's any more.
        """
        state = ItemState.DONE if done else ItemState.WAITING

        def work(session: Session) -> int:
            held(session, job_id, worker)
            there = sum(count_items(session, job_id, stage).values())
            return there or insert_items(session, job_id, stage, items, state)

        return self._write(work)

    def claim_items(self, job_id: str, worker: str, stage: str, most: int) -> list[JobItem]:
        """The next items of a stage to do, marked as this worker's; one that was begun before
        comes alone, so that it takes no others with it when it stops a worker again.

        Raises:
            LeaseLostError: the others took this worker for dead, or the job does not run.
        """

        def work(session: Session) -> list[JobItem]:
            enlisted(session, worker)
            if find_job(session, job_id).state != JobState.RUNNING:
                raise LeaseLostError(f"job {job_id} does not run any more")
            chosen: list[JobItemRow] = []
            for row in session.scalars(_waiting(job_id, stage).limit(most)):
                if row.deaths >= MOST_DEATHS:
                    row.state = ItemState.FAILED.value
                    row.problem = row.problem or TRIED.format(n=row.deaths)
                    progressed(session, job_id)
                elif not chosen or not _begun(row):
                    chosen.append(row)
                    if _begun(row):
                        break
            for row in chosen:
                row.state, row.worker = ItemState.CLAIMED.value, worker
                row.attempts += 1
            return [item_of(row) for row in chosen]

        return self._write(work)

    def commit_items(
        self, job_id: str, worker: str, stage: str, outcomes: Sequence[Outcome]
    ) -> None:
        """Keep what came of items that this worker claimed.

        Raises:
            LeaseLostError: an item is not this worker's any more.
        """

        def work(session: Session) -> None:
            enlisted(session, worker)
            positions = [outcome.position for outcome in outcomes]
            rows = _mine(session, job_id, worker, stage, positions)
            for outcome, row in zip(outcomes, rows, strict=True):
                row.state = (ItemState.FAILED if outcome.failed else ItemState.DONE).value
                row.result, row.problem = outcome.result, outcome.problem
            progressed(session, job_id)

        self._write(work)

    def retry_item(
        self, job_id: str, worker: str, stage: str, position: int, problem: str
    ) -> ItemState:
        """The item did not work out: it waits again, or has failed after ``MOST_TRIES``."""

        def work(session: Session) -> ItemState:
            enlisted(session, worker)
            (row,) = _mine(session, job_id, worker, stage, [position])
            ended = row.attempts >= MOST_TRIES
            state = ItemState.FAILED if ended else ItemState.WAITING
            row.state, row.worker, row.problem = state.value, None, problem
            return state

        return self._write(work)

    def item_counts(self, job_id: str, stage: str) -> dict[ItemState, int]:
        """How many items of a stage are in each state."""
        return self._read(lambda session: count_items(session, job_id, stage))

    def stages(self, job_id: str) -> dict[str, dict[ItemState, int]]:
        """The counts of every stage that has items."""
        query = (
            select(JobItemRow.stage, JobItemRow.state, func.count())
            .where(JobItemRow.job_id == job_id)
            .group_by(JobItemRow.stage, JobItemRow.state)
        )

        def work(session: Session) -> dict[str, dict[ItemState, int]]:
            found: dict[str, dict[ItemState, int]] = {}
            for stage, state, count in session.execute(query):
                counts = found.setdefault(stage, dict.fromkeys(ItemState, 0))
                counts[ItemState(state)] = int(count)
            return found

        return self._read(work)

    def items(self, job_id: str, stage: str, state: ItemState | None = None) -> Iterator[JobItem]:
        """The items of a stage in their order, read a page at a time."""
        last = -1
        while True:
            page = self._page(job_id, stage, state, last)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].position

    def _page(self, job_id: str, stage: str, state: ItemState | None, last: int) -> list[JobItem]:
        query = select(*_COLUMNS).where(JobItemRow.job_id == job_id, JobItemRow.stage == stage)
        if state is not None:
            query = query.where(JobItemRow.state == state.value)
        page = query.where(JobItemRow.position > last).order_by(JobItemRow.position).limit(_PAGE)
        return self._read(
            lambda session: [
                JobItem(row[0], row[1], ItemState(row[2]), *row[3:])
                for row in session.execute(page)
            ]
        )

    def results(self, job_id: str, stage: str, positions: Sequence[int]) -> dict[int, Any]:
        """Results of those of these items that are done."""
        query = select(JobItemRow.position, JobItemRow.result).where(
            JobItemRow.job_id == job_id,
            JobItemRow.stage == stage,
            JobItemRow.state == ItemState.DONE.value,
            JobItemRow.position.in_(positions),
        )
        return self._read(lambda s: {int(row[0]): row[1] for row in s.execute(query)})


def _waiting(job_id: str, stage: str) -> Any:
    query = select(JobItemRow).filter_by(job_id=job_id, stage=stage, state=ItemState.WAITING.value)
    return query.order_by(JobItemRow.position)


def _begun(row: JobItemRow) -> bool:
    return row.attempts + row.deaths > 0


def _mine(
    session: Session, job_id: str, worker: str, stage: str, positions: Sequence[int]
) -> list[JobItemRow]:
    """The rows of items that this worker has in hand, as asked for."""
    query = select(JobItemRow).where(
        JobItemRow.job_id == job_id,
        JobItemRow.stage == stage,
        JobItemRow.position.in_(positions),
        JobItemRow.worker == worker,
        JobItemRow.state == ItemState.CLAIMED.value,
    )
    found = {row.position: row for row in session.scalars(query)}
    for position in positions:
        if position not in found:
            raise LeaseLostError(
                f"item {position} of stage {stage} of job {job_id} is not this worker's any more"
            )
    return [found[position] for position in positions]
