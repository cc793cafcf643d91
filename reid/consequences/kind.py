"""The kind of job that asks what another bundle would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.consequences.submitting import REPLAY
from reid.jobs import JobContext

if TYPE_CHECKING:
    from reid.consequences.run import Run
    from reid.pipeline import Engine, Library
    from reid.registry import Registry

OpenLibrary = Callable[[], "Library"]
OpenRegistry = Callable[[], "Registry"]


@dataclass(slots=True)
class ReplayKind:
    """Every stored answer, given again by a challenger."""

    library: OpenLibrary
    registry: OpenRegistry
    data_dir: Path
    name: str = REPLAY
    _known: tuple[str, Engine] | None = field(default=None, init=False)

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it, from where it stands."""
        return self._run(context).all()

    def help(self, context: JobContext, stage: str) -> None:
        """Do items of a stage."""
        self._run(context).help(stage)

    def _run(self, context: JobContext) -> Run:
        from reid.consequences.run import Run

        return Run(self.library(), self._challenger(context), context, self.data_dir)

    def _challenger(self, context: JobContext) -> Engine:
        """The bundle's engine, the last one kept: helpers ask for it once a job."""
        from reid.consequences.challenger import load_challenger

        if self._known is None or self._known[0] != context.job.id:
            bundle = str(context.job.params["bundle"])
            engine = load_challenger(bundle, self.library().engine, self.registry())
            self._known = context.job.id, engine
        return self._known[1]
