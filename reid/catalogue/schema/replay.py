"""Who sightings were said to be, and what another bundle's answers put in doubt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, KeyType, Sha256


class IdentificationRow(Base):
    """One question of who a sighting is, with its answer; the same of both is one row.

    ``up_to`` is the last decision that was known when it was asked, ``individual`` the name that
    its animal had then.
    """

    __tablename__ = "identifications"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(IsoTime, index=True)
    sighting_id: Mapped[str] = mapped_column(ForeignKey("sightings.id"), index=True)
    content_sha256: Mapped[Sha256]
    prior_known: Mapped[float]
    max_error: Mapped[float]
    bundle: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    individual: Mapped[str | None] = mapped_column(Text)
    individual_id: Mapped[int | None] = mapped_column(KeyType)
    probability: Mapped[float | None]
    up_to: Mapped[int] = mapped_column(KeyType)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON)


class DoubtRow(Base):
    """A pair of sightings (``a`` before ``b``) of which a bundle says something else.

    ``said`` is that bundle's verdict; ``kind`` and ``llr`` are of the one that serves. ``weight``:
    the lower, the more it matters.
    """

    __tablename__ = "doubts"

    bundle: Mapped[str] = mapped_column(Text, primary_key=True)
    a: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    b: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(IsoTime)
    weight: Mapped[int]
    said: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    llr: Mapped[float]
    source: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[str]] = mapped_column(JSON)
