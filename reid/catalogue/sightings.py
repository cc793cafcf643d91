"""Sightings in and out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from reid.catalogue.content import sighting_sha256
from reid.catalogue.core import Core, now
from reid.catalogue.insert import insert_measured, insert_sighting
from reid.catalogue.licensing import Unlike, says_any, take, unlike
from reid.catalogue.mediastore import Staged
from reid.catalogue.pack import (
    Rejected,
    check_fits,
    describe_media,
    measured_rows,
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
from reid.catalogue.told import position_of, records_of, times_of
from reid.errors import InputError, NotFoundError
from reid.types import Box, Flank, PreparedAnnotation, Sighting, SightingMedia
from reid.types.checks import require

MOST = 10_000
PARTS = tuple(
    selectinload(part) for part in (SightingRow.times, SightingRow.media, SightingRow.rejections)
)
"""What a record of a sighting reads of other tables, for many at once."""


class Sightings(Core):
    """Saving and loading sightings with what was measured on them."""

    def save_sighting(
        self,
        sighting: Sighting,
        prepared: Sequence[PreparedAnnotation] = (),
        rejected: Rejected = (),
    ) -> Saved:
        """Store a sighting, its files and its annotations, all or nothing.

        The same content again changes nothing (``created`` is false), but states licences where
        nobody did; ``prepared`` made by another model is added with ``add_measurements``.
        ``rejected`` are (sighting id, file name, reason) as in ``Comparison``; those of other
        sightings are left out.

        Raises:
            InputError: another content is stored under this id, or ``prepared`` is of another
                sighting.
            StorageFullError: no room; nothing was written.
        """
        check_fits(sighting, prepared)
        digest = sighting_sha256(sighting)
        known = self._read(lambda session: _known(session, sighting.id, digest))
        if known is not None:
            self._license(sighting)
            return known
        rows = [measured_rows(item, now()) for item in prepared]
        with self._staged(m.content for m in sighting.media) as staged:

            def work(session: Session) -> Saved:
                # Another writer may have stored it since we looked.
                known = _known(session, sighting.id, digest)
                if known is not None:
                    take(unlike(find_sighting(session, sighting.id), sighting))
                    return known
                insert_sighting(session, sighting, digest, prepared, rejected)
                insert_measured(session, rows)
                self._place(session, staged)
                return Saved(sighting.id, digest, created=True)

            return self._write(work)

    def _license(self, sighting: Sighting) -> None:
        """Of a stored sighting: what stands, stays. Mostly nothing is new, and nobody waits."""

        def rows(session: Session) -> Unlike:
            return unlike(find_sighting(session, sighting.id), sighting)

        if says_any(sighting) and self._read(rows):
            self._write(lambda session: take(rows(session)))

    def add_annotations(
        self,
        sighting: Sighting,
        prepared: Sequence[PreparedAnnotation],
        rejected: Rejected = (),
    ) -> int:
        """Store what was found in a stored sighting that nobody had looked at; returns how many.

        One that has annotations keeps those, and nothing is added.

        Raises:
            NotFoundError: no such sighting.
            InputError: another content is stored under this id, or ``prepared`` is of another
                sighting.
        """
        check_fits(sighting, prepared)
        digest = sighting_sha256(sighting)
        rows = [measured_rows(item, now()) for item in prepared]

        def work(session: Session) -> int:
            row = find_sighting(session, sighting.id)
            _known(session, sighting.id, digest)
            if session.scalar(exists().where(AnnotationRow.sighting_id == row.id).select()):
                return 0
            for item in prepared:
                describe_media(session.get_one(MediaRow, item.image.sha256), item.image)
            row.rejections = sighting_row(sighting, digest, rejected, now()).rejections
            insert_measured(session, rows)
            return len(rows)

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
            times=times_of(row),
            position=position_of(row),
            licence=row.licence or "",
        )

    def _media(self, row: SightingMediaRow) -> SightingMedia:
        return SightingMedia(
            file_name=row.file_name,
            content=self.media.read(row.media_sha256),
            camera=row.camera,
            flank=None if row.flank is None else Flank(row.flank),
            boxes=tuple(Box(*box) for box in row.boxes),
            licence=row.licence or "",
        )

    def sighting(self, sighting_id: str) -> SightingRecord:
        """What is stored of a sighting, without pictures.

        Raises:
            NotFoundError: no such sighting.
        """
        return self._read(lambda s: records_of(s, [find_sighting(s, sighting_id)])[0])

    def sightings(self, *, limit: int = 1000, after: str = "") -> list[SightingRecord]:
        """Up to ``limit`` sightings by id, those that come after the id ``after``.

        Raises:
            InputError: ``limit`` is not in 1 to 10,000.
        """
        require(0 < limit <= MOST, f"limit: expected 1 to {MOST}, found {limit}")
        query = select(SightingRow).where(SightingRow.id > after).options(*PARTS)
        page = query.order_by(SightingRow.id).limit(limit)
        return self._read(lambda s: records_of(s, s.scalars(page).all()))

    def deployments(self) -> list[Deployment]:
        """Every camera at every station that sightings name."""
        query = select(DeploymentRow).order_by(DeploymentRow.station, DeploymentRow.camera)
        return self._read(
            lambda s: [Deployment(d.station, d.camera, position_of(d)) for d in s.scalars(query)]
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
