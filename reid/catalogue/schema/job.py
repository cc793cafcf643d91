"""Work that outlives a process: jobs, their items, and who works on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reid.catalogue.schema.base import Base, IsoTime, KeyType, Sha256


class JobRow(Base):
    """One piece of long work. ``key`` is a hash of what was asked for, with its content.

    ``subject`` is the same without the content: a job of one subject and another key was asked
    for on other inputs. ``attempts`` counts tries, and ``deaths`` workers that died of them, since
    something was last committed.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[Sha256] = mapped_column(unique=True)
    subject: Mapped[Sha256] = mapped_column(index=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    resources: Mapped[list[str]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), index=True)
    cancel: Mapped[bool]
    attempts: Mapped[int]
    deaths: Mapped[int] = mapped_column(server_default="0")
    max_attempts: Mapped[int]
    not_before: Mapped[datetime | None] = mapped_column(IsoTime)
    worker: Mapped[str | None] = mapped_column(Text)
    open_stage: Mapped[str | None] = mapped_column(String(32))
    stage: Mapped[str] = mapped_column(String(32))
    done: Mapped[int] = mapped_column(KeyType)
    total: Mapped[int] = mapped_column(KeyType)
    stage_base: Mapped[int] = mapped_column(KeyType)
    stage_started_at: Mapped[datetime | None] = mapped_column(IsoTime)
    problem: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(KeyType)
    created_at: Mapped[datetime] = mapped_column(IsoTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(IsoTime)
    finished_at: Mapped[datetime | None] = mapped_column(IsoTime)
    updated_at: Mapped[datetime] = mapped_column(IsoTime)


class JobItemRow(Base):
    """A part of a job that is done once: ``data`` is what to do, ``result`` what came of it."""

    __tablename__ = "job_items"
    __table_args__ = (Index("ix_job_items_state", "job_id", "stage", "state", "position"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    worker: Mapped[str | None] = mapped_column(Text, index=True)
    attempts: Mapped[int]
    deaths: Mapped[int] = mapped_column(server_default="0")
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    problem: Mapped[str] = mapped_column(Text)


class JobWorkerRow(Base):
    """A process that works on jobs. ``beat`` moves while it lives; without this row it may not
    write.
    """

    __tablename__ = "job_workers"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    machine: Mapped[str] = mapped_column(Text)
    pid: Mapped[int]
    process: Mapped[str] = mapped_column(Text)
    beat: Mapped[int] = mapped_column(KeyType)
    started_at: Mapped[datetime] = mapped_column(IsoTime)
    seen_at: Mapped[datetime] = mapped_column(IsoTime)
    kinds: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
