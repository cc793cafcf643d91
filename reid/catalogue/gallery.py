"""Stored pictures as pages show them: what is known of each frame, without what was measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, join, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.corrected import ledger_of
from reid.catalogue.said import some
from reid.catalogue.schema import AnnotationRow, MediaRow, SightingRow
from reid.catalogue.unpack import quality_of
from reid.clocks import Ledger
from reid.errors import NotFoundError
from reid.types import AnnotationOrigin, Box, CameraNote, Flank, Light, Quality, StripReading

MUTE = ("no-animal", "not-a-leopard", "whole-image")


@dataclass(frozen=True, slots=True)
class Frame:
    """One animal in one picture, as it is shown. ``size_wh`` of the upright picture in pixels.

    ``written_at`` is what the clock wrote where a correction changed ``captured_at``.
    """

    sighting_id: str
    annotation_id: str
    media_sha256: str
    file_name: str
    camera: str | None
    size_wh: tuple[int, int]
    box: Box
    origin: str
    flank: Flank
    flank_source: str
    light: Light
    captured_at: datetime | None
    usable: float
    animal_px: int
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    written_at: datetime | None = None
    note: CameraNote | None = None
    strip: StripReading | None = None
    quality: Quality | None = None

    @property
    def is_leopard(self) -> bool:
        """Whether it seems to show one, or a user drew its box: others speak for no sighting."""
        return self.origin == AnnotationOrigin.USER or not any(f in MUTE for f in self.flags)


class Gallery(Core):
    """Frames of a catalogue."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Gallery:
        """The gallery of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def frames(self, sighting_ids: Collection[str]) -> dict[str, list[Frame]]:
        """The frames of each sighting, in the order of storing; none of those not stored."""
        return self._read(lambda session: frames_of(session, sighting_ids))

    def frame(self, sighting_id: str, annotation_id: str) -> Frame:
        """One frame.

        Raises:
            NotFoundError: no such sighting or annotation.
        """
        where = AnnotationRow.sighting_id == sighting_id, AnnotationRow.annotation_id
        query = _columns().where(where[0], where[1] == annotation_id)
        row, ledger = self._read(
            lambda session: (session.execute(query).one_or_none(), ledger_of(session))
        )
        if row is None:
            raise NotFoundError(
                f"sighting {sighting_id!r} has no annotation {annotation_id!r}; the sighting's "
                "own page lists them"
            )
        return _frame(row, ledger)


def frames_of(session: Session, sighting_ids: Collection[str]) -> dict[str, list[Frame]]:
    """The frames of each sighting, in the order of storing."""
    found: dict[str, list[Frame]] = {}
    ledger = ledger_of(session)
    for part in some(sighting_ids):
        query = _columns().where(AnnotationRow.sighting_id.in_(part)).order_by(AnnotationRow.id)
        for row in session.execute(query):
            found.setdefault(row.sighting_id, []).append(_frame(row, ledger))
    return found


def best_of(session: Session, groups: Mapping[int, Collection[str]]) -> dict[int, Frame]:
    """The frame that shows most of each group of sightings; of equals the first."""
    owner = {name: group for group, names in groups.items() for name in names}
    best: dict[int, tuple[float, int]] = {}
    for part in some(owner):
        query = select(AnnotationRow.id, AnnotationRow.sighting_id, AnnotationRow.usable)
        for key, name, usable in session.execute(query.where(AnnotationRow.sighting_id.in_(part))):
            best[owner[name]] = max(best.get(owner[name], (-1.0, 0)), (usable, -key))
    chosen = {-key: group for group, (_, key) in best.items()}
    query = _columns().add_columns(AnnotationRow.id).where(AnnotationRow.id.in_(chosen))
    ledger = ledger_of(session)
    return {chosen[row.id]: _frame(row, ledger) for row in session.execute(query)}


def _columns() -> Any:
    return select(
        AnnotationRow.sighting_id,
        AnnotationRow.annotation_id,
        AnnotationRow.media_sha256,
        AnnotationRow.file_name,
        AnnotationRow.camera,
        AnnotationRow.x_px,
        AnnotationRow.y_px,
        AnnotationRow.width_px,
        AnnotationRow.height_px,
        AnnotationRow.origin,
        AnnotationRow.flank,
        AnnotationRow.flank_source,
        AnnotationRow.usable,
        AnnotationRow.quality,
        AnnotationRow.flags,
        AnnotationRow.prepared_flags,
        MediaRow.width_px.label("picture_width"),
        MediaRow.height_px.label("picture_height"),
        MediaRow.light,
        MediaRow.captured_at,
        MediaRow.flags.label("picture_flags"),
        MediaRow.note,
        MediaRow.strip,
        SightingRow.station,
    ).select_from(
        join(AnnotationRow, MediaRow, MediaRow.sha256 == AnnotationRow.media_sha256).join(
            SightingRow, SightingRow.id == AnnotationRow.sighting_id
        )
    )


def _frame(row: Row[Any], ledger: Ledger) -> Frame:
    flags = (*row.picture_flags, *row.flags, *row.prepared_flags)
    wrote = row.captured_at
    at = wrote and ledger.corrected(row.station or "", row.camera or "", wrote)
    return Frame(
        sighting_id=row.sighting_id,
        annotation_id=row.annotation_id,
        media_sha256=row.media_sha256,
        file_name=row.file_name,
        camera=row.camera,
        size_wh=(row.picture_width or 1, row.picture_height or 1),
        box=Box(row.x_px, row.y_px, row.width_px, row.height_px),
        origin=row.origin,
        flank=Flank(row.flank),
        flank_source=row.flank_source,
        light=Light(row.light or Light.COLOUR),
        captured_at=at,
        usable=row.usable,
        animal_px=row.quality["animal_px"],
        reasons=tuple(row.quality["reasons"]),
        flags=tuple(dict.fromkeys(flags)),
        written_at=None if at == wrote else wrote,
        note=CameraNote.of(row.note) if row.note else None,
        strip=StripReading.of(row.strip) if row.strip else None,
        quality=quality_of(row.quality),
    )
