"""Answers given: saved whole, listed, loaded, replayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.answers import (
    comparison_row,
    pair_rows,
    record_of,
    sighting_rows,
    summary_of,
)
from reid.catalogue.content import content_sha256
from reid.catalogue.core import Core, now
from reid.catalogue.records import ComparisonRecord, ComparisonSummary, Saved
from reid.catalogue.schema import (
    ComparisonRow,
    ComparisonSightingRow,
    IdempotencyRow,
    SightingRow,
)
from reid.errors import InputError, NotFoundError
from reid.types import Comparison

KEY_CHARS = 64
COMPARISON = "comparison"


class Comparisons(Core):
    """Comparisons with everything needed to run them again."""

    def save_comparison(
        self, comparison: Comparison, result: Mapping[str, Any], *, key: str | None = None
    ) -> Saved:
        """Store an answer; ``result`` is its JSON form.

        ``comparison.provenance`` must name ``configuration`` and ``code_version``; hashes of the
        files and fingerprints of the models are taken from the comparison itself. ``key`` (64
        hex digits, a hash of the request) makes requests idempotent: when it was used already,
        nothing is stored and the earlier answer's id is returned.

        Raises:
            InputError: the provenance is incomplete, ``result`` is not JSON, or another answer
                is stored under this id.
            StorageFullError: no room; nothing was written.
        """
        digest = content_sha256(dict(result), f"comparison {comparison.id}")
        row = comparison_row(comparison, result, digest)

        def work(session: Session) -> Saved:
            known = _known(session, comparison.id, digest, key)
            if known is not None:
                return known
            session.add(row)
            session.flush()
            session.add_all([*sighting_rows(comparison), *pair_rows(comparison)])
            if key is not None:
                _remember(session, key, COMPARISON, comparison.id)
            return Saved(comparison.id, digest, created=True)

        return self._write(work)

    def find_comparison(self, key: str) -> str | None:
        """Id of the answer that a request with this content hash led to, if any."""
        return self.recall(key, COMPARISON)

    def remember(self, key: str, kind: str, stored_id: str) -> str:
        """Keep what a request led to; returns the id kept, an earlier one if there is one.

        Raises:
            InputError: ``key`` is not 64 hex digits.
        """
        return self._write(lambda session: _remember(session, key, kind, stored_id))

    def recall(self, key: str, kind: str) -> str | None:
        """The id that was remembered for a request of this kind, if any."""
        return self._read(lambda session: _recall(session, key, kind))

    def load_comparison(self, comparison_id: str) -> ComparisonRecord:
        """A stored answer and what it was made from.

        Raises:
            NotFoundError: no such comparison.
        """

        def work(session: Session) -> ComparisonRecord:
            row = _find(session, comparison_id)
            return record_of(row, [s.sighting_id for s in _compared(session, comparison_id)])

        return self._read(work)

    def list_comparisons(self, *, limit: int = 100, skip: int = 0) -> list[ComparisonSummary]:
        """Stored answers in a line each, newest first."""
        newest = select(ComparisonRow).order_by(
            ComparisonRow.created_at.desc(), ComparisonRow.id.desc()
        )

        def work(session: Session) -> list[ComparisonSummary]:
            rows = session.scalars(newest.limit(limit).offset(skip)).all()
            return [
                summary_of(row, [s.sighting_id for s in _compared(session, row.id)]) for row in rows
            ]

        return self._read(work)

    def replayable(self, comparison_id: str) -> tuple[str, ...]:
        """Ids of the compared sightings, when all are stored exactly as they were compared.

        Load them with ``load_sighting`` and compare again with the stored configuration.

        Raises:
            NotFoundError: no such comparison, or a sighting is not stored with that content.
        """

        def work(session: Session) -> tuple[str, ...]:
            _find(session, comparison_id)
            compared = _compared(session, comparison_id)
            lost = [c.sighting_id for c in compared if not _stored(session, c)]
            if lost:
                raise NotFoundError(
                    f"comparison {comparison_id} cannot be replayed: the catalogue does not hold "
                    f"{', '.join(lost)} with the content that was compared; save them first"
                )
            return tuple(c.sighting_id for c in compared)

        return self._read(work)


def _find(session: Session, comparison_id: str) -> ComparisonRow:
    row = session.get(ComparisonRow, comparison_id)
    if row is None:
        raise NotFoundError(f"no comparison {comparison_id!r} in the catalogue; list them")
    return row


def _compared(session: Session, comparison_id: str) -> list[ComparisonSightingRow]:
    query = select(ComparisonSightingRow).filter_by(comparison_id=comparison_id)
    return list(session.scalars(query.order_by(ComparisonSightingRow.position)))


def _stored(session: Session, compared: ComparisonSightingRow) -> bool:
    row = session.get(SightingRow, compared.sighting_id)
    return row is not None and row.content_sha256 == compared.content_sha256


def _known(session: Session, comparison_id: str, digest: str, key: str | None) -> Saved | None:
    earlier = None if key is None else _recall(session, key, COMPARISON)
    row = session.get(ComparisonRow, earlier or comparison_id)
    if row is None:
        return None
    if earlier is None and row.result_sha256 != digest:
        raise InputError(
            f"comparison {comparison_id!r} is already stored with another answer; give the new "
            "one another id"
        )
    return Saved(row.id, row.result_sha256, created=False)


def _recall(session: Session, key: str, kind: str) -> str | None:
    row = session.get(IdempotencyRow, (key, kind))
    return None if row is None else row.stored_id


def _remember(session: Session, key: str, kind: str, stored_id: str) -> str:
    if len(key) != KEY_CHARS or not all(c in "0123456789abcdef" for c in key):
        raise InputError(f"idempotency key: expected 64 hex digits, found {key!r}")
    earlier = _recall(session, key, kind)
    if earlier is not None:
        return earlier
    session.add(IdempotencyRow(key=key, kind=kind, stored_id=stored_id, created_at=now()))
    return stored_id
