"""Stored comparisons as pages list them, without reading their whole answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.schema import ComparisonRow, ComparisonSightingRow, VerdictRow


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """A comparison in a line; ``verdicts``: how many pairs by kind."""

    id: str
    created_at: datetime
    summary: str
    sighting_ids: tuple[str, ...]
    verdicts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """What a comparison said of a sighting and another."""

    comparison_id: str
    created_at: datetime
    other: str
    kind: str
    probability: float | None


class ComparisonPages(Core):
    """Comparisons, a page at a time."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> ComparisonPages:
        """The comparisons of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def page(
        self, *, limit: int = 50, skip: int = 0, sighting_id: str | None = None
    ) -> list[ComparisonLine]:
        """Comparisons, newest first: all, or those that a sighting is in."""
        query = select(ComparisonRow.id, ComparisonRow.created_at, ComparisonRow.summary)
        if sighting_id is not None:
            held = select(ComparisonSightingRow.comparison_id).filter_by(sighting_id=sighting_id)
            query = query.where(ComparisonRow.id.in_(held))
        newest = query.order_by(ComparisonRow.created_at.desc(), ComparisonRow.id.desc())

        def work(session: Session) -> list[ComparisonLine]:
            rows = session.execute(newest.limit(limit).offset(skip)).all()
            ids = [row.id for row in rows]
            held, kinds = _sightings(session, ids), _kinds(session, ids)
            return [
                ComparisonLine(
                    row.id,
                    row.created_at,
                    row.summary,
                    tuple(held.get(row.id, ())),
                    kinds.get(row.id, {}),
                )
                for row in rows
            ]

        return self._read(work)

    def count(self) -> int:
        """How many comparisons are stored."""
        query = select(func.count()).select_from(ComparisonRow)
        return self._read(lambda session: session.scalar(query) or 0)

    def verdicts_on(self, sighting_id: str, *, limit: int = 50) -> list[VerdictLine]:
        """What comparisons said of a sighting, newest first."""
        other = case((VerdictRow.a == sighting_id, VerdictRow.b), else_=VerdictRow.a)
        query = (
            select(
                VerdictRow.comparison_id,
                ComparisonRow.created_at,
                other,
                VerdictRow.kind,
                VerdictRow.probability,
            )
            .join(ComparisonRow, ComparisonRow.id == VerdictRow.comparison_id)
            .where(or_(VerdictRow.a == sighting_id, VerdictRow.b == sighting_id))
            .order_by(ComparisonRow.created_at.desc(), VerdictRow.position)
            .limit(limit)
        )
        return self._read(lambda s: [VerdictLine(*row) for row in s.execute(query)])


def _sightings(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    query = (
        select(ComparisonSightingRow.comparison_id, ComparisonSightingRow.sighting_id)
        .where(ComparisonSightingRow.comparison_id.in_(ids))
        .order_by(ComparisonSightingRow.position)
    )
    found: dict[str, list[str]] = {}
    for comparison_id, sighting_id in session.execute(query):
        found.setdefault(comparison_id, []).append(sighting_id)
    return found


def _kinds(session: Session, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    query = (
        select(VerdictRow.comparison_id, VerdictRow.kind, func.count())
        .where(VerdictRow.comparison_id.in_(ids))
        .group_by(VerdictRow.comparison_id, VerdictRow.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for comparison_id, kind, count in session.execute(query):
        found.setdefault(comparison_id, {})[kind] = count
    return found
