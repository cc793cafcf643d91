"""Stored sightings as values without pictures."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.corrected import Times, beside_strips, by_pictures, given_of, ledger_of
from reid.catalogue.records import SightingRecord
from reid.catalogue.schema import AnnotationRow, DeploymentRow, SightingRow
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
    times = given_of(session, rows)
    return [
        _record(
            row,
            times[row.id],
            annotations.get(row.id, []),
            names.get(row.id),
            versions[sighting(row.id)],
        )
        for row in rows
    ]


def _record(
    row: SightingRow, times: Times, annotations: list[str], individual: str | None, version: int
) -> SightingRecord:
    return SightingRecord(
        id=row.id,
        content_sha256=row.content_sha256,
        created_at=row.created_at,
        station=row.station,
        position=position_of(row),
        times=times,
        media_sha256=tuple(m.media_sha256 for m in row.media),
        file_names=tuple(m.file_name for m in row.media),
        annotation_ids=tuple(annotations),
        rejected=tuple((r.file_name, r.reason) for r in row.rejections),
        individual=individual,
        version=version,
    )


def times_of(row: SightingRow) -> tuple[CandidateTime, ...]:
    """The times that it came with, as they were given."""
    return tuple(CandidateTime(at=t.at, source=t.source) for t in row.times)


def position_of(row: SightingRow | DeploymentRow) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, when both are known."""
    if row.latitude is None or row.longitude is None:
        return None
    return row.latitude, row.longitude


def clocks_of(session: Session, rows: Sequence[SightingRow]) -> dict[str, Times]:
    """When each sighting may have been: as given, else by the clocks of its pictures; corrected."""
    ledger = ledger_of(session)
    found = beside_strips(session, given_of(session, rows, ledger), ledger)
    timeless = [name for name, times in found.items() if not times]
    return found | by_pictures(session, timeless, ledger)
