"""What decisions stand on, read from the database inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.core import now
from reid.catalogue.schema import (
    IdentityChangeRow,
    IdentityFactRow,
    IndividualNameRow,
    IndividualRow,
    SightingRow,
)
from reid.errors import NotFoundError
from reid.identities import subjects
from reid.identities.facts import NOTHING, Belonging, Held, Known, fact_of
from reid.identities.ground import Change, Role
from reid.identities.state import Versioned, free_name
from reid.identities.subjects import Subject

UNNAMED = "(a new individual)"


class SessionGround:
    """``reid.identities.ground.Ground`` over the tables; nothing is remembered between calls."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def held(self, subject: Subject) -> Held:
        """What is believed of a subject."""
        return self.versioned(subject).held

    def versioned(self, subject: Subject) -> Versioned:
        """What is believed of a subject, and since which event it looks so."""
        row = self._session.get(IdentityFactRow, subject.text)
        return Versioned(NOTHING, 0) if row is None else versioned_of(row)

    def last_set(self, subject: Subject) -> int:
        """The last event that gave the subject another fact; 0: none did."""
        query = select(func.max(IdentityChangeRow.event_id)).filter_by(
            subject=subject.text, role=Role.SET.value
        )
        return self._session.scalar(query) or 0

    def members(self, number: int) -> Sequence[str]:
        """The sightings that are this individual, by id."""
        query = select(IdentityFactRow.sighting_id).filter_by(
            kind=subjects.SIGHTING, individual_id=number
        )
        found = self._session.scalars(query.order_by(IdentityFactRow.sighting_id))
        return [name for name in found if name is not None]

    def merged_into(self, number: int) -> Sequence[int]:
        """The individuals whose sightings this one took."""
        query = select(IdentityFactRow).filter_by(kind=subjects.INDIVIDUAL)
        rows = self._session.scalars(query).all()
        facts = [(row.individual_id, versioned_of(row).held.fact) for row in rows]
        return [n for n, f in facts if n and isinstance(f, Known) and f.merged_into == number]

    def number_of(self, name: str) -> int | None:
        """Whose name this is, or was."""
        row = self._session.get(IndividualNameRow, name)
        return None if row is None else row.individual_id

    def reserve(self, name: str | None, note: str) -> tuple[int, str]:
        """A number for a new individual and its name, made when None."""
        # The row needs a name before its number is known; its own random one is nobody's.
        row = IndividualRow(name=name or f"\x01{uuid4().hex}", note=note, created_at=now())
        self._session.add(row)
        self._session.flush()
        if name is None:
            row.name = free_name(row.id, lambda made: self.number_of(made) is not None)
        self.take_name(row.name, row.id)
        return row.id, row.name

    def take_name(self, name: str, number: int) -> None:
        """Keep a name for an individual for good."""
        if self.number_of(name) is None:
            self._session.add(IndividualNameRow(name=name, individual_id=number))
            self._session.flush()

    def need_sighting(self, sighting_id: str) -> None:
        """Raise NotFoundError unless it is stored."""
        query = select(SightingRow.id).filter_by(id=sighting_id)
        if self._session.scalar(query) is None:
            raise NotFoundError(f"no sighting {sighting_id!r} in the catalogue; save it first")

    def changes(self, event: int) -> Sequence[Change]:
        """What an event changed, in its order.

        Raises:
            NotFoundError: no event of that number.
        """
        query = select(IdentityChangeRow).filter_by(event_id=event)
        rows = self._session.scalars(query.order_by(IdentityChangeRow.position)).all()
        if not rows:
            raise NotFoundError(f"no event {event} in the history; list them")
        return [change_of(row) for row in rows]


class DryGround(SessionGround):
    """For looking at what a decision would do: nothing is reserved."""

    def reserve(self, name: str | None, note: str) -> tuple[int, str]:  # noqa: ARG002
        """A number that nobody has."""
        return 0, name or UNNAMED

    def take_name(self, name: str, number: int) -> None:
        """Nothing."""


def versioned_of(row: IdentityFactRow) -> Versioned:
    """A row of the projection as a value."""
    subject = Subject.read(row.subject)
    return Versioned(Held(fact_of(subject, row.value), row.writer), row.version)


def change_of(row: IdentityChangeRow) -> Change:
    """A row of the history as a value."""
    subject = Subject.read(row.subject)
    before = Held(fact_of(subject, row.before), row.before_writer)
    after = Held(fact_of(subject, row.after), row.after_writer)
    return Change(subject, before, after, Role(row.role))


def owner_of(subject: Subject, held: Held) -> tuple[str | None, int | None]:
    """Sighting id and individual's number by which the projection finds a subject."""
    if subject.kind == subjects.SIGHTING:
        fact = held.fact
        return subject.key[0], fact.individual if isinstance(fact, Belonging) else None
    if subject.kind == subjects.INDIVIDUAL:
        return None, int(subject.key[0])
    paired = subject.kind in (subjects.NO_MATCH, subjects.PAIR)
    return (subject.key[0], None) if paired else (None, None)
