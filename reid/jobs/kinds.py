"""What a kind of job is, and how one is asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from reid.catalogue import content_sha256
from reid.catalogue.jobs import Job, JobStore

if TYPE_CHECKING:
    from reid.jobs.context import JobContext


class JobKind(Protocol):
    """Knows how to do one kind of job; made once a worker, used for many jobs."""

    @property
    def name(self) -> str:
        """The kind's name in the queue."""

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do the job from where it stands; returns its result, plain values.

        Called again after a failure or a kill: what is committed must not be done again.
        """

    def help(self, context: JobContext, stage: str) -> None:
        """Do items of an open stage of a job that another worker runs, until none waits."""


def job_key(kind: str, asked: Mapping[str, Any]) -> str:
    """The hash by which the same job is known again, 64 hex digits."""
    return content_sha256([kind, dict(asked)], f"job {kind}")


def submit_simple(
    store: JobStore,
    kind: str,
    params: Mapping[str, Any],
    *,
    resources: Sequence[str] = (),
    by: str = "",
) -> tuple[Job, bool]:
    """Ask for a job that its parameters say all of; the same ones are the same job."""
    key = job_key(kind, params)
    return store.submit(kind, params, key=key, resources=resources, by=by)
