"""Stored sightings as values without pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.records import SightingRecord
from reid.catalogue.schema import (
    AnnotationRow,
    DeploymentRow,
    MediaRow,
    SightingMediaRow,
    SightingRow,
)
from reid.catalogue.who import current_names, versions_of
from reid.identities.subjects import sighting
from reid.types import CandidateTime


def records_of(session: Session, rows: Sequence[SightingRow]) -> list[SightingRecord]:
    """Rows as values, with their annotations and who they are now."""
    ids = [row.id for row in rows]
    names = current_names(session, ids)
    annotations: dict[str, list[str]] = {}
    query = select(AnnotationRow.sighting_id, AnnotationRow.annotation_id)
    for owner, name in session.execute(
        query.where(AnnotationRow.sighting_id.in_(ids)).order_by(AnnotationRow.id)
    ):
        annotations.setdefault(owner, []).append(name)
    versions = versions_of(session, [sighting(name) for name in ids])
    return [
        _record(row, annotations.get(row.id, []), names.get(row.id), versions[sighting(row.id)])
        for row in rows
    ]


def _record(
    row: SightingRow, annotations: list[str], individual: str | None, version: int
) -> SightingRecord:
    return SightingRecord(
        id=row.id,
        content_sha256=row.content_sha256,
        created_at=row.created_at,
        station=row.station,
        position=position_of(row),
        times=times_of(row),
        media_sha256=tuple(m.media_sha256 for m in row.media),
        file_names=tuple(m.file_name for m in row.media),
        annotation_ids=tuple(annotations),
        rejected=tuple((r.file_name, r.reason) for r in row.rejections),
        individual=individual,
        version=version,
    )


def times_of(row: SightingRow) -> tuple[CandidateTime, ...]:
    """The candidate times."""
    return tuple(CandidateTime(at=t.at, source=t.source) for t in row.times)


def position_of(row: SightingRow | DeploymentRow) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, when both are known."""
    if row.latitude is None or row.longitude is None:
        return None
    return row.latitude, row.longitude


def clocks_of(
    session: Session, rows: Sequence[SightingRow]
) -> dict[str, tuple[CandidateTime, ...]]:
    """When each sighting may have been: as given, else the first clock of its pictures."""
    found = {row.id: times_of(row) for row in rows}
    timeless = [name for name, times in found.items() if not times]
    query = (
        select(SightingMediaRow.sighting_id, MediaRow.captured_at)
        .join(MediaRow, MediaRow.sha256 == SightingMediaRow.media_sha256)
        .where(SightingMediaRow.sighting_id.in_(timeless), MediaRow.captured_at.is_not(None))
    )
    clocks: dict[str, list[datetime]] = {}
    for name, at in session.execute(query):
        if at is not None:
            clocks.setdefault(name, []).append(at)
    for name, ats in clocks.items():
        first = min(ats, key=lambda at: at.replace(tzinfo=None))
        found[name] = (CandidateTime(first, "camera clock"),)
    return found
