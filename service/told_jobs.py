"""Jobs as the service's answers."""

from __future__ import annotations

from datetime import UTC, datetime

from reid.catalogue.jobs import Job, JobStore
from reid.jobs import pace
from reid.jobs.telling import without_places
from service.schemas.jobs import JobDetailOut, JobOut, StageOut


def job_out(job: Job) -> JobOut:
    """A job with its pace now."""
    found = pace(job, datetime.now(UTC))
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state.value,
        cancel_requested=job.cancel,
        by=job.by,
        stage=job.stage,
        done=job.done,
        total=job.total,
        per_s=found.per_s,
        left_s=found.left_s,
        attempts=job.attempts + job.deaths,
        problem=without_places(job.problem),
        result=job.result,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        version=job.version,
    )


def job_detail(store: JobStore, job_id: str) -> JobDetailOut:
    """A job with its stages.

    Raises:
        NotFoundError: no such job.
    """
    plain = job_out(store.job(job_id)).model_dump()
    stages = {
        stage: StageOut(**{state.value: n for state, n in counts.items()})
        for stage, counts in store.stages(job_id).items()
    }
    workers, takers = len(store.workers()), store.takers(plain["kind"])
    return JobDetailOut(**plain, stages=stages, workers=workers, takers=takers)
