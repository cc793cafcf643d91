"""Jobs, and how the service is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from reid.client.results.base import Result
from reid.client.results.bundles import Serving

ENDED = frozenset({"done", "failed", "cancelled"})


class Job(Result):
    """Long work as it stands; ``state``: queued, running, done, failed, cancelled."""

    id: str
    kind: str
    state: str
    cancel_requested: bool
    by: str
    stage: str
    done: int
    total: int
    per_s: float | None
    left_s: float | None
    attempts: int
    problem: str
    result: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    version: int

    @property
    def ended(self) -> bool:
        """Whether nobody works on it any more."""
        return self.state in ENDED


class Stage(Result):
    """How many items of a stage are in each state."""

    waiting: int
    claimed: int
    done: int
    failed: int


class ReEmbed(Job):
    """The job that makes a bundle ready; ``warnings`` where it is to serve then."""

    warnings: tuple[str, ...]


class JobDetail(Job):
    """All of a job; ``workers``: processes that work on jobs; ``takers``: on jobs of this kind."""

    stages: dict[str, Stage]
    workers: int
    takers: int


class Curve(Result):
    """The curve of a training run, oldest point first; each names what it measured."""

    points: tuple[dict[str, float], ...]


class Jobs(Result):
    """A page of jobs, newest first."""

    jobs: tuple[Job, ...]


class Health(Result):
    """The process is up."""

    status: str
    version: str


class Index(Result):
    """The search index against the catalogue: current, behind, empty or other-weights."""

    state: str
    fingerprint: str
    indexed: int
    stored: int
    other_weights: int


class Ready(Result):
    """The service can answer; ``checks`` holds the word for each thing that was looked at."""

    status: str
    access: str
    index: Index
    checks: dict[str, str]
    workers: int
    bundle: Serving | None


class Rebuilt(Result):
    """Number of vectors by part of the new index."""

    vectors: dict[str, int]


class AuditEntry(Result):
    """Something that somebody did, or was refused."""

    number: int
    at: datetime
    who: str
    key_prefix: str | None
    action: str
    about: dict[str, Any]
    status: int
    request_id: str


class Audit(Result):
    """A page of the audit log, oldest first; `next` goes into `after`."""

    entries: tuple[AuditEntry, ...]
    next: int | None


class Key(Result):
    """A key without its secret; ``revoked_at``: from then on it opens nothing."""

    prefix: str
    person: str
    role: str
    created_at: datetime
    revoked_at: datetime | None


class NewKey(Key):
    """A key just made; ``key`` is told this once, and never shown by accident."""

    key: str = Field(repr=False)


class Keys(Result):
    """Every key that was ever made, oldest first."""

    keys: tuple[Key, ...]
