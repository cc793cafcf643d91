"""Answers given, with everything needed to give them again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, Sha256


class ComparisonRow(Base):
    """One comparison: the answer as JSON and what it was made from."""

    __tablename__ = "comparisons"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(IsoTime, index=True)
    summary: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    result_sha256: Mapped[Sha256]
    inputs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    fingerprints: Mapped[dict[str, Any]] = mapped_column(JSON)
    configuration: Mapped[dict[str, Any]] = mapped_column(JSON)
    code_version: Mapped[str] = mapped_column(Text)
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON)


class ComparisonSightingRow(Base):
    """A sighting that was compared, by id and content; it need not be in the catalogue."""

    __tablename__ = "comparison_sightings"

    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sighting_id: Mapped[str] = mapped_column(Text, index=True)
    content_sha256: Mapped[Sha256]


class VerdictRow(Base):
    """The verdict on one pair of a comparison."""

    __tablename__ = "verdicts"

    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    a: Mapped[str] = mapped_column(Text, index=True)
    b: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    probability: Mapped[float | None]
    direct_llr: Mapped[float]


class IdempotencyRow(Base):
    """What a request of this content hash led to, so that asking twice does nothing twice."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    stored_id: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(IsoTime)
