"""The audit log: who did what to what, when, with which key. Entries are added, never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core, now
from reid.catalogue.schema import AuditRow
from reid.types.checks import require

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """``action`` is a method and a route's template, or a command; ``about`` holds ids and names.

    ``status`` is the HTTP status (0: a command); ``key_prefix`` None: without a key.
    """

    number: int
    at: datetime
    who: str
    key_prefix: str | None
    action: str
    about: dict[str, Any]
    status: int
    request_id: str


class AuditLog(Core):
    """The log of a catalogue."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> AuditLog:
        """The log in this catalogue's database."""
        return cls(catalogue.engine, catalogue.data_dir)

    def add(
        self,
        who: str,
        action: str,
        about: Mapping[str, Any],
        *,
        key_prefix: str | None,
        status: int,
        request_id: str,
    ) -> None:
        """Add an entry; it is on the disk when this returns."""
        row = audit_row(who, action, about, key_prefix, status, request_id)
        self._write(lambda session: session.add(row))

    def entries(self, *, after: int = 0, limit: int = 100) -> list[AuditEntry]:
        """Entries beyond a number, oldest first."""
        require(
            0 < limit <= MOST_LISTED and after >= 0,
            f"limit: expected 1 to {MOST_LISTED}, found {limit}; after: 0 or more, found {after}",
        )
        query = select(AuditRow).where(AuditRow.id > after).order_by(AuditRow.id).limit(limit)
        return self._read(lambda session: [_entry(row) for row in session.scalars(query)])

    def newest(
        self, *, before: int | None = None, who: str | None = None, limit: int = 100
    ) -> list[AuditEntry]:
        """Entries newest first: those ``before`` a number, and of one person, if asked."""
        require(0 < limit <= MOST_LISTED, f"limit: expected 1 to {MOST_LISTED}, found {limit}")
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.id < before)
        if who is not None:
            query = query.where(AuditRow.who == who)
        return self._read(lambda session: [_entry(row) for row in session.scalars(query)])


def audit_row(
    who: str,
    action: str,
    about: Mapping[str, Any],
    key_prefix: str | None = None,
    status: int = 0,
    request_id: str = "",
) -> AuditRow:
    """An entry to be, for the transaction of what it tells of."""
    return AuditRow(
        at=now(),
        who=who,
        key_prefix=key_prefix,
        action=action,
        about=dict(about),
        status=status,
        request_id=request_id,
    )


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        row.id,
        row.at,
        row.who,
        row.key_prefix,
        row.action,
        row.about,
        row.status,
        row.request_id,
    )
