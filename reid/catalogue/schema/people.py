"""Who may use the service, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, Key, Sha256


class AccessKeyRow(Base):
    """A key of the API, never deleted: with the first one the service is open to nobody else."""

    __tablename__ = "access_keys"

    prefix: Mapped[str] = mapped_column(String(16), primary_key=True)
    hashed: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(IsoTime)
    revoked_at: Mapped[datetime | None] = mapped_column(IsoTime)


class BrowserSessionRow(Base):
    """Somebody signed in with a key, in a browser. The token itself is nowhere but there."""

    __tablename__ = "browser_sessions"

    digest: Mapped[Sha256] = mapped_column(primary_key=True)
    key_prefix: Mapped[str] = mapped_column(
        String(16), ForeignKey("access_keys.prefix"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(IsoTime)
    seen_at: Mapped[datetime] = mapped_column(IsoTime)


class AuditRow(Base):
    """Something that somebody did or was refused. Triggers keep rows from being altered."""

    __tablename__ = "audit_entries"

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(IsoTime)
    who: Mapped[str] = mapped_column(Text)
    key_prefix: Mapped[str | None] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(Text)
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[int]
    request_id: Mapped[str] = mapped_column(Text)
