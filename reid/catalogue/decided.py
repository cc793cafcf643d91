"""Decisions: taken, listed, shown as they were at any time, and their projection made again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from reid.catalogue.core import Core
from reid.catalogue.identity_ground import SessionGround, change_of, versioned_of
from reid.catalogue.identity_log import (
    changes_by_event,
    event_of,
    events_about,
    fact_row,
    last_event,
    record,
    undone_of,
)
from reid.catalogue.records import Individual
from reid.catalogue.schema import IdentityChangeRow, IdentityEventRow, IdentityFactRow
from reid.catalogue.who import individuals_at, name_of, versions_of
from reid.errors import InputError, NotFoundError
from reid.identities import Decision, DecisionKind, State, Subject
from reid.identities.event import Event, Said
from reid.identities.ground import Change
from reid.types.checks import require

MOST_EVENTS = 10_000
CHUNK = 1000


class Decisions(Core):
    """The history of who is who."""

    def decide(self, decision: Decision, said: Said) -> Event | None:
        """Take a decision; None, and nothing is added, when it is so already.

        Raises:
            NotFoundError: a sighting, individual or event that is not there.
            ConflictError: it contradicts what is so now, or what the person saw is not so any
                more; the message says who changed what.
            InputError: nobody says it, or it makes no sense.
            StorageFullError: no room; nothing was written.
        """
        return self._write(lambda session: record(session, decision, said))

    def event(self, number: int) -> Event:
        """One event with its changes.

        Raises:
            NotFoundError: no event of that number.
        """

        def work(session: Session) -> Event:
            row = session.get(IdentityEventRow, number)
            if row is None:
                raise NotFoundError(f"no event {number} in the history; list them")
            return event_of(row, SessionGround(session).changes(number))

        return self._read(work)

    def events(
        self,
        *,
        about: Sequence[Subject] = (),
        by: str | None = None,
        kind: DecisionKind | None = None,
        after: int = 0,
        before: int | None = None,
        limit: int = 1000,
    ) -> list[Event]:
        """Up to ``limit`` events with their changes, oldest first, those that come ``after`` one.

        ``before``: those that came before that one, newest first. ``about``: only those in whose
        history these subjects are; ``by``: what one person said; ``kind``: of one kind.

        Raises:
            InputError: ``limit`` is not in 1 to 10,000.
        """
        require(0 < limit <= MOST_EVENTS, f"limit: expected 1 to {MOST_EVENTS}, found {limit}")
        number = IdentityEventRow.id
        query = select(IdentityEventRow).where(number > after)
        if about:
            query = query.where(number.in_(events_about(about).with_only_columns(number)))
        if by is not None:
            query = query.where(IdentityEventRow.by == by)
        if kind is not None:
            query = query.where(IdentityEventRow.kind == kind.value)
        if before is not None:
            query = query.where(number < before)
        page = query.order_by(number if before is None else number.desc()).limit(limit)

        def work(session: Session) -> list[Event]:
            rows = session.scalars(page).all()
            changes = changes_by_event(session, [row.id for row in rows])
            return [event_of(row, changes[row.id]) for row in rows]

        return self._read(work)

    def undone(self) -> dict[int, int]:
        """The events that do not hold because they were undone, each with the event that did it."""
        return self._read(undone_of)

    def deciders(self) -> list[str]:
        """Everybody who ever decided something, by name."""
        query = select(IdentityEventRow.by).distinct().order_by(IdentityEventRow.by)
        return self._read(lambda session: list(session.scalars(query)))

    def last_event(self) -> int:
        """The number of the last event; 0: none yet."""
        query = select(func.max(IdentityEventRow.id))
        return self._read(lambda session: session.scalar(query) or 0)

    def event_at(self, at: datetime) -> int:
        """The number of the last event at or before a time with a zone; 0: none yet.

        Raises:
            InputError: the time has no zone.
        """
        if at.tzinfo is None:
            raise InputError(f"time {at.isoformat()}: expected one with a zone, such as ...Z")
        query = select(func.max(IdentityEventRow.id)).where(
            IdentityEventRow.at <= at.astimezone(UTC)
        )
        return self._read(lambda session: session.scalar(query) or 0)

    def individuals_at(self, event: int) -> list[Individual]:
        """Everybody who was known after an event, by name, with their sightings then."""
        return self._read(lambda session: individuals_at(session, event))

    def versions(self, about: Sequence[Subject]) -> dict[Subject, int]:
        """The version of each subject: the last event after which it looks other; 0: none."""
        return self._read(lambda session: versions_of(session, about))

    def number_of(self, name: str) -> int:
        """The number of the individual whose name this is, or was.

        Raises:
            NotFoundError: nobody was ever called that.
        """
        number = self._read(lambda session: SessionGround(session).number_of(name))
        if number is None:
            raise NotFoundError(f"no individual {name!r} in the catalogue; list them or enrol one")
        return number

    def names_of(self, numbers: Collection[int]) -> dict[int, str]:
        """The names of individuals, also of those that are no more."""
        return self._read(lambda session: {n: name_of(session, n) for n in numbers})

    def rebuild_identities(self) -> tuple[str, ...]:
        """Make what is believed again from the history; the subjects that were not so before."""

        def work(session: Session) -> tuple[str, ...]:
            state = replayed(session)
            wrong = differing(session, state)
            session.execute(delete(IdentityFactRow))
            session.expunge_all()
            for subject, now in state.facts().items():
                change = Change(subject, now.held, now.held)
                session.add(fact_row(change, now.version))
            return wrong

        return self._write(work)

    def check_identities(self) -> tuple[str, ...]:
        """The subjects of which something else is believed than follows from the history."""
        return self._read(lambda session: differing(session, replayed(session)))


def replayed(session: Session) -> State:
    """Every change of the history, one event after another."""
    state = State()
    last = last_event(session)
    for start in range(0, 0 if last is None else last.id, CHUNK):
        query = (
            select(IdentityChangeRow)
            .where(IdentityChangeRow.event_id > start, IdentityChangeRow.event_id <= start + CHUNK)
            .order_by(IdentityChangeRow.event_id, IdentityChangeRow.position)
        )
        by_event: dict[int, list[Change]] = {}
        for row in session.scalars(query):
            by_event.setdefault(row.event_id, []).append(change_of(row))
        for number, changes in by_event.items():
            state.apply(number, changes)
    return state


def differing(session: Session, state: State) -> tuple[str, ...]:
    """The subjects that the projection shows otherwise than ``state``, as text."""
    kept = {row.subject: versioned_of(row) for row in session.scalars(select(IdentityFactRow))}
    made = {subject.text: now for subject, now in state.facts().items()}
    return tuple(sorted(t for t in kept.keys() | made.keys() if kept.get(t) != made.get(t)))
