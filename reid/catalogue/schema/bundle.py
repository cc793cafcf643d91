"""Weights that this catalogue keeps: which, whose, what was found of them, which one serves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, Key, Sha256


class BundleRow(Base):
    """A registered bundle, by its content; never changed but to be forgotten.

    ``statement`` is the very text that ``signer`` signed, all else is read out of it once.
    """

    __tablename__ = "bundles"
    __table_args__ = (UniqueConstraint("name", "version"),)

    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text, index=True)
    parent: Mapped[str | None] = mapped_column(String(64))
    data_manifest_sha256: Mapped[str] = mapped_column(Text)
    code_version: Mapped[str] = mapped_column(Text)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    licence: Mapped[str] = mapped_column(Text)
    data_licences: Mapped[list[str]] = mapped_column(JSON)
    statement: Mapped[str] = mapped_column(Text)
    signer: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    by: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(IsoTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(IsoTime)


class BundleGateRow(Base):
    """What a trial of a bundle against the one that serves found; the newest counts."""

    __tablename__ = "bundle_gates"
    __table_args__ = (
        Index("ix_bundle_gates_sha256", "sha256", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(IsoTime)
    by: Mapped[str] = mapped_column(Text)
    sha256: Mapped[Sha256] = mapped_column(ForeignKey("bundles.sha256"))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)


class PromotionRow(Base):
    """Which bundle serves from now on. Triggers keep rows from being altered.

    The newest row rules. NULL stands for the bundle that each process is configured with;
    ``before`` and ``after`` say in plain values what that was when it was written.
    """

    __tablename__ = "bundle_promotions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(IsoTime)
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    from_sha256: Mapped[str | None] = mapped_column(String(64))
    to_sha256: Mapped[str | None] = mapped_column(String(64))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    overridden: Mapped[str] = mapped_column(Text)


class TrustedKeyRow(Base):
    """A public key whose bundles are taken, unless its newest event says otherwise; this
    catalogue's own is among them.
    """

    __tablename__ = "trusted_keys"

    public_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(IsoTime)
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    own: Mapped[bool]


class TrustedKeyEventRow(Base):
    """A key distrusted, or trusted again. Triggers keep rows from being altered."""

    __tablename__ = "trusted_key_events"
    __table_args__ = (
        Index("ix_trusted_key_events_public_key", "public_key", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(IsoTime)
    by: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    public_key: Mapped[str] = mapped_column(ForeignKey("trusted_keys.public_key"))
