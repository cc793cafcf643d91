"""Rows of a new sighting, inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.content import media_sha256
from reid.catalogue.core import now
from reid.catalogue.pack import (
    MeasuredRows,
    Rejected,
    describe_media,
    sighting_media_row,
    sighting_row,
)
from reid.catalogue.schema import DeploymentRow, MediaRow
from reid.types import PreparedAnnotation, Sighting, SightingMedia


def insert_sighting(
    session: Session,
    sighting: Sighting,
    digest: str,
    prepared: Sequence[PreparedAnnotation],
    rejected: Rejected,
) -> None:
    """The sighting, its files and its deployments."""
    row = sighting_row(sighting, digest, rejected, now())
    for media in sighting.media:
        _insert_media(session, media)
    for item in prepared:
        describe_media(session.get_one(MediaRow, item.image.sha256), item.image)
    for position, media in enumerate(sighting.media):
        deployment = _deployment(session, sighting, media.camera)
        row.media.append(sighting_media_row(media, position, deployment))
    session.add(row)
    session.flush()


def _insert_media(session: Session, media: SightingMedia) -> None:
    sha256 = media_sha256(media)
    if session.get(MediaRow, sha256) is None:
        size = len(media.content)
        session.add(MediaRow(sha256=sha256, size_bytes=size, flags=[], created_at=now()))


def _deployment(session: Session, sighting: Sighting, camera: str | None) -> int | None:
    if sighting.station is None:
        return None
    latitude, longitude = sighting.position or (None, None)
    names = {"station": sighting.station, "camera": camera or ""}
    row = session.scalar(select(DeploymentRow).filter_by(**names))
    if row is None:
        row = DeploymentRow(**names, latitude=latitude, longitude=longitude, created_at=now())
        session.add(row)
    elif row.latitude is None:
        row.latitude, row.longitude = latitude, longitude
    session.flush()
    return row.id


def insert_measured(session: Session, rows: Sequence[MeasuredRows]) -> None:
    """The annotations with their embeddings and features."""
    for row in rows:
        session.add(row.annotation)
        session.flush()
        for measured in row.measured:
            measured.annotation_key = row.annotation.id
        session.add_all(row.measured)
