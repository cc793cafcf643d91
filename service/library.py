"""The library that the service opens unless it is given another."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from reid.config import PipelineConfig, Settings
from reid.errors import WeightsAlteredError
from service.ports import IndexNow, Opened

if TYPE_CHECKING:
    from reid.pipeline import Engine, Library

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
    from reid.pipeline import Engine, Library

    config = PipelineConfig.of(settings)
    engine = Engine.load(config, threads=settings.threads, strips=settings.read_strips)
    library = Library.open(engine, settings)
    close = partial(library.__exit__, None, None, None)
    return Opened(library, Readiness(engine, library), close)


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
            _verify(self._engine.config)
            self._verified_at = now
        catalogue = self._library.catalogue
        if self._disk_at is None or now - self._disk_at > DISK_EVERY_S:
            catalogue.check_disk()  # first: on a dead disk the database's own words are less clear
            self._disk_at = now
        catalogue.check()
        catalogue.check_schema()
        catalogue.check_writable()
        return self._library.search.state()


def _verify(config: PipelineConfig) -> None:
    from reid.pipeline.readiness import verify_loaded

    wrong = [
        f"{report.bundle}: {file.path} ({file.status})"
        for report in verify_loaded(config)
        for file in report.files
        if file.status != "ok"
    ]
    if wrong:
        raise WeightsAlteredError(
            f"weights: expected every file as it is pinned, found {'; '.join(wrong)}; run "
            "`reid weights verify` and fetch them again"
        )
