"""A queue of long work in the catalogue's database; SQLite and PostgreSQL alike."""

from __future__ import annotations

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.jobs.asking import AskingJobs
from reid.catalogue.jobs.parts import JobParts
from reid.catalogue.jobs.records import (
    ENDED,
    ItemState,
    Job,
    JobItem,
    JobState,
    NewItem,
    Outcome,
    WorkerSeen,
)
from reid.catalogue.jobs.working import WorkingJobs, back_off_s

__all__ = [
    "ENDED",
    "ItemState",
    "Job",
    "JobItem",
    "JobState",
    "JobStore",
    "NewItem",
    "Outcome",
    "WorkerSeen",
    "back_off_s",
]


class JobStore(AskingJobs, WorkingJobs, JobParts):
    """The queue of a catalogue; every method is one transaction, as the catalogue's are."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> JobStore:
        """The queue in this catalogue's database."""
        return cls(catalogue.engine, catalogue.data_dir)
