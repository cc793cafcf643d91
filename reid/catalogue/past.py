"""Queries: some individuals as they were after an event, without looking at all the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from reid.catalogue.said import some
from reid.catalogue.schema import (
    IdentityChangeRow,
    IdentityFactRow,
    IndividualNameRow,
    IndividualRow,
)
from reid.identities import subjects
from reid.identities.ground import Role


@dataclass(frozen=True, slots=True)
class Named:
    """A living individual: its number, its name, and its version, at some time."""

    number: int
    name: str
    version: int


def living(
    session: Session,
    *,
    event: int | None,
    after: str = "",
    before: str = "",
    q: str = "",
    numbers: Collection[int] | None = None,
    limit: int | None = None,
) -> list[Named]:
    """Living individuals by name: now (None) or after an event.

    ``after``: those whose name comes after; ``before``: before, the nearest first. ``q``: part of
    a name; now also of one that it had. ``numbers``: only these.
    """
    query, number, name = _living(event, q)
    if numbers is not None:
        query = query.where(number.in_(numbers))
    if after:
        query = query.where(name > after)
    if before:
        query = query.where(name < before)
    page = query.order_by(name.desc() if before else name).limit(limit)
    return [Named(*row) for row in session.execute(page)]


def how_many(session: Session, *, event: int | None, q: str = "") -> int:
    """How many ``living`` finds."""
    found = _living(event, q)[0].subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _living(event: int | None, q: str) -> tuple[Any, Any, Any]:
    """The query of number, name and version, and its columns of number and name."""
    return _now(q) if event is None else _then(event, q)


def _now(q: str) -> tuple[Any, Any, Any]:
    number, value = IdentityFactRow.individual_id, IdentityFactRow.value
    name = value["name"].as_string()
    query = select(number, name.label("name"), IdentityFactRow.version).where(
        IdentityFactRow.kind == subjects.INDIVIDUAL,
        value.is_not(None),
        value["merged_into"].as_integer().is_(None),
    )
    if q:
        had = select(IndividualNameRow.individual_id).where(_holds(IndividualNameRow.name, q))
        query = query.where(number.in_(had))
    return query, number, name


def _then(event: int, q: str) -> tuple[Any, Any, Any]:
    change, later = IdentityChangeRow, aliased(IdentityChangeRow)
    # as `subjects.individual` says it: the index on the subject finds each by itself
    subject = literal('["individual","') + cast(IndividualRow.id, String) + literal('"]')
    last = (
        select(func.max(later.event_id))
        .where(later.subject == subject, later.event_id <= event, later.role != Role.MENTION.value)
        .correlate(IndividualRow)
        .scalar_subquery()
    )
    name = change.after["name"].as_string()
    query = (
        select(IndividualRow.id, name.label("name"), change.event_id)
        .select_from(IndividualRow)
        .join(change, (change.subject == subject) & (change.event_id == last))
        .where(change.after.is_not(None), change.after["merged_into"].as_integer().is_(None))
    )
    return query.where(_holds(name, q)) if q else query, IndividualRow.id, name


def _holds(name: Any, q: str) -> Any:
    """Whether a name holds ``q``, however written: SQLite knows the small letters of ASCII only."""
    written = dict.fromkeys((q, q.lower(), q.upper(), q.title()))
    return or_(*(name.icontains(one, autoescape=True) for one in written))


def members(session: Session, numbers: Collection[int], event: int | None) -> dict[int, list[str]]:
    """The sightings of individuals, by id: now (None) or after an event."""
    found: dict[int, list[str]] = {}
    for sighting_id, number in (
        _held_now(session, numbers) if event is None else _held_then(session, numbers, event)
    ):
        found.setdefault(number, []).append(sighting_id)
    return {number: sorted(ids) for number, ids in found.items()}


def _held_now(session: Session, numbers: Collection[int]) -> list[tuple[str, int]]:
    query = select(IdentityFactRow.sighting_id, IdentityFactRow.individual_id).where(
        IdentityFactRow.kind == subjects.SIGHTING, IdentityFactRow.individual_id.in_(numbers)
    )
    return [(name, who) for name, who in session.execute(query) if name and who]


def _held_then(session: Session, numbers: Collection[int], event: int) -> list[tuple[str, int]]:
    """Whoever came to an individual came by an event that is in its history."""
    wanted = [subjects.individual(number).text for number in numbers]
    events: set[int] = set()
    for part in some(wanted):
        query = select(IdentityChangeRow.event_id).where(
            IdentityChangeRow.subject.in_(part),
            IdentityChangeRow.event_id <= event,
            IdentityChangeRow.role != Role.MENTION.value,
        )
        events.update(session.scalars(query))
    came = _placed_by(session, events)
    found = []
    for text, after in _last_of(session, came, event).items():
        if after is not None and after["individual"] in numbers:
            found.append((subjects.Subject.read(text).key[0], after["individual"]))
    return found


def _placed_by(session: Session, events: Collection[int]) -> set[str]:
    """The sightings, as subjects, that some events placed."""
    ordered = sorted(events)
    found: set[str] = set()
    for start in range(0, len(ordered), 500):
        query = select(IdentityChangeRow.subject).where(
            IdentityChangeRow.event_id.in_(ordered[start : start + 500]),
            IdentityChangeRow.role == Role.SET.value,
        )
        found.update(session.scalars(query))
    return {t for t in found if subjects.Subject.read(t).kind == subjects.SIGHTING}


def _last_of(session: Session, texts: Collection[str], event: int) -> dict[str, Any]:
    """What each subject was after an event."""
    found: dict[str, Any] = {}
    for part in some(texts):
        last = (
            select(IdentityChangeRow.subject, func.max(IdentityChangeRow.event_id).label("last"))
            .where(
                IdentityChangeRow.subject.in_(part),
                IdentityChangeRow.event_id <= event,
                IdentityChangeRow.role != Role.MENTION.value,
            )
            .group_by(IdentityChangeRow.subject)
            .subquery()
        )
        query = select(IdentityChangeRow.subject, IdentityChangeRow.after).join(
            last,
            (IdentityChangeRow.subject == last.c.subject)
            & (IdentityChangeRow.event_id == last.c.last),
        )
        found |= {row.subject: row.after for row in session.execute(query)}
    return found
