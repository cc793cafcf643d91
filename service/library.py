"""The library that the service opens unless it is given another."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from reid.config import PipelineConfig, Settings
from reid.errors import WeightsAlteredError
from service.ports import IndexNow, Opened

if TYPE_CHECKING:
    from reid.pipeline import Engine, Library, LiveLibrary
    from reid.weights import Bundle

VERIFY_EVERY_S = 300.0
"""Hashing 130 MB takes half a second, and what was loaded stays in memory whatever the files do."""

DISK_EVERY_S = 2.0
"""Anybody may ask whether the service is ready; each look at the disk is a synced write."""


def open_library(settings: Settings) -> Opened:
    """Load the models and open the catalogue of ``settings``; seconds, so in a thread.

    Raises:
        WeightsError: weights are missing or altered.
        CatalogueError: the database cannot be used.
        SearchError: the index cannot be made.
    """
    # Here, so that importing the service loads no torch.
    from reid.pipeline import LiveLibrary

    live = LiveLibrary.open(settings)
    close = partial(live.__exit__, None, None, None)
    return Opened(live, LiveReadiness(live), close, live.standing)


class LiveReadiness:
    """Whether the library of the bundle that serves can answer and keep."""

    def __init__(self, live: LiveLibrary) -> None:
        self._live = live
        self._checked: tuple[Library, Readiness] | None = None

    def __call__(self) -> IndexNow:
        """As `Readiness`, of the library that answers now."""
        library = self._live.now()
        if self._checked is None or self._checked[0] is not library:
            self._checked = library, Readiness(library.engine, library)
        return self._checked[1]()


class Readiness:
    """Whether the library can answer and keep: files as pinned, the database answers and has this
    version's tables, disk and database take writes, the index fits.
    """

    def __init__(self, engine: Engine, library: Library) -> None:
        self._engine, self._library = engine, library
        self._verified_at: float | None = None
        self._disk_at: float | None = None

    def __call__(self) -> IndexNow:
        """How the index is.

        Raises:
            WeightsError: a file that the engine was loaded from is missing or altered.
            SchemaError: its tables are of another version.
            StorageFullError, ReadOnlyError: nothing could be kept.
            CatalogueError: the database does not answer.
            SearchError: the index holds what the catalogue does not.
        """
        now = time.monotonic()
        if self._verified_at is None or now - self._verified_at > VERIFY_EVERY_S:
            _verify(self._engine.config, _registered(self._engine, self._library))
            self._verified_at = now
        catalogue = self._library.catalogue
        if self._disk_at is None or now - self._disk_at > DISK_EVERY_S:
            catalogue.check_disk()  # first: on a dead disk the database's own words are less clear
            self._disk_at = now
        catalogue.check()
        catalogue.check_schema()
        catalogue.check_writable()
        return self._library.search.state()


def _registered(engine: Engine, library: Library) -> Bundle | None:
    """The engine's own files where they are a registered bundle's; else it goes by its name."""
    bundle = engine.bundle
    kept = library.catalogue.data_dir.resolve() / "bundles"
    return bundle if bundle is not None and bundle.directory.parent == kept else None


def _verify(config: PipelineConfig, bundle: Bundle | None) -> None:
    from reid.pipeline.readiness import verify_loaded

    wrong = [
        f"{report.bundle}: {file.path} ({file.status})"
        for report in verify_loaded(config, bundle)
        for file in report.files
        if file.status != "ok"
    ]
    if wrong:
        raise WeightsAlteredError(
            f"weights: expected every file as it is pinned, found {'; '.join(wrong)}; run "
            "`reid weights verify` and fetch them again"
        )
