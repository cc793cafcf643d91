"""A library that follows the bundle that serves, while requests go on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.catalogue import Catalogue, Saved
from reid.config import PipelineConfig, Settings
from reid.errors import NotFoundError, ReidError
from reid.pipeline.answers import AddedSighting, Enrolment, IdentificationAnswer
from reid.pipeline.engine import Engine
from reid.pipeline.library import Library
from reid.pipeline.standing import Standing, standing
from reid.registry import Registry
from reid.types import Comparison, Sighting
from reid.weights import Bundle

RETRY_S = 30.0
CATCH_UP = 2000
"""Annotations that are embedded before a new bundle answers: what others stored since."""

log = logging.getLogger("reid.live")
Load = Callable[[Bundle | None], Engine]


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A library and the bundle that it is for; None: the configured one."""

    sha256: str | None
    library: Library


class LiveLibrary:
    """As `Library`, under the bundle that serves now; safe to share between threads.

    Every call asks the catalogue which bundle serves (one row). When that is another one, it is
    loaded in a thread while calls go on with the one before; each call ends with the library that
    it began with, so no answer mixes two. The one before stays in memory for a roll-back.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        settings: Settings,
        load: Load,
    ) -> None:
        """Load the bundle that serves.

        Raises:
            WeightsError: its files are missing, altered or not signed by a trusted key.
        """
        self.catalogue, self._settings, self._load = catalogue, settings, load
        self.registry = Registry.of(catalogue, settings)
        self._lock = threading.Lock()
        self._loading: tuple[str | None, threading.Thread] | None = None
        self._failed: tuple[str | None, float, Exception] | None = None
        self._held = self._made(self.registry.store.serving()[1])
        self._before: _Held | None = None

    @classmethod
    def open(cls, settings: Settings) -> LiveLibrary:
        """Open or begin the library of ``settings``.

        Raises:
            CatalogueError: the database refused or is of a newer version.
            WeightsError: weights are missing or altered.
        """
        place = settings.database_url or settings.data_dir
        catalogue = Catalogue.open(place, data_dir=settings.data_dir)

        def load(bundle: Bundle | None) -> Engine:
            config = PipelineConfig.of(settings)
            return Engine.load(
                config,
                threads=settings.threads,
                strips=settings.read_strips,
                bundle=bundle,
            )

        try:
            return cls(catalogue, settings, load)
        except BaseException:
            catalogue.close()
            raise

    def now(self, *, wait: bool = False) -> Library:
        """The library of the bundle that serves; while that is being loaded, the one before.

        ``wait``: until it is loaded.

        Raises:
            WeightsError: ``wait``, and it cannot be loaded.
        """
        wanted = self.registry.store.serving()[1]
        if self._held.sha256 == wanted:
            return self._held.library
        loading = self._follow(wanted, wait)
        if wait and loading is not None:
            loading.join()
            if self._held.sha256 != wanted and self._failed and self._failed[0] == wanted:
                raise self._failed[2]
        return self._held.library

    def made_with(self, fingerprint: str) -> Library | None:
        """The library in memory whose vectors have this fingerprint."""
        for held in (self._held, self._before):
            if held is not None and held.library.engine.embedder.fingerprint == fingerprint:
                return held.library
        return None

    def standing(self) -> Standing:
        """Which bundle serves, why, and what keeps this process from it, if anything does."""
        failed = self._failed
        problem = str(failed[2]) if failed and failed[0] != self._held.sha256 else ""
        return standing(self.registry, self._held.library.engine.used(), problem)

    def _follow(self, wanted: str | None, wait: bool) -> threading.Thread | None:
        """Begin to load a bundle, once; the thread that does."""
        with self._lock:
            if self._held.sha256 == wanted:
                return None
            if self._before is not None and self._before.sha256 == wanted:
                self._held, self._before = self._before, self._held
                return None
            if self._loading is not None and self._loading[0] == wanted:
                return self._loading[1]
            failed = self._failed
            recent = failed and failed[0] == wanted and time.monotonic() - failed[1] < RETRY_S
            if recent and not wait:
                return None
            thread = threading.Thread(target=self._switch, args=(wanted,), name="bundle")
            self._loading = wanted, thread
            thread.start()
            return thread

    def _switch(self, wanted: str | None) -> None:
        try:
            new = self._made(wanted)
        except Exception as error:
            log.warning("bundle %s cannot be loaded: %s", wanted or "configured", error)
            with self._lock:
                self._failed, self._loading = (wanted, time.monotonic(), error), None
            return
        with self._lock:
            self._before, self._held = self._held, new
            self._failed = self._loading = None
        log.info("bundle %s serves", new.library.engine.used()["name"])

    def _made(self, sha256: str | None) -> _Held:
        bundle = None
        if sha256 is not None:
            bundle = self.registry.open(self.registry.store.find_bundle(sha256))
        engine, settings = self._load(bundle), self._settings
        library = Library(engine, self.catalogue, settings.data_dir, index_dir=settings.index_dir)
        if sha256 is not None:
            library.catching_up.lacking(CATCH_UP)
        return _Held(sha256, library)

    def __enter__(self) -> LiveLibrary:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        loading = self._loading
        if loading is not None:
            loading[1].join()
        self.catalogue.close()

    # ---- what a library does, under the bundle that serves

    @property
    def engine(self) -> Engine:
        """Of the bundle that serves."""
        return self.now().engine

    def add(self, sighting: Sighting) -> AddedSighting:
        """As `Library.add`."""
        return self.now().add(sighting)

    def compare(
        self,
        sighting_ids: Sequence[str],
        *,
        prior_same: float | None = None,
        max_error: float | None = None,
        distances_km: Mapping[tuple[str, str], float] | None = None,
    ) -> tuple[Comparison, Saved]:
        """As `Library.compare`."""
        return self.now().compare(
            sighting_ids, prior_same=prior_same, max_error=max_error, distances_km=distances_km
        )

    def comparison(self, comparison_id: str) -> Comparison:
        """As `Library.comparison`, by the bundle that made it where that is in memory."""
        return self._maker(comparison_id).comparison(comparison_id)

    def evidence_picture(self, comparison_id: str, name: str) -> NDArray[np.uint8]:
        """As `Library.evidence_picture`."""
        return self._maker(comparison_id).evidence_picture(comparison_id, name)

    def report(self, comparison_id: str, *, distances: bool = True) -> str:
        """As `Library.report`."""
        return self._maker(comparison_id).report(comparison_id, distances=distances)

    def enrol(
        self,
        sighting_id: str,
        individual: str,
        *,
        by: str,
        why: str = "",
        accept_flags: bool = False,
        shown: Mapping[str, Any] | None = None,
    ) -> Enrolment:
        """As `Library.enrol`."""
        return self.now().enrol(
            sighting_id, individual, by=by, why=why, accept_flags=accept_flags, shown=shown
        )

    def identify(
        self, sighting_id: str, *, prior_known: float = 0.5, max_error: float | None = None
    ) -> IdentificationAnswer:
        """As `Library.identify`."""
        return self.now().identify(sighting_id, prior_known=prior_known, max_error=max_error)

    def rebuild_index(self) -> dict[str, int]:
        """As `Library.rebuild_index`."""
        return self.now().rebuild_index()

    def _maker(self, comparison_id: str) -> Library:
        library = self.now()
        if self._before is None:
            return library
        try:
            made = self.catalogue.load_comparison(comparison_id).provenance.get("weights")
        except (NotFoundError, ReidError):
            return library
        by = str(made.get("embedding", "")) if isinstance(made, Mapping) else ""
        return self.made_with(by) or library
