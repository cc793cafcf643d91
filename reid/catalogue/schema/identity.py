"""Who is who: individuals, the events that people decided, and what is believed after them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, Key, KeyType

Value = JSON(none_as_null=True)


class IndividualRow(Base):
    """A number for an animal, never used again; ``name`` is the one that it was first given."""

    __tablename__ = "individuals"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(Text, unique=True)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(IsoTime)


class IndividualNameRow(Base):
    """A name that is or was an individual's; only ever added, so that none is given twice."""

    __tablename__ = "individual_names"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    individual_id: Mapped[int] = mapped_column(ForeignKey("individuals.id"), index=True)


class IdentityEventRow(Base):
    """A decision, only ever appended; ``id`` counts from 1 without gaps."""

    __tablename__ = "identity_events"

    id: Mapped[int] = mapped_column(KeyType, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(IsoTime, index=True)
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(32))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)
    seen: Mapped[dict[str, int]] = mapped_column(JSON)


class IdentityChangeRow(Base):
    """What one event did to one subject, both ways."""

    __tablename__ = "identity_changes"
    __table_args__ = (Index("ix_identity_changes_subject", "subject", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("identity_events.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, Any] | None] = mapped_column(Value)
    before_writer: Mapped[int] = mapped_column(KeyType)
    after: Mapped[dict[str, Any] | None] = mapped_column(Value)
    after_writer: Mapped[int] = mapped_column(KeyType)


class IdentityFactRow(Base):
    """What is believed of a subject now: a projection of the changes, made again at will."""

    __tablename__ = "identity_facts"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    sighting_id: Mapped[str | None] = mapped_column(Text, index=True)
    individual_id: Mapped[int | None] = mapped_column(KeyType, index=True)
    value: Mapped[dict[str, Any] | None] = mapped_column(Value)
    writer: Mapped[int] = mapped_column(KeyType)
    version: Mapped[int] = mapped_column(KeyType)
