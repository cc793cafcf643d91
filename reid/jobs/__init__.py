"""Long work: workers that take jobs from the catalogue's queue, and how far the jobs are."""

from reid.jobs.context import JobContext, Stop, UnusableError
from reid.jobs.kinds import JobKind, job_key, submit_simple
from reid.jobs.progress import Pace, pace
from reid.jobs.roll import Roll
from reid.jobs.worker import Worker

__all__ = [
    "JobContext",
    "JobKind",
    "Pace",
    "Roll",
    "Stop",
    "UnusableError",
    "Worker",
    "job_key",
    "pace",
    "submit_simple",
]
