"""Sessions of browsers in the catalogue's database: a random token, of which a digest is kept.

The token has 256 random bits, so its digest needs no salt and no slow hash. A session belongs to
the key it was begun with and ends with it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from reid.catalogue.access_keys import AccessKey, key_of
from reid.catalogue.audit import audit_row
from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core, now
from reid.catalogue.schema import AccessKeyRow, BrowserSessionRow

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=5)
"""How exactly the last use is known; a write at every request would make reading slow."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts: ``most`` in all, ``idle`` without being used."""

    most: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A session that is open, and whose."""

    key: AccessKey
    created_at: datetime
    seen_at: datetime


class BrowserSessions(Core):
    """The sessions of a catalogue."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> BrowserSessions:
        """The sessions in this catalogue's database."""
        return cls(catalogue.engine, catalogue.data_dir)

    def begin(self, key: AccessKey, lasting: Lasting, *, action: str, request_id: str) -> str:
        """A new session of a key that was checked; its token, kept nowhere else.

        ``action`` and ``request_id`` go into the audit log, in the same transaction. Sessions that
        have ended are cleared away.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)

        def work(session: Session) -> None:
            at = now()
            ended = [
                BrowserSessionRow.created_at < at - lasting.most,
                BrowserSessionRow.seen_at < at - lasting.idle,
            ]
            session.execute(delete(BrowserSessionRow).where(or_(*ended)))
            row = BrowserSessionRow(
                digest=_digest(token), key_prefix=key.prefix, created_at=at, seen_at=at
            )
            about = {"key": key.prefix, "role": key.role.value}
            entry = audit_row(key.person, action, about, key.prefix, 303, request_id)
            session.add_all([row, entry])

        self._write(work)
        return token

    def find(self, token: str, lasting: Lasting) -> BrowserSession | None:
        """The session of a token, unless it or its key has ended."""
        found = self._read(lambda session: _found(session, token))
        if found is None or not found.key.valid:
            return None
        at = now()
        if at - found.created_at > lasting.most or at - found.seen_at > lasting.idle:
            return None
        return found

    def touch(self, token: str, found: BrowserSession) -> None:
        """Note that a session is used, where the last note is old."""
        if abs(now() - found.seen_at) < SEEN_EVERY:
            return

        def work(session: Session) -> None:
            row = session.get(BrowserSessionRow, _digest(token))
            if row is not None:
                row.seen_at = now()

        self._write(work)

    def end(self, token: str) -> None:
        """End the session of a token; one that has ended stays so."""
        self._write(
            lambda session: session.execute(
                delete(BrowserSessionRow).where(BrowserSessionRow.digest == _digest(token))
            )
        )

    def end_all(self, key_prefix: str) -> int:
        """End every session of a key; how many there were."""

        def work(session: Session) -> int:
            of_key = BrowserSessionRow.key_prefix == key_prefix
            found = len(session.scalars(select(BrowserSessionRow.digest).where(of_key)).all())
            session.execute(delete(BrowserSessionRow).where(of_key))
            return found

        return self._write(work)


def _found(session: Session, token: str) -> BrowserSession | None:
    row = session.get(BrowserSessionRow, _digest(token))
    key = None if row is None else session.get(AccessKeyRow, row.key_prefix)
    if row is None or key is None:
        return None
    return BrowserSession(key_of(key), row.created_at, row.seen_at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
