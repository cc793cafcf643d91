"""The kinds of jobs that this package knows, over one library that is opened when first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.batch.brought import brought_kinds
from reid.batch.re_embed import OpenRegistry, ReEmbedKind
from reid.batch.submitting import BATCH, GROUP
from reid.consequences import ReplayKind
from reid.jobs import JobContext, JobKind

if TYPE_CHECKING:
    from reid.batch.run import Run
    from reid.pipeline import Library
    from reid.registry import Registry

REBUILD = "rebuild-index"
INDEX = "index"
OpenLibrary = Callable[[], "Library"]


def standard_kinds(
    library: OpenLibrary, data_dir: Path, *, registry: OpenRegistry | None = None
) -> Mapping[str, JobKind]:
    """Every kind by name, those that others bring too; ``library`` gives the library of the bundle
    that serves, ``registry`` the bundles (default: of that library's catalogue, with its bundle as
    the configured one).
    """

    def own() -> Registry:
        from reid.registry import Registry

        opened = library()
        return Registry(opened.catalogue, opened.engine.config.bundle)

    every: tuple[JobKind, ...] = (
        BatchKind(library, data_dir),
        GroupKind(library, data_dir),
        RebuildKind(library),
        ReplayKind(library, registry or own, data_dir),
        ReEmbedKind(registry or own),
    )
    ours: dict[str, JobKind] = {kind.name: kind for kind in every}
    return {**brought_kinds(library, data_dir), **ours}


@dataclass(frozen=True, slots=True)
class BatchKind:
    """An archive, from its files to proposals."""

    library: OpenLibrary
    data_dir: Path
    name: str = BATCH

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it, from where it stands."""
        return _run(self.library, context, self.data_dir).batch()

    def help(self, context: JobContext, stage: str) -> None:
        """Do items of a stage; not where the archive cannot be reached from here."""
        if Path(context.job.params["source"]).exists():
            _run(self.library, context, self.data_dir).help(stage)


@dataclass(frozen=True, slots=True)
class GroupKind:
    """Stored sightings, compared with the catalogue and among themselves."""

    library: OpenLibrary
    data_dir: Path
    name: str = GROUP

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it, from where it stands."""
        return _run(self.library, context, self.data_dir).stored()

    def help(self, context: JobContext, stage: str) -> None:
        """Do items of a stage."""
        _run(self.library, context, self.data_dir).help(stage)


@dataclass(frozen=True, slots=True)
class RebuildKind:
    """The search index, made anew."""

    library: OpenLibrary
    name: str = REBUILD

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it, whole."""
        context.tell(INDEX, 0, 1, now=True)
        return {"vectors": self.library().rebuild_index()}

    def help(self, context: JobContext, stage: str) -> None:
        """Nothing of it can be shared."""


def _run(library: OpenLibrary, context: JobContext, data_dir: Path) -> Run:
    from reid.batch.run import Run

    return Run(library(), context, data_dir)
