"""Individuals a page at a time, now or as they were, and one with all that a page shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.gallery import Frame, best_of, frames_of
from reid.catalogue.identity_ground import SessionGround
from reid.catalogue.past import Named, how_many, living, members
from reid.catalogue.records import Individual
from reid.catalogue.said import coat_changes, some, stands_for, when
from reid.catalogue.schema import IndividualNameRow, IndividualRow, SightingRow
from reid.catalogue.told import position_of
from reid.catalogue.who import versions_of
from reid.errors import NotFoundError
from reid.identities.deciding import find
from reid.identities.facts import CoatChange
from reid.identities.subjects import sighting
from reid.types import CandidateTime
from reid.types.checks import require

MOST = 1001


@dataclass(frozen=True, slots=True)
class IndividualLine:
    """An individual in a list: when it was first and last seen, and the frame that shows most.

    Times are of the cameras' clocks, which have no zone, or as given.
    """

    number: int
    name: str
    version: int
    sighting_ids: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    best: Frame | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting of an individual: when and where, and its frames.

    ``version`` is the last event after which who it is looks other.
    """

    sighting_id: str
    version: int
    times: tuple[CandidateTime, ...]
    station: str | None
    position: tuple[float, float] | None
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class IndividualPage:
    """One individual: ``names`` that it ever had, oldest first; ``changed``: noted coat changes.

    ``seen`` by time, those without any last; ``before`` and ``following``: neighbours by name.
    """

    individual: Individual
    names: tuple[str, ...]
    merged: tuple[str, ...]
    changed: tuple[CoatChange, ...]
    seen: tuple[Seen, ...]
    before: str | None
    following: str | None


class IndividualPages(Core):
    """Individuals of a catalogue, as many as a page takes."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> IndividualPages:
        """Of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def individuals(
        self, *, limit: int = 100, after: str = "", q: str = "", event: int | None = None
    ) -> list[Individual]:
        """Up to ``limit`` individuals by name, from the one after ``after``.

        ``q``: part of a name, also of one that it had. ``event``: as they were after it.

        Raises:
            InputError: ``limit`` is not in 1 to 1,001.
        """
        _check(limit)

        def work(session: Session) -> list[Individual]:
            found = living(session, event=event, after=after, q=q, limit=limit)
            return _individuals(session, found, event)

        return self._read(work)

    def lines(
        self, *, limit: int = 100, after: str = "", q: str = "", event: int | None = None
    ) -> list[IndividualLine]:
        """As ``individuals``, with what a list shows of each."""
        _check(limit)

        def work(session: Session) -> list[IndividualLine]:
            found = living(session, event=event, after=after, q=q, limit=limit)
            return _lines(session, found, event)

        return self._read(work)

    def count(self, *, q: str = "", event: int | None = None) -> int:
        """How many individuals there are."""
        return self._read(lambda session: how_many(session, event=event, q=q))

    def one_at(self, name: str, event: int) -> Individual:
        """One individual as it was after an event, by a name that it ever had.

        Raises:
            NotFoundError: nobody of that name then.
        """

        return self._read(lambda session: _one_at(session, name, event))

    def page(self, name: str, event: int | None = None) -> IndividualPage:
        """One individual with everything that a page shows of it, now or as after an event.

        What it was called, merges and changes of the coat are those of now.

        Raises:
            NotFoundError: nobody of that name.
            ConflictError: it was merged into another.
        """
        return self._read(lambda session: _page(session, name, event))


def _one_at(session: Session, name: str, event: int) -> Individual:
    number = SessionGround(session).number_of(name)
    found = [] if number is None else living(session, event=event, numbers=[number])
    if not found:
        raise NotFoundError(f"no individual {name!r} at that time; list them")
    return _individuals(session, found, event)[0]


def _check(limit: int) -> None:
    require(0 < limit <= MOST, f"limit: expected 1 to {MOST}, found {limit}")


def _individuals(session: Session, found: Sequence[Named], event: int | None) -> list[Individual]:
    numbers = [one.number for one in found]
    held = members(session, numbers, event)
    rows = {
        row.id: row
        for part in _some(numbers)
        for row in session.scalars(select(IndividualRow).where(IndividualRow.id.in_(part)))
    }
    return [
        Individual(
            one.name,
            rows[one.number].note,
            rows[one.number].created_at,
            tuple(held.get(one.number, ())),
            one.number,
            one.version,
        )
        for one in found
    ]


def _some(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + 500] for start in range(0, len(numbers), 500)]


def _lines(session: Session, found: Sequence[Named], event: int | None) -> list[IndividualLine]:
    held = members(session, [one.number for one in found], event)
    times = when(session, {name for names in held.values() for name in names})
    best = best_of(session, held)
    lines = []
    for one in found:
        own = tuple(held.get(one.number, ()))
        at = [time.at.replace(tzinfo=None) for name in own for time in times.get(name, ())]
        first, last = min(at, default=None), max(at, default=None)
        shown = best.get(one.number)
        lines.append(IndividualLine(one.number, one.name, one.version, own, first, last, shown))
    return lines


def _page(session: Session, name: str, event: int | None) -> IndividualPage:
    if event is None:
        number = find(SessionGround(session), name)
        (individual,) = _individuals(session, living(session, event=None, numbers=[number]), None)
    else:
        individual = _one_at(session, name, event)
        number = individual.number
    stood = stands_for(session, [number])[number]
    had = select(IndividualNameRow.name).filter_by(individual_id=number)
    gone = select(IndividualRow.name).where(IndividualRow.id.in_(stood - {number}))
    changed = coat_changes(session)
    before = living(session, event=event, before=individual.name, limit=1)
    following = living(session, event=event, after=individual.name, limit=1)
    return IndividualPage(
        individual,
        tuple(session.scalars(had)),
        tuple(session.scalars(gone)),
        tuple(change for n in sorted(stood) for change in changed.get(n, ())),
        _seen(session, individual.sighting_ids),
        before[0].name if before else None,
        following[0].name if following else None,
    )


def _seen(session: Session, ids: Sequence[str]) -> tuple[Seen, ...]:
    times, frames = when(session, ids), frames_of(session, ids)
    versions = versions_of(session, [sighting(name) for name in ids])
    found = []
    for part in some(ids):
        query = select(SightingRow).where(SightingRow.id.in_(part))
        for row in session.scalars(query):
            own = tuple(frames.get(row.id, ()))
            version = versions[sighting(row.id)]
            place = row.station, position_of(row)
            found.append(Seen(row.id, version, times[row.id], *place, own))
    return tuple(sorted(found, key=_order))


def _order(seen: Seen) -> tuple[bool, datetime, str]:
    at = min((time.at.replace(tzinfo=None) for time in seen.times), default=None)
    return at is None, at or datetime.min, seen.sighting_id
