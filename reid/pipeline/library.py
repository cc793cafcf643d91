"""A catalogue with its models and index: what a research group keeps and asks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from reid.catalogue import Catalogue, Saved, content_sha256
from reid.config import Settings
from reid.detect.megadetector_boxes import MegaDetectorBoxes
from reid.errors import InputError
from reid.evidence import comparison_json, evidence_picture, report_html
from reid.image import open_image
from reid.pipeline.answers import AddedSighting, Enrolment, IdentificationAnswer
from reid.pipeline.comparing import compare
from reid.pipeline.engine import Engine
from reid.pipeline.identifying import identify
from reid.pipeline.preparing import PreparedSighting, Progress, prepare
from reid.pipeline.search import CandidateSearch
from reid.types import Comparison, Image, Sighting

LOUD = ("not-a-leopard", "no-animal", "several-animals")
"""Flags that stop an enrolment until a person accepts them."""
KEPT = 8
"""Comparisons kept in memory for their pictures; older ones are made again when asked for."""


class Library:
    """A catalogue and its index, kept in step; safe to share between threads."""

    def __init__(self, engine: Engine, catalogue: Catalogue, data_dir: Path) -> None:
        self.engine, self.catalogue = engine, catalogue
        self.search = CandidateSearch(
            catalogue, data_dir / "index", engine.embedder.fingerprint, engine.embedder.dim
        )
        self._answers: OrderedDict[str, Comparison] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def open(cls, engine: Engine, where: Settings | Path) -> Library:
        """Open or begin the library in a folder.

        Raises:
            CatalogueError: the database refused or is of a newer version.
        """
        settings = where if isinstance(where, Settings) else Settings(data_dir=where)
        place = settings.database_url or settings.data_dir
        catalogue = Catalogue.open(place, data_dir=settings.data_dir)
        return cls(engine, catalogue, settings.data_dir)

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
        """Measure and store a sighting, once: the same content again changes nothing.

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
        asked = {
            "prior_same": prior_same,
            "max_error": max_error,
            "distances_km": sorted([a, b, km] for (a, b), km in (distances_km or {}).items()),
        }
        stored = [self.catalogue.sighting(name) for name in sighting_ids]
        contents = [[s.id, s.content_sha256] for s in stored]
        key = content_sha256([contents, asked, self.engine.provenance()])
        known = self.catalogue.find_comparison(key)
        if known is not None:
            return self.comparison(known), Saved(known, key, created=False)
        found = compare(
            self.engine,
            [self.prepared(name) for name in sighting_ids],
            prior_same=prior_same,
            max_error=max_error,
            distances_km=distances_km,
            progress=progress,
        )
        found = replace(found, provenance={**found.provenance, "asked": asked})
        saved = self.catalogue.save_comparison(found, comparison_json(found), key=key)
        if not saved.created:  # another thread answered first
            return self.comparison(saved.id), saved
        self._keep(found)
        return found, saved

    def comparison(self, comparison_id: str) -> Comparison:
        """A stored comparison, made again from the stored inputs when it is not in memory.

        Raises:
            NotFoundError: no comparison of that id.
            InputError: it was made by another engine, so it cannot be made again here.
        """
        if comparison_id in self._answers:
            return self._answers[comparison_id]
        record = self.catalogue.load_comparison(comparison_id)
        self._same_engine(comparison_id, record.provenance)
        asked = record.provenance["asked"]
        if not isinstance(asked, dict):
            raise InputError(f"comparison {comparison_id}: expected what was asked, found {asked}")
        distances = {(a, b): km for a, b, km in asked["distances_km"]}
        again = compare(
            self.engine,
            [self.prepared(name) for name in record.sighting_ids],
            prior_same=asked["prior_same"],
            max_error=asked["max_error"],
            distances_km=distances,
        )
        again = replace(again, id=record.id, created_at=record.created_at)
        self._keep(again)
        return again

    def evidence_picture(self, comparison_id: str, name: str) -> NDArray[np.uint8]:
        """A picture that a comparison names, (height, width, 3) RGB."""
        return evidence_picture(self.comparison(comparison_id), name)

    def report(self, comparison_id: str) -> str:
        """The comparison as one HTML page."""
        return report_html(self.comparison(comparison_id))

    def enrol(
        self,
        sighting_id: str,
        individual: str,
        *,
        by: str,
        why: str = "",
        accept_flags: bool = False,
    ) -> Enrolment:
        """Say who a sighting is.

        Raises:
            InputError: its pictures carry loud flags and ``accept_flags`` is false.
        """
        animals = self.catalogue.load_prepared(sighting_id)
        flags = tuple(sorted({f for a in animals for f in a.annotation.flags if f in LOUD}))
        if not animals:
            flags = ("no-animal",)
        if flags and not accept_flags:
            raise InputError(
                f"sighting {sighting_id} is flagged {', '.join(flags)}: it may show no leopard, or "
                "several. Look at its pictures; if you are sure, enrol again and accept the flags"
            )
        event, appended = self.catalogue.enrol(sighting_id, individual, by=by, why=why)
        return Enrolment(event, appended, flags)

    def identify(
        self,
        sighting_id: str,
        *,
        prior_known: float = 0.5,
        max_error: float | None = None,
        progress: Progress | None = None,
    ) -> IdentificationAnswer:
        """Who of the catalogue is this sighting?

        Raises:
            SearchError: the index could not be searched; never to be read as "no match".
        """
        error = self.engine.config.max_error if max_error is None else max_error
        return identify(
            self.engine,
            self.catalogue,
            self.search,
            self.prepared(sighting_id),
            prior_known=prior_known,
            max_error=error,
            open_image=_open,
            progress=progress,
        )

    def rebuild_index(self, *, progress: Progress | None = None) -> dict[str, int]:
        """Make the index anew from the catalogue; counts by flank."""
        if progress:
            progress("rebuilding the index", 0, 1)
        counts = self.search.rebuild()
        if progress:
            progress("rebuilding the index", 1, 1)
        return counts

    def prepared(self, sighting_id: str) -> PreparedSighting:
        """A stored sighting with its stored measurements; pictures are opened, nothing measured."""
        sighting = self.catalogue.load_sighting(sighting_id)
        record = self.catalogue.sighting(sighting_id)
        animals = self.catalogue.load_prepared(
            sighting_id,
            _open,
            fingerprint=self.engine.embedder.fingerprint,
            method=self.engine.local.method,
        )
        rejected = tuple((sighting_id, name, why) for name, why in record.rejected)
        return PreparedSighting(sighting, tuple(animals), rejected)

    def _keep(self, comparison: Comparison) -> None:
        with self._lock:
            self._answers[comparison.id] = comparison
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)

    def _same_engine(self, comparison_id: str, provenance: Mapping[str, object]) -> None:
        now = self.engine.provenance()
        differs = [
            k for k in ("weights", "calibration", "code_version") if provenance.get(k) != now.get(k)
        ]
        if differs:
            raise InputError(
                f"comparison {comparison_id} was made with other {', '.join(differs)}: its stored "
                "answer stands, but its pictures can only be drawn by that version; ask again for "
                "a new comparison"
            )


def _open(content: bytes, file_name: str) -> Image:
    return open_image(content, file_name=file_name)
