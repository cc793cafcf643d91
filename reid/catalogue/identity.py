"""Individuals and the events that say which sighting is whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.core import Core, now
from reid.catalogue.records import Identification, IdentificationKind, Individual
from reid.catalogue.schema import IdentificationRow, IndividualRow
from reid.catalogue.who import (
    append,
    check_event,
    check_individual,
    current_names,
    event_of,
    find,
    find_or_add,
    held_sightings,
    holds,
    last_event,
    need_sighting,
)
from reid.errors import InputError


class Individuals(Core):
    """Who is known, and who a sighting is believed to be."""

    def enrol(
        self, sighting_id: str, name: str, *, by: str, why: str = "", note: str = ""
    ) -> tuple[Identification, bool]:
        """Say that a sighting is the individual ``name``, new or known; ``by`` says it.

        Returns the event and whether it was appended: false when the sighting is that
        individual already. ``note`` is kept for a new individual.

        Raises:
            NotFoundError: no such sighting.
            InputError: an empty name or ``by``.
        """
        check_individual(name, note)
        check_event(by, why)

        def work(session: Session) -> tuple[Identification, bool]:
            need_sighting(session, sighting_id)
            last = last_event(session, sighting_id)
            if last is not None and holds(last) and last.individual == name:
                return last, False
            row, kind = find_or_add(session, name, note)
            return append(session, sighting_id, row, kind, by, why), True

        return self._write(work)

    def withdraw(self, sighting_id: str, *, by: str, why: str) -> Identification:
        """Take back who a sighting is believed to be; the history keeps both events.

        Raises:
            NotFoundError: no such sighting.
            InputError: the sighting has no identity to take back, or ``by`` is empty.
        """
        check_event(by, why)

        def work(session: Session) -> Identification:
            need_sighting(session, sighting_id)
            last = last_event(session, sighting_id)
            if last is None or not holds(last):
                raise InputError(f"sighting {sighting_id!r} is nobody yet: nothing to withdraw")
            row = find(session, last.individual)
            return append(session, sighting_id, row, IdentificationKind.WITHDRAWN, by, why)

        return self._write(work)

    def add_individual(self, name: str, *, note: str = "") -> Individual:
        """Make an individual without sightings.

        Raises:
            InputError: the name is empty or taken.
        """
        check_individual(name, note)

        def work(session: Session) -> Individual:
            if session.scalar(select(IndividualRow).filter_by(name=name)) is not None:
                raise InputError(f"individual {name!r} is already in the catalogue")
            row = IndividualRow(name=name, note=note, created_at=now())
            session.add(row)
            return Individual(name, note, row.created_at, ())

        return self._write(work)

    def individuals(self) -> list[Individual]:
        """All individuals by name, with the sightings that are believed to be them now."""

        def work(session: Session) -> list[Individual]:
            held = held_sightings(session)
            rows = session.scalars(select(IndividualRow).order_by(IndividualRow.name))
            return [
                Individual(r.name, r.note, r.created_at, tuple(held.get(r.name, ()))) for r in rows
            ]

        return self._read(work)

    def individual(self, name: str) -> Individual:
        """One individual.

        Raises:
            NotFoundError: nobody of that name.
        """

        def work(session: Session) -> Individual:
            row = find(session, name)
            held = held_sightings(session).get(name, ())
            return Individual(row.name, row.note, row.created_at, tuple(held))

        return self._read(work)

    def individuals_of(self, sighting_ids: Sequence[str]) -> dict[str, str]:
        """Name by sighting id, for those that are somebody now."""
        return self._read(lambda session: current_names(session, sighting_ids))

    def history(self, sighting_id: str) -> list[Identification]:
        """Every event of a sighting's identity, oldest first.

        Raises:
            NotFoundError: no such sighting.
        """

        def work(session: Session) -> list[Identification]:
            need_sighting(session, sighting_id)
            query = select(IdentificationRow).filter_by(sighting_id=sighting_id)
            ordered = query.order_by(IdentificationRow.id)
            return [event_of(row) for row in session.scalars(ordered)]

        return self._read(work)
