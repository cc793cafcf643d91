"""Training as a job: found by reid's workers through the entry points of `leopard_reid.jobs`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.batch.trying import TRIAL
from reid.jobs import JobContext, JobKind

if TYPE_CHECKING:
    from reid.pipeline import Library

TRAINING_RUN = "training-run"
OpenLibrary = Callable[[], "Library"]


def kinds(library: OpenLibrary, data_dir: Path) -> Iterable[JobKind]:
    """The kinds of jobs that this package brings."""
    return TrainingRunKind(library, data_dir), TrialKind(library, data_dir)


@dataclass(frozen=True, slots=True)
class TrainingRunKind:
    """From the catalogue's confirmed identities to a judged, registered challenger.

    Its folder is ``training/JOB`` in the data directory; a run that was killed goes on there.
    """

    library: OpenLibrary
    data_dir: Path
    name: str = TRAINING_RUN

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it, from where it stands."""
        from training.lab.job_run import run_job

        return run_job(self.library(), self.data_dir, context)

    def help(self, context: JobContext, stage: str) -> None:
        """Nothing of it can be shared."""


@dataclass(frozen=True, slots=True)
class TrialKind:
    """A registered bundle against the one that serves; what is found is kept with the bundle.

    Its folder is ``jobs/JOB`` in the data directory.
    """

    library: OpenLibrary
    data_dir: Path
    name: str = TRIAL

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it; what was measured before a kill is in the cache."""
        from training.lab.trial import run_trial

        return run_trial(self.library(), self.data_dir, context)

    def help(self, context: JobContext, stage: str) -> None:
        """Nothing of it can be shared."""
