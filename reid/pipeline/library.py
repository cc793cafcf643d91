"""A catalogue with its models and index: what a research group keeps and asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.catalogue import Catalogue, Saved
from reid.config import Settings
from reid.detect.megadetector_boxes import MegaDetectorBoxes
from reid.evidence import evidence_picture, report_html
from reid.people import withheld_comparison
from reid.pipeline.answered import AnsweredComparisons
from reid.pipeline.answers import AddedSighting, Enrolment, IdentificationAnswer
from reid.pipeline.catching_up import CatchingUp, without_all
from reid.pipeline.engine import Engine
from reid.pipeline.enrolling import enrol
from reid.pipeline.identifying import identify
from reid.pipeline.keeping import keep_identification
from reid.pipeline.preparing import PreparedSighting, Progress, prepare
from reid.pipeline.search import CandidateSearch
from reid.pipeline.stored import open_stored, stored_sighting
from reid.types import Comparison, Sighting


class Library:
    """A catalogue and its index, kept in step; safe to share between threads."""

    def __init__(
        self,
        engine: Engine,
        catalogue: Catalogue,
        data_dir: Path,
        *,
        index_dir: Path | None = None,
    ) -> None:
        self.engine, self.catalogue = engine, catalogue
        self.search = CandidateSearch(
            catalogue,
            index_dir or data_dir / "index",
            fingerprint=engine.embedder.fingerprint,
            dim=engine.embedder.dim,
            method=engine.local.method,
        )
        self.catching_up = CatchingUp(engine.embedder, catalogue)
        self.answered = AnsweredComparisons(engine, catalogue, self.catching_up)

    @classmethod
    def open(cls, engine: Engine, where: Settings | Path) -> Library:
        """Open or begin the library in a folder.

        Raises:
            CatalogueError: the database refused or is of a newer version.
        """
        settings = where if isinstance(where, Settings) else Settings(data_dir=where)
        place = settings.database_url or settings.data_dir
        catalogue = Catalogue.open(place, data_dir=settings.data_dir)
        return cls(engine, catalogue, settings.data_dir, index_dir=settings.index_dir)

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.catalogue.close()

    def add(
        self,
        sighting: Sighting,
        *,
        boxes: MegaDetectorBoxes | None = None,
        progress: Progress | None = None,
    ) -> AddedSighting:
        """Measure and store a sighting, once: the same content again changes nothing, but states
        licences where nobody did.

        Raises:
            InputError: another sighting has this id.
            StorageFullError: no room; nothing was written.
        """
        prepared = prepare(self.engine, sighting, boxes=boxes, progress=progress)
        saved = self.catalogue.save_sighting(sighting, prepared.annotations, prepared.rejected)
        self.search.sync()
        return AddedSighting(saved, prepared)

    def compare(
        self,
        sighting_ids: Sequence[str],
        *,
        prior_same: float | None = None,
        max_error: float | None = None,
        distances_km: Mapping[tuple[str, str], float] | None = None,
        progress: Progress | None = None,
    ) -> tuple[Comparison, Saved]:
        """Compare stored sightings; the same question to the same engine is answered once.

        Raises:
            NotFoundError: no sighting of that id.
        """
        return self.answered.ask(
            sighting_ids,
            prior_same=prior_same,
            max_error=max_error,
            distances_km=distances_km,
            progress=progress,
        )

    def comparison(self, comparison_id: str) -> Comparison:
        """A stored comparison, made again from the stored inputs when it is not in memory.

        Raises:
            NotFoundError: no comparison of that id.
            InputError: it was made by another engine, so it cannot be made again here.
        """
        return self.answered.find(comparison_id)

    def evidence_picture(self, comparison_id: str, name: str) -> NDArray[np.uint8]:
        """A picture that a comparison names, (height, width, 3) RGB."""
        return evidence_picture(self.comparison(comparison_id), name)

    def report(self, comparison_id: str, *, distances: bool = True) -> str:
        """The comparison as one HTML page, with or without distances between sightings."""
        found = self.comparison(comparison_id)
        return report_html(found if distances else withheld_comparison(found))

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
        """Say who a sighting is; ``shown`` is what the person looked at (`reid.catalogue.shown`).

        Raises:
            InputError: its pictures carry loud flags and ``accept_flags`` is false.
        """
        return enrol(
            self.catalogue,
            sighting_id,
            individual,
            by=by,
            why=why,
            accept_flags=accept_flags,
            shown=shown,
        )

    def identify(
        self,
        sighting_id: str,
        *,
        prior_known: float = 0.5,
        max_error: float | None = None,
        progress: Progress | None = None,
    ) -> IdentificationAnswer:
        """Who of the catalogue is this sighting? Question and answer are kept.

        What was stored under another bundle is embedded first; where that is too much, the answer
        says how many annotations were not searched, and is never "new".

        Raises:
            SearchError: the index could not be searched; never to be read as "no match".
        """
        error = self.engine.config.max_error if max_error is None else max_error
        lacking = self.catching_up.lacking()
        answer = identify(
            self.engine,
            self.catalogue,
            self.search,
            self.prepared(sighting_id),
            prior_known=prior_known,
            max_error=error,
            open_image=open_stored,
            progress=progress,
        )
        answer = without_all(answer, lacking)
        kept = keep_identification(self.catalogue, answer, prior_known=prior_known, max_error=error)
        return replace(answer, id=kept)

    def rebuild_index(self, *, progress: Progress | None = None) -> dict[str, int]:
        """Make the index anew from the catalogue; counts by flank."""
        if progress:
            progress("rebuilding the index", 0, 1)
        counts = self.search.rebuild()
        if progress:
            progress("rebuilding the index", 1, 1)
        return counts

    def prepared(self, sighting_id: str) -> PreparedSighting:
        """A stored sighting with its stored measurements; pictures are opened, nothing measured but
        what lacks an embedding of this bundle.
        """
        self.catching_up.sighting(sighting_id)
        return stored_sighting(self.engine, self.catalogue, sighting_id)
