"""Comparisons of stored sightings: each question answered once, each answer shown again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from reid.catalogue import Catalogue, Saved, content_sha256
from reid.errors import InputError
from reid.evidence import comparison_json
from reid.pipeline.catching_up import CatchingUp
from reid.pipeline.comparing import compare
from reid.pipeline.engine import Engine
from reid.pipeline.preparing import PreparedSighting, Progress
from reid.pipeline.stored import stored_sighting
from reid.types import Comparison

KEPT = 8
"""Comparisons kept in memory for their pictures; older ones are made again when asked for."""


class AnsweredComparisons:
    """What was asked of a catalogue and answered; safe to share between threads."""

    def __init__(
        self, engine: Engine, catalogue: Catalogue, catching_up: CatchingUp | None = None
    ) -> None:
        self._engine, self._catalogue = engine, catalogue
        self._catching_up = catching_up or CatchingUp(engine.embedder, catalogue)
        self._answers: OrderedDict[str, Comparison] = OrderedDict()
        self._lock = Lock()

    def ask(
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
        stored = [self._catalogue.sighting(name) for name in sighting_ids]
        contents = [[s.id, s.content_sha256] for s in stored]
        key = content_sha256([contents, asked, self._engine.provenance()])
        known = self._catalogue.find_comparison(key)
        if known is not None:
            return self.find(known), Saved(known, key, created=False)
        found = compare(
            self._engine,
            [self._stored(name) for name in sighting_ids],
            prior_same=prior_same,
            max_error=max_error,
            distances_km=distances_km,
            progress=progress,
        )
        found = replace(found, provenance={**found.provenance, "asked": asked})
        saved = self._catalogue.save_comparison(found, comparison_json(found), key=key)
        if not saved.created:  # another thread answered first
            return self.find(saved.id), saved
        self._keep(found)
        return found, saved

    def find(self, comparison_id: str) -> Comparison:
        """A stored comparison, made again from the stored inputs when it is not in memory.

        Raises:
            NotFoundError: no comparison of that id.
            InputError: it was made by another engine, so it cannot be made again here.
        """
        remembered = self._answers.get(comparison_id)
        if remembered is not None:
            return remembered
        record = self._catalogue.load_comparison(comparison_id)
        self._same_engine(comparison_id, record.provenance)
        asked = record.provenance["asked"]
        if not isinstance(asked, dict):
            raise InputError(f"comparison {comparison_id}: expected what was asked, found {asked}")
        distances = {(a, b): km for a, b, km in asked["distances_km"]}
        again = compare(
            self._engine,
            [self._stored(name) for name in record.sighting_ids],
            prior_same=asked["prior_same"],
            max_error=asked["max_error"],
            distances_km=distances,
        )
        again = replace(again, id=record.id, created_at=record.created_at)
        self._keep(again)
        return again

    def _stored(self, sighting_id: str) -> PreparedSighting:
        self._catching_up.sighting(sighting_id)
        return stored_sighting(self._engine, self._catalogue, sighting_id)

    def _keep(self, comparison: Comparison) -> None:
        with self._lock:
            self._answers[comparison.id] = comparison
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)

    def _same_engine(self, comparison_id: str, provenance: Mapping[str, object]) -> None:
        now = self._engine.provenance()
        differs = [
            k for k in ("weights", "calibration", "code_version") if provenance.get(k) != now.get(k)
        ]
        if differs:
            raise InputError(
                f"comparison {comparison_id} was made with other {', '.join(differs)}: its stored "
                "answer stands, but its pictures can only be drawn by that version; ask again for "
                "a new comparison"
            )
