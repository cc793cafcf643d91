"""Sightings in and out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.content import media_sha256, sighting_sha256
from reid.catalogue.core import Core, now
from reid.catalogue.mediastore import Staged
from reid.catalogue.pack import (
    Rejected,
    annotation_row,
    check_fits,
    describe_media,
    embedding_row,
    features_row,
    sighting_media_row,
    sighting_row,
)
from reid.catalogue.records import Deployment, Saved, SightingRecord
from reid.catalogue.schema import (
    AnnotationRow,
    DeploymentRow,
    MediaRow,
    SightingMediaRow,
    SightingRow,
)
from reid.catalogue.who import current_names
from reid.errors import InputError, NotFoundError
from reid.types import Box, CandidateTime, Flank, PreparedAnnotation, Sighting, SightingMedia
from reid.types.checks import require

MOST = 10_000


class Sightings(Core):
    """Saving and loading sightings with what was measured on them."""

    def save_sighting(
        self,
        sighting: Sighting,
        prepared: Sequence[PreparedAnnotation] = (),
        rejected: Rejected = (),
    ) -> Saved:
        """Store a sighting, its files and its annotations, all or nothing.

        The same content again changes nothing (``created`` is false); ``prepared`` made by
        another model is added with ``add_measurements``. ``rejected`` are (sighting id, file
        name, reason) as in ``Comparison``; those of other sightings are left out.

        Raises:
            InputError: another content is stored under this id, or ``prepared`` is of another
                sighting.
            StorageFullError: no room; nothing was written.
        """
        check_fits(sighting, prepared)
        digest = sighting_sha256(sighting)
        known = self._read(lambda session: _known(session, sighting.id, digest))
        if known is not None:
            return known
        with self._staged(m.content for m in sighting.media) as staged:

            def work(session: Session) -> Saved:
                # Another writer may have stored it since we looked.
                known = _known(session, sighting.id, digest)
                if known is not None:
                    return known
                _insert(session, sighting, digest, prepared, rejected)
                _measure(session, prepared)
                self._place(session, staged)
                return Saved(sighting.id, digest, created=True)

            return self._write(work)

    def _place(self, session: Session, staged: Staged) -> None:
        session.flush()  # whatever the database refuses, it refuses before files move
        self.media.place(staged)

    def load_sighting(self, sighting_id: str) -> Sighting:
        """The sighting as it was submitted, with the bytes of its files.

        Raises:
            NotFoundError: no such sighting.
            CatalogueError: a file is missing or was altered.
        """
        return self._read(lambda session: self._sighting(session, sighting_id))

    def _sighting(self, session: Session, sighting_id: str) -> Sighting:
        row = find_sighting(session, sighting_id)
        return Sighting(
            id=row.id,
            media=tuple(self._media(m) for m in row.media),
            station=row.station,
            times=_times(row),
            position=_position(row),
        )

    def _media(self, row: SightingMediaRow) -> SightingMedia:
        return SightingMedia(
            file_name=row.file_name,
            content=self.media.read(row.media_sha256),
            camera=row.camera,
            flank=None if row.flank is None else Flank(row.flank),
            boxes=tuple(Box(*box) for box in row.boxes),
        )

    def sighting(self, sighting_id: str) -> SightingRecord:
        """What is stored of a sighting, without pictures.

        Raises:
            NotFoundError: no such sighting.
        """
        return self._read(lambda s: _records(s, [find_sighting(s, sighting_id)])[0])

    def sightings(self, *, limit: int = 1000, after: str = "") -> list[SightingRecord]:
        """Up to ``limit`` sightings by id, those that come after the id ``after``.

        Raises:
            InputError: ``limit`` is not in 1 to 10,000.
        """
        require(0 < limit <= MOST, f"limit: expected 1 to {MOST}, found {limit}")
        query = select(SightingRow).where(SightingRow.id > after)
        page = query.order_by(SightingRow.id).limit(limit)
        return self._read(lambda s: _records(s, s.scalars(page).all()))

    def deployments(self) -> list[Deployment]:
        """Every camera at every station that sightings name."""
        query = select(DeploymentRow).order_by(DeploymentRow.station, DeploymentRow.camera)
        return self._read(
            lambda s: [Deployment(d.station, d.camera, _position(d)) for d in s.scalars(query)]
        )


def find_sighting(session: Session, sighting_id: str) -> SightingRow:
    """The row, or NotFoundError."""
    row = session.get(SightingRow, sighting_id)
    if row is None:
        raise NotFoundError(f"no sighting {sighting_id!r} in the catalogue; list them or save it")
    return row


def _known(session: Session, sighting_id: str, digest: str) -> Saved | None:
    row = session.get(SightingRow, sighting_id)
    if row is None:
        return None
    if row.content_sha256 != digest:
        raise InputError(
            f"sighting {sighting_id!r} is already in the catalogue with other content (stored "
            f"{row.created_at:%Y-%m-%d}, {len(row.media)} files, content {row.content_sha256[:12]}"
            f"; now {digest[:12]}). Give the new one another id."
        )
    return Saved(sighting_id, digest, created=False)


def _insert(
    session: Session,
    sighting: Sighting,
    digest: str,
    prepared: Sequence[PreparedAnnotation],
    rejected: Rejected,
) -> None:
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


def _measure(session: Session, prepared: Sequence[PreparedAnnotation]) -> None:
    for item in prepared:
        row = annotation_row(item, now())
        session.add(row)
        session.flush()
        session.add_all([embedding_row(item, row.id), features_row(item, row.id)])


def _records(session: Session, rows: Sequence[SightingRow]) -> list[SightingRecord]:
    ids = [row.id for row in rows]
    names = current_names(session, ids)
    annotations: dict[str, list[str]] = {}
    query = select(AnnotationRow.sighting_id, AnnotationRow.annotation_id)
    for owner, name in session.execute(
        query.where(AnnotationRow.sighting_id.in_(ids)).order_by(AnnotationRow.id)
    ):
        annotations.setdefault(owner, []).append(name)
    return [_record(row, annotations.get(row.id, []), names.get(row.id)) for row in rows]


def _record(row: SightingRow, annotations: list[str], individual: str | None) -> SightingRecord:
    return SightingRecord(
        id=row.id,
        content_sha256=row.content_sha256,
        created_at=row.created_at,
        station=row.station,
        position=_position(row),
        times=_times(row),
        media_sha256=tuple(m.media_sha256 for m in row.media),
        file_names=tuple(m.file_name for m in row.media),
        annotation_ids=tuple(annotations),
        rejected=tuple((r.file_name, r.reason) for r in row.rejections),
        individual=individual,
    )


def _times(row: SightingRow) -> tuple[CandidateTime, ...]:
    return tuple(CandidateTime(at=t.at, source=t.source) for t in row.times)


def _position(row: SightingRow | DeploymentRow) -> tuple[float, float] | None:
    if row.latitude is None or row.longitude is None:
        return None
    return row.latitude, row.longitude
