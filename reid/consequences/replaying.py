"""Stored answers given again by two engines: the one that serves, and the one that may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reid.catalogue import Catalogue
from reid.catalogue.asked import Asked
from reid.catalogue.records import ComparisonRecord
from reid.consequences.changes import (
    IDENTIFICATION,
    VERDICT,
    Change,
    Said,
    what_changed,
)
from reid.consequences.measuring import for_verdicts
from reid.consequences.sharing import Shared, sharing
from reid.consequences.telling import best_pair, shown_animals, telling_sighting
from reid.pipeline import Engine, IdentificationAnswer, PreparedSighting, compare
from reid.pipeline.identifying import identify
from reid.pipeline.passages import one_clock, passages
from reid.pipeline.search import CandidateSearch
from reid.pipeline.stored import open_stored, stored_sighting
from reid.types import Comparison, PairVerdict

ALIKE = ("weights", "calibration", "code_version")
"""What must be equal for a stored answer to be what the engine says today."""


@dataclass(slots=True, eq=False)
class Replay:
    """Two engines over one catalogue; ``search`` of each. Nothing that it does is stored."""

    champion: Engine
    challenger: Engine
    catalogue: Catalogue
    search: CandidateSearch
    challenger_search: CandidateSearch
    tolerance: float
    _shared: Shared | None = field(default=None, init=False)
    _both: tuple[Engine, Engine] = field(init=False)

    def __post_init__(self) -> None:
        first, second, self._shared = sharing(self.champion, self.challenger)
        self._both = first, second

    def comparison(self, comparison_id: str) -> tuple[int, list[Change]]:
        """How many verdicts a stored comparison has, and those that change.

        Raises:
            NotFoundError: its sightings are not stored as they were compared, or lost.
        """
        record = self.catalogue.load_comparison(comparison_id)
        ids = self.catalogue.replayable(comparison_id)
        try:
            stored = _stored_verdicts(record)
            mine, theirs = self._prepared(ids)
            after = _compared(self._both[1], theirs, record)
            before = self._before(record, stored, mine)
            owners = {p.sighting.id: s.sighting.id for s in theirs for p in passages(s)}
            return len(after.verdicts), self._verdicts(record.id, stored, before, after, owners)
        finally:
            self._forget()

    def _before(
        self,
        record: ComparisonRecord,
        stored: Mapping[tuple[str, str], Said],
        prepared: list[PreparedSighting],
    ) -> Mapping[tuple[str, str], Said]:
        """What the champion says: what is stored, where it said so, else said again."""
        now = self.champion.provenance()
        if all(record.provenance.get(name) == now[name] for name in ALIKE):
            return stored
        again = _compared(self._both[0], prepared, record)
        return {(v.a, v.b): _verdict(v) for v in again.verdicts}

    def _verdicts(
        self,
        comparison_id: str,
        stored: Mapping[tuple[str, str], Said],
        before: Mapping[tuple[str, str], Said],
        after: Comparison,
        owners: Mapping[str, str],
    ) -> list[Change]:
        found = []
        for verdict in after.verdicts:
            key = verdict.a, verdict.b
            if key not in before:  # other clocks: the question itself is another
                continue
            said, was, told = _verdict(verdict), before[key], stored.get(key)
            what = what_changed(VERDICT, was, said, self.tolerance)
            if what:
                other = told if told and _differs(told, was, self.tolerance) else None
                a, b = owners[verdict.a], owners[verdict.b]
                notes = () if (a, b) == key else (f"as {verdict.a} and {verdict.b}",)
                crops = best_pair(after, verdict)
                found.append(
                    Change(
                        VERDICT,
                        comparison_id,
                        a,
                        b,
                        was,
                        said,
                        other,
                        what=what,
                        crops=crops,
                        notes=notes,
                    )
                )
        return found

    def _prepared(self, ids: tuple[str, ...]) -> tuple[list[PreparedSighting], ...]:
        prints = [self.champion.embedder.fingerprint, self.challenger.embedder.fingerprint]
        first = for_verdicts(self.champion, self.catalogue, ids, prints)
        if self._shared is not None:
            return first, first
        return first, for_verdicts(self.challenger, self.catalogue, ids, prints)

    def identification(self, asked: Asked, watched: str | None = None) -> Change | None:
        """The change of a stored identification, None where there is none.

        Both engines are asked today: so it is the model that differs, and not who is enrolled.
        ``watched``: who it is said to be; else the first candidate of the one that serves.

        Raises:
            NotFoundError: the sighting is not stored, or not measured with either engine's models.
            SearchError: a search could not run; never to be read as "no match".
        """
        try:
            before = self._identify(self._both[0], self.search, asked)
            after = self._identify(self._both[1], self.challenger_search, asked)
            return self._identified(asked, before, after, watched)
        finally:
            self._forget()

    def _identified(
        self,
        asked: Asked,
        before: IdentificationAnswer,
        after: IdentificationAnswer,
        known: str | None,
    ) -> Change | None:
        watched = known or (before.candidates[0].individual if before.candidates else None)
        was, said = _identity(before, watched), _identity(after, watched)
        what = what_changed(IDENTIFICATION, was, said, self.tolerance)
        if not what:
            return None
        told = Said(asked.kind, asked.probability, individual=asked.individual)
        other = told if _differs(told, was, self.tolerance) else None
        own, telling = asked.sighting_id, telling_sighting(before, after, known)
        change = Change(IDENTIFICATION, asked.id, own, telling, was, said, other, what=what)
        if not telling or not {"kind", "name"} & set(what):
            return replace(change, crops=shown_animals(after.comparison))
        mine = self._alone(self._both[0], own, telling, before.comparison)
        theirs = self._alone(self._both[1], own, telling, after.comparison)
        return replace(change, crops=shown_animals(theirs), pair=_verdict(mine.verdicts[0]))

    def _alone(self, engine: Engine, a: str, b: str, shown: Comparison | None) -> Comparison:
        """What an engine says of the two alone: ``shown``, where it is of them."""
        if shown is not None and [one.id for one in shown.sightings] == [a, b]:
            return shown
        prints = [self.champion.embedder.fingerprint, self.challenger.embedder.fingerprint]
        both = for_verdicts(engine, self.catalogue, (a, b), prints)
        return compare(
            engine, [replace(p, annotations=tuple(one_clock(p.annotations))) for p in both]
        )

    def _identify(
        self, engine: Engine, search: CandidateSearch, asked: Asked
    ) -> IdentificationAnswer:
        return identify(
            engine,
            self.catalogue,
            search,
            stored_sighting(engine, self.catalogue, asked.sighting_id),
            prior_known=asked.prior_known,
            max_error=asked.max_error,
            open_image=open_stored,
        )

    def _forget(self) -> None:
        if self._shared is not None:
            self._shared.forget()


def _compared(
    engine: Engine, prepared: list[PreparedSighting], record: ComparisonRecord
) -> Comparison:
    """The same question, as it was asked; what was left to the engine is left to this one too."""
    asked = record.provenance.get("asked")
    if isinstance(asked, dict):
        return compare(
            engine,
            prepared,
            prior_same=asked["prior_same"],
            max_error=asked["max_error"],
            distances_km={(a, b): km for a, b, km in asked["distances_km"]},
        )
    told: dict[str, Any] = record.configuration
    return compare(
        engine, prepared, prior_same=told.get("prior_same"), max_error=told.get("max_error")
    )


def _stored_verdicts(record: ComparisonRecord) -> dict[tuple[str, str], Said]:
    found: Any = record.result.get("verdicts", [])
    return {
        (v["a"], v["b"]): Said(
            v["verdict"],
            v["probability"],
            v.get("direct_llr"),
            reasons=tuple(v.get("reasons", ())),
        )
        for v in found
    }


def _verdict(verdict: PairVerdict) -> Said:
    return Said(
        verdict.kind.value, verdict.probability, verdict.direct_llr, reasons=verdict.reasons
    )


def _identity(answer: IdentificationAnswer, watched: str | None) -> Said:
    best = answer.candidates[0] if answer.candidates else None
    mine = next((c for c in answer.candidates if c.individual == watched), None)
    return Said(
        answer.kind,
        answer.probability,
        best.llr if best else None,
        answer.individual,
        best.individual if best else None,
        mine.retrieval_rank if mine else None,
        answer.reasons,
    )


def _differs(told: Said, was: Said, tolerance: float) -> bool:
    moved = what_changed(VERDICT, told, was, tolerance)
    return bool({"kind", "name", "probability"} & set(moved))
