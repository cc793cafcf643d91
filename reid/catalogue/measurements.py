"""What was measured: loading annotations, adding another model's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.core import Core
from reid.catalogue.corrected import ledger_of, stations_of
from reid.catalogue.measured import Measured, rows_of_keys, rows_of_sighting
from reid.catalogue.pack import embedding_row, features_row
from reid.catalogue.records import AnnotationRecord
from reid.catalogue.schema import AnnotationRow, EmbeddingRow, FeaturesRow
from reid.catalogue.sightings import find_sighting
from reid.catalogue.unpack import picture_without_pixels, prepared_of
from reid.catalogue.who import current_names
from reid.clocks import Ledger
from reid.errors import InputError, NotFoundError
from reid.types import Flank, Image, PreparedAnnotation, StripReading

OpenImage = Callable[[bytes, str], Image]
Rows = tuple[list[Measured], Ledger, dict[str, str]]
"""What was measured, the corrections of clocks, and the station of each sighting."""


class Measurements(Core):
    """Annotations with their embeddings and local features."""

    def load_prepared(
        self,
        sighting_id: str,
        open_image: OpenImage | None = None,
        *,
        fingerprint: str | None = None,
        method: str | None = None,
    ) -> list[PreparedAnnotation]:
        """Every annotation of a sighting with what was measured on it, as it was saved.

        ``open_image(bytes, file_name)`` opens pictures, once a file. Without it pictures are
        black, flagged ``"pixels-not-loaded"`` and free: enough to match features that are
        already there. ``fingerprint`` and ``method`` choose among several models' (default: the
        newest).

        Raises:
            NotFoundError: no such sighting, or not measured with that model.
            CatalogueError: a file is missing or was altered.
        """

        def work(session: Session) -> Rows:
            find_sighting(session, sighting_id)
            return _with_clocks(
                session, rows_of_sighting(session, sighting_id, fingerprint, method)
            )

        return self._prepare(self._read(work), open_image)

    def load_annotations(
        self,
        keys: Sequence[int],
        open_image: OpenImage | None = None,
        *,
        fingerprint: str | None = None,
        method: str | None = None,
    ) -> list[PreparedAnnotation]:
        """As ``load_prepared``, for the annotations with these index keys, in their order.

        Raises:
            NotFoundError: no annotation with a key, or not measured with that model.
        """
        found = self._read(lambda s: _with_clocks(s, rows_of_keys(s, keys, fingerprint, method)))
        return self._prepare(found, open_image)

    def _prepare(self, found: Rows, open_image: OpenImage | None) -> list[PreparedAnnotation]:
        rows, ledger, stations = found
        images: dict[tuple[str, str], Image] = {}
        for row in rows:
            name = (row.media.sha256, row.annotation.file_name)
            if name not in images:
                images[name] = self._open(row, open_image)
        return [
            prepared_of(
                r.annotation,
                r.embedding,
                r.features,
                _dated(
                    images[r.media.sha256, r.annotation.file_name],
                    ledger,
                    stations.get(r.annotation.sighting_id, ""),
                    r.annotation.camera or "",
                ),
            )
            for r in rows
        ]

    def _open(self, row: Measured, open_image: OpenImage | None) -> Image:
        if open_image is None:
            return picture_without_pixels(row.media, row.annotation.file_name)
        image = open_image(self.read_media(row.media.sha256), row.annotation.file_name)
        strip = StripReading.of(row.media.strip) if row.media.strip else image.strip
        return replace(image, strip=strip)

    def add_measurements(self, prepared: Sequence[PreparedAnnotation]) -> int:
        """Add another model's embeddings and features to annotations that are stored.

        What is there under the same fingerprint or method stays. Returns how many rows were
        added.

        Raises:
            NotFoundError: an annotation is not stored.
            InputError: an annotation has another box than the stored one.
        """
        return self._write(lambda s: sum(_add(s, item) for item in prepared))

    def annotations(self, keys: Sequence[int]) -> list[AnnotationRecord]:
        """Whose the annotations with these index keys are, in their order.

        Raises:
            NotFoundError: no annotation with a key: the index is older than the catalogue.
        """

        def work(session: Session) -> list[AnnotationRecord]:
            rows = [session.get(AnnotationRow, key) for key in keys]
            found = [row for row in rows if row is not None]
            if len(found) < len(rows):
                lost = [k for k, row in zip(keys, rows, strict=True) if row is None]
                raise NotFoundError(f"no annotations with keys {lost[:5]}; rebuild the index")
            names = current_names(session, [row.sighting_id for row in found])
            return [_record(row, names.get(row.sighting_id)) for row in found]

        return self._read(work)


def _with_clocks(session: Session, rows: list[Measured]) -> Rows:
    """The rows, and what is recorded of their cameras' clocks."""
    ledger = ledger_of(session)
    ids = {row.annotation.sighting_id for row in rows} if ledger else set()
    return rows, ledger, stations_of(session, ids)


def _dated(image: Image, ledger: Ledger, station: str, camera: str) -> Image:
    """The picture with the time behind what its clock wrote."""
    at = image.captured_at
    right = at and ledger.corrected(station, camera, at)
    return image if right == at else replace(image, captured_at=right, clock_at=at)


def _record(row: AnnotationRow, individual: str | None) -> AnnotationRecord:
    return AnnotationRecord(
        key=row.id,
        annotation_id=row.annotation_id,
        sighting_id=row.sighting_id,
        media_sha256=row.media_sha256,
        flank=Flank(row.flank),
        usable=row.usable,
        individual=individual,
    )


def _add(session: Session, item: PreparedAnnotation) -> int:
    names = {"sighting_id": item.sighting_id, "annotation_id": item.id}
    row = session.scalar(select(AnnotationRow).filter_by(**names))
    if row is None:
        raise NotFoundError(f"no annotation {item.id} of {item.sighting_id}: save the sighting")
    box = item.annotation.box
    stored = (row.media_sha256, row.x_px, row.y_px, row.width_px, row.height_px)
    if stored != (item.image.sha256, box.x_px, box.y_px, box.width_px, box.height_px):
        raise InputError(
            f"annotation {item.id}: expected the stored picture and box {stored}, found {box}; "
            "give the new annotation another id"
        )
    vector = {"annotation_key": row.id, "fingerprint": item.embedding.fingerprint}
    local = {"annotation_key": row.id, "method": item.features.method}
    new: list[EmbeddingRow | FeaturesRow] = []
    if session.scalar(select(EmbeddingRow.id).filter_by(**vector)) is None:
        new.append(embedding_row(item))
    if session.scalar(select(FeaturesRow.id).filter_by(**local)) is None:
        new.append(features_row(item))
    for measured in new:
        measured.annotation_key = row.id
    session.add_all(new)
    return len(new)
