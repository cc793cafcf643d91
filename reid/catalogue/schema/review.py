"""Review: pairs that were handed to reviewers, their readings, and tables that went out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, Key, KeyType


class ReviewItemRow(Base):
    """A pair handed to a reviewer, with everything that was shown; ``id`` tells nothing.

    ``opened_at``: when the reviewer asked for the machine's opinion, before answering.
    """

    __tablename__ = "review_items"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(IsoTime, index=True)
    reviewer: Mapped[str] = mapped_column(Text, index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    a: Mapped[str] = mapped_column(ForeignKey("sightings.id"))
    b: Mapped[str] = mapped_column(ForeignKey("sightings.id"))
    truth: Mapped[str | None] = mapped_column(String(16))
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)
    seen: Mapped[dict[str, int]] = mapped_column(JSON)
    opened_at: Mapped[datetime | None] = mapped_column(IsoTime)
    skipped_at: Mapped[datetime | None] = mapped_column(IsoTime)


class ReadingRow(Base):
    """A reviewer's answer to an item, never deleted; ``event_id`` is the decision it made.

    One that was taken back counts nowhere.
    """

    __tablename__ = "readings"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    item_id: Mapped[str] = mapped_column(ForeignKey("review_items.id"), unique=True)
    at: Mapped[datetime] = mapped_column(IsoTime)
    answer: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("identity_events.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(IsoTime)


class ExportRow(Base):
    """A table of who is who that went out, and the last event that it knew of."""

    __tablename__ = "identity_exports"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(IsoTime)
    by: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    content_sha256: Mapped[str] = mapped_column(String(64))
    up_to: Mapped[int] = mapped_column(KeyType)


class PairEvidenceRow(Base):
    """What a search or a batch found of two stored sightings (``a`` before ``b``); the last word.

    Comparisons keep their verdicts themselves; this is for evidence without one.
    """

    __tablename__ = "pair_evidence"

    a: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    b: Mapped[str] = mapped_column(ForeignKey("sightings.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(IsoTime, index=True)
    llr: Mapped[float]
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[str]] = mapped_column(JSON)
