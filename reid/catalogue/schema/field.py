"""What came in from the field: deployments, media, sightings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reid.catalogue.schema.base import Base, IsoTime, Key, KeyType, Sha256


class DeploymentRow(Base):
    """A camera at a station (Camtrap DP ``deployments``), as far as sightings name it."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("station", "camera"),)

    id: Mapped[Key]
    station: Mapped[str] = mapped_column(Text)
    camera: Mapped[str] = mapped_column(Text)  # "" when unnamed: NULLs would not be unique
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(IsoTime)


class MediaRow(Base):
    """A file by its content. What only an opened picture can tell is NULL until it was opened."""

    __tablename__ = "media"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(KeyType)
    format: Mapped[str | None] = mapped_column(String(16))
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    light: Mapped[str | None] = mapped_column(String(16))
    captured_at: Mapped[datetime | None] = mapped_column(IsoTime)
    camera_make: Mapped[str | None] = mapped_column(Text)
    camera_model: Mapped[str | None] = mapped_column(Text)
    camera_serial: Mapped[str | None] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    strip: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(IsoTime)


class SightingRow(Base):
    """One event (Camtrap DP ``eventID``) as submitted; ``content_sha256`` makes it idempotent."""

    __tablename__ = "sightings"
    __table_args__ = (Index("ix_sightings_created_at_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    station: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    licence: Mapped[str | None] = mapped_column(Text)  # SPDX, of the data; NULL: nobody stated one
    content_sha256: Mapped[Sha256]
    created_at: Mapped[datetime] = mapped_column(IsoTime)

    times: Mapped[list[SightingTimeRow]] = relationship(order_by="SightingTimeRow.position")
    media: Mapped[list[SightingMediaRow]] = relationship(order_by="SightingMediaRow.position")
    rejections: Mapped[list[RejectionRow]] = relationship(order_by="RejectionRow.position")


class SightingTimeRow(Base):
    """A time at which the sighting may have been, and who says so."""

    __tablename__ = "sighting_times"

    sighting_id: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(IsoTime)
    source: Mapped[str] = mapped_column(Text)


class SightingMediaRow(Base):
    """One file of a sighting with what the user says of it."""

    __tablename__ = "sighting_media"

    sighting_id: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    media_sha256: Mapped[str] = mapped_column(ForeignKey("media.sha256"), index=True)
    deployment_id: Mapped[int | None] = mapped_column(ForeignKey("deployments.id"))
    file_name: Mapped[str] = mapped_column(Text)
    camera: Mapped[str | None] = mapped_column(Text)
    flank: Mapped[str | None] = mapped_column(String(16))
    boxes: Mapped[list[list[float]]] = mapped_column(JSON)
    licence: Mapped[str | None] = mapped_column(Text)  # SPDX, of the file; NULL: nobody stated one


class RejectionRow(Base):
    """A file of a sighting that could not be used, and why."""

    __tablename__ = "rejections"

    sighting_id: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class ClockCorrectionRow(Base):
    """What somebody recorded of a camera's clock, only ever added; ``undoes`` takes one back.

    ``camera`` NULL is every camera of the station, ``shift_s`` NULL morning for afternoon; both and
    the span mean nothing where a row undoes another.
    """

    __tablename__ = "clock_corrections"

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(IsoTime)
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    station: Mapped[str] = mapped_column(Text)
    camera: Mapped[str | None] = mapped_column(Text)
    shift_s: Mapped[int | None] = mapped_column(KeyType)
    first: Mapped[datetime | None] = mapped_column(IsoTime)
    last: Mapped[datetime | None] = mapped_column(IsoTime)
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("clock_corrections.id"), unique=True)
