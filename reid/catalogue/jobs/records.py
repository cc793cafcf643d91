"""Jobs as values, and the states that they go through. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from reid.errors import InputError


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
MOVES = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # back to the queue: released, to be tried again, or its worker died
    JobState.RUNNING: frozenset({JobState.QUEUED, *ENDED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),  # asked for again
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
    JobState.DONE: frozenset[JobState](),
}


def check_move(job_id: str, now: str, then: JobState) -> None:
    """Raise InputError unless a job may go from one state to the other."""
    if then not in MOVES[JobState(now)]:
        raise InputError(f"job {job_id} is {now}: it cannot become {then.value}")


class ItemState(StrEnum):
    """Where a part of a job stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    ``done`` of ``total`` items of ``stage``; ``stage_base`` were done when this stage last
    began, at ``stage_started_at``: what a rate is counted from. ``attempts`` in vain, at most
    ``max_attempts``, and ``deaths`` of workers, which need not be its fault and may be more.
    ``cancel``: somebody asked to stop it. ``version`` grows with every change.
    """

    id: str
    kind: str
    key: str
    subject: str
    params: dict[str, Any] = field(repr=False)
    resources: tuple[str, ...]
    by: str
    state: JobState
    cancel: bool
    attempts: int
    deaths: int
    max_attempts: int
    not_before: datetime | None
    worker: str | None
    open_stage: str | None
    stage: str
    done: int
    total: int
    stage_base: int
    stage_started_at: datetime | None
    problem: str
    result: dict[str, Any] = field(repr=False)
    version: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime

    @property
    def ended(self) -> bool:
        """Whether nobody will work on it unless it is asked for again."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class NewItem:
    """A part of a job to be done: ``name`` for people, ``data`` for the work."""

    name: str
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class JobItem:
    """A part of a job as it stands; ``problem`` says why it failed, ``result`` what was found, of
    one that failed too where anything was.
    """

    position: int
    name: str
    state: ItemState
    attempts: int
    deaths: int
    data: dict[str, Any] = field(repr=False)
    result: dict[str, Any] | None = field(repr=False)
    problem: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an item: a result, or a problem: then it failed, whatever else is known."""

    position: int
    result: dict[str, Any] | None = None
    problem: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did not work out."""
        return self.result is None or bool(self.problem)


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker as the others see it. ``kinds``: of job that it takes; None: it did not say."""

    id: str
    machine: str
    pid: int
    process: str
    beat: int
    seen_at: datetime
    kinds: frozenset[str] | None = None

    def takes(self, kind: str) -> bool:
        """Whether it may begin jobs of this kind; who did not say is given the benefit."""
        return self.kinds is None or kind in self.kinds
