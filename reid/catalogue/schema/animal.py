"""What was measured on the animals: annotations, embeddings, local features."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, Key


class AnnotationRow(Base):
    """One animal in one picture of one sighting.

    ``id`` is the number by which a vector index knows the annotation; it is never used again.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        UniqueConstraint("sighting_id", "annotation_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    sighting_id: Mapped[str] = mapped_column(ForeignKey("sightings.id"))
    annotation_id: Mapped[str] = mapped_column(Text)
    media_sha256: Mapped[str] = mapped_column(ForeignKey("media.sha256"), index=True)
    file_name: Mapped[str] = mapped_column(Text)
    camera: Mapped[str | None] = mapped_column(Text)
    x_px: Mapped[float]
    y_px: Mapped[float]
    width_px: Mapped[float]
    height_px: Mapped[float]
    origin: Mapped[str] = mapped_column(String(32))
    confidence: Mapped[float]
    mask: Mapped[bytes | None] = mapped_column(LargeBinary)
    flags: Mapped[list[str]] = mapped_column(JSON)
    prepared_flags: Mapped[list[str]] = mapped_column(JSON)
    flank: Mapped[str] = mapped_column(String(16), index=True)
    flank_left: Mapped[float]
    flank_right: Mapped[float]
    flank_other: Mapped[float]
    flank_source: Mapped[str] = mapped_column(String(32))
    usable: Mapped[float]
    quality: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(IsoTime)


class EmbeddingRow(Base):
    """A vector as little-endian float32 bytes, with the fingerprint of what made it."""

    __tablename__ = "embeddings"
    __table_args__ = (UniqueConstraint("annotation_key", "fingerprint"),)

    id: Mapped[Key]
    annotation_key: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    fingerprint: Mapped[str] = mapped_column(Text, index=True)
    dim: Mapped[int]
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class FeaturesRow(Base):
    """Local features of the animal and of its mirror image, as compressed npz without pickle."""

    __tablename__ = "local_features"
    __table_args__ = (UniqueConstraint("annotation_key", "method"),)

    id: Mapped[Key]
    annotation_key: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    method: Mapped[str] = mapped_column(Text)
    animal: Mapped[bytes] = mapped_column(LargeBinary)
    mirrored: Mapped[bytes] = mapped_column(LargeBinary)
