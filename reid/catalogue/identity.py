"""Individuals, and the decisions that say which sighting is whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.content import check_texts
from reid.catalogue.core import Core
from reid.catalogue.identity_ground import SessionGround, change_of
from reid.catalogue.identity_log import record
from reid.catalogue.records import Identification, IdentificationKind, Individual
from reid.catalogue.schema import IdentityChangeRow, IdentityEventRow, IdentityFactRow
from reid.catalogue.who import current_individuals, current_names, name_of
from reid.identities import Confirm, DecisionKind, NewIndividual, Withdraw, subjects
from reid.identities.deciding import check_name, find, known
from reid.identities.event import Said
from reid.identities.facts import Belonging
from reid.identities.ground import Change, Role

NOBODY = "the catalogue"


class Individuals(Core):
    """Who is known, and who a sighting is believed to be."""

    def enrol(
        self,
        sighting_id: str,
        name: str,
        *,
        by: str,
        why: str = "",
        note: str = "",
        shown: Mapping[str, Any] | None = None,
    ) -> tuple[Identification, bool]:
        """Say that a sighting is the individual ``name``, new or known; ``by`` says it.

        Returns the event and whether it was appended: false when the sighting is that
        individual already. ``note`` is kept for a new individual; ``shown`` as in
        `reid.identities.event.Said`.

        Raises:
            NotFoundError: no such sighting.
            InputError: an empty name or ``by``.
            ConflictError: the sighting is somebody else; withdraw that first.
        """
        check_name(name)
        check_texts("individual", name, note)
        said = Said(by, why, shown or {})

        def work(session: Session) -> tuple[Identification, bool]:
            ground = SessionGround(session)
            ground.need_sighting(sighting_id)
            number = ground.number_of(name)
            if number is None or known(ground, number) is None:
                event = record(session, NewIndividual((sighting_id,), name, note), said)
            else:
                event = record(session, Confirm(sighting_id, name), said)
            return identifications(session, sighting_id)[-1], event is not None

        return self._write(work)

    def withdraw(self, sighting_id: str, *, by: str, why: str) -> Identification:
        """Take back who a sighting is believed to be; the history keeps both events.

        Raises:
            NotFoundError: no such sighting.
            InputError: the sighting has no identity to take back, or ``by`` is empty.
        """

        def work(session: Session) -> Identification:
            record(session, Withdraw(sighting_id), Said(by, why))
            return identifications(session, sighting_id)[-1]

        return self._write(work)

    def add_individual(self, name: str, *, note: str = "", by: str = NOBODY) -> Individual:
        """Make an individual without sightings.

        Raises:
            InputError: the name is empty or taken.
        """
        check_texts("individual", name, note)

        def work(session: Session) -> Individual:
            record(session, NewIndividual((), name, note), Said(by))
            return _find(session, name)

        return self._write(work)

    def individuals(self) -> list[Individual]:
        """All individuals by name, with the sightings that are believed to be them now."""
        return self._read(current_individuals)

    def individual(self, name: str) -> Individual:
        """One individual, by its name or one that it had.

        Raises:
            NotFoundError: nobody of that name.
            ConflictError: it was merged into another.
        """
        return self._read(lambda session: _find(session, name))

    def individuals_of(self, sighting_ids: Sequence[str]) -> dict[str, str]:
        """Name by sighting id, for those that are somebody now."""
        return self._read(lambda session: current_names(session, sighting_ids))

    def identified(self) -> list[Identification]:
        """Who every identified sighting is now and who said so, by sighting."""

        def work(session: Session) -> list[Identification]:
            names = current_names(session, None)
            event = IdentityEventRow
            query = (
                select(IdentityFactRow.sighting_id, event.id, event.kind, event.by, event.why)
                .add_columns(event.at)
                .join(event, event.id == IdentityFactRow.writer)
                .where(IdentityFactRow.kind == subjects.SIGHTING)
                .order_by(IdentityFactRow.sighting_id)
            )
            return [
                Identification(number, sighting_id, names[sighting_id], _kind(kind), by, why, at)
                for sighting_id, number, kind, by, why, at in session.execute(query)
                if sighting_id in names
            ]

        return self._read(work)

    def history(self, sighting_id: str) -> list[Identification]:
        """Every change of who a sighting is, oldest first.

        Raises:
            NotFoundError: no such sighting.
        """

        def work(session: Session) -> list[Identification]:
            SessionGround(session).need_sighting(sighting_id)
            return identifications(session, sighting_id)

        return self._read(work)


def _find(session: Session, name: str) -> Individual:
    (found,) = current_individuals(session, find(SessionGround(session), name))
    return found


def identifications(session: Session, sighting_id: str) -> list[Identification]:
    """What every event made of a sighting, oldest first."""
    query = (
        select(IdentityEventRow, IdentityChangeRow)
        .join(IdentityChangeRow, IdentityChangeRow.event_id == IdentityEventRow.id)
        .where(IdentityChangeRow.subject == subjects.sighting(sighting_id).text)
        .where(IdentityChangeRow.role == Role.SET.value)
        .order_by(IdentityEventRow.id)
    )
    found = session.execute(query).all()
    return [_identification(session, event, change_of(row)) for event, row in found]


def _kind(kind: str) -> IdentificationKind:
    new = kind == DecisionKind.NEW.value
    return IdentificationKind.NEW if new else IdentificationKind.CONFIRMED


def _identification(session: Session, event: IdentityEventRow, change: Change) -> Identification:
    before, after = change.before.fact, change.after.fact
    number = after.individual if isinstance(after, Belonging) else None
    kind = _kind(event.kind)
    if number is None:
        kind = IdentificationKind.WITHDRAWN
        number = before.individual if isinstance(before, Belonging) else None
    name = "" if number is None else name_of(session, number)
    sighting_id = change.subject.key[0]
    return Identification(event.id, sighting_id, name, kind, event.by, event.why, event.at)
