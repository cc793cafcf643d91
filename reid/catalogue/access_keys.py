"""Keys of the API in the catalogue's database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.audit import audit_row
from reid.catalogue.catalogue import Catalogue
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.schema import AccessKeyRow
from reid.errors import NotFoundError
from reid.people import NewKey, Role, make_key
from reid.types.checks import require

MOST_NAME = 128
BY_HAND = "command line"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key as it is kept: whose, which role, since when, until when."""

    prefix: str
    person: str
    role: Role
    created_at: datetime
    revoked_at: datetime | None
    hashed: str = field(repr=False)

    @property
    def valid(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None


class KeyStore(Core):
    """The keys of a catalogue; every change is in the audit log, in the same transaction."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> KeyStore:
        """The keys in this catalogue's database."""
        return cls(catalogue.engine, catalogue.data_dir)

    def create(self, person: str, role: Role, *, by: str = BY_HAND) -> NewKey:
        """A new key for somebody; its text is nowhere else.

        Raises:
            InputError: no name, or one over 128 characters.
        """
        person = person.strip()
        require(
            0 < len(person) <= MOST_NAME and person.isprintable(),
            f"name: expected 1 to {MOST_NAME} characters, found {len(person)}, or some that cannot "
            "be printed",
        )
        check_texts("key", person, by)
        made = make_key()

        def work(session: Session) -> None:
            about = {"key": made.prefix, "person": person, "role": role.value}
            row = AccessKeyRow(
                prefix=made.prefix,
                hashed=made.hashed,
                person=person,
                role=role.value,
                created_at=now(),
            )
            session.add_all([row, audit_row(by, "keys create", about)])

        self._write(work)
        return made

    def revoke(self, prefix: str, *, by: str = BY_HAND) -> AccessKey:
        """End a key at once; one that has ended stays as it is.

        Raises:
            NotFoundError: no such key.
        """

        def work(session: Session) -> AccessKey:
            row = session.get(AccessKeyRow, prefix)
            if row is None:
                raise NotFoundError(f"no key {prefix!r}; `reid keys list` shows their prefixes")
            if row.revoked_at is None:
                row.revoked_at = now()
                about = {"key": prefix, "person": row.person, "role": row.role}
                session.add(audit_row(by, "keys revoke", about))
            return key_of(row)

        return self._write(work)

    def keys(self) -> list[AccessKey]:
        """All that were ever made, oldest first."""
        query = select(AccessKeyRow).order_by(AccessKeyRow.created_at, AccessKeyRow.prefix)
        return self._read(lambda session: [key_of(row) for row in session.scalars(query)])

    def find(self, prefix: str) -> AccessKey | None:
        """The key of a prefix, valid or not."""

        def work(session: Session) -> AccessKey | None:
            row = session.get(AccessKeyRow, prefix)
            return None if row is None else key_of(row)

        return self._read(work)

    def any(self) -> bool:
        """Whether a key was ever made. Revoking the last one opens nothing again."""
        query = select(AccessKeyRow.prefix).limit(1)
        return self._read(lambda session: session.scalar(query) is not None)


def key_of(row: AccessKeyRow) -> AccessKey:
    """A row as a value."""
    return AccessKey(
        row.prefix, row.person, Role(row.role), row.created_at, row.revoked_at, row.hashed
    )
