"""Queries: who is believed to be whom now, and was at any event."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.records import Individual
from reid.catalogue.schema import IdentityChangeRow, IdentityFactRow, IndividualRow
from reid.identities import subjects
from reid.identities.facts import Known, fact_of
from reid.identities.ground import Role
from reid.identities.subjects import Subject

MANY = 1000  # beyond this, databases take the whole table more gladly than a list of ids


def current_names(session: Session, sighting_ids: Sequence[str] | None) -> dict[str, str]:
    """Name by sighting id, of those that are somebody now; None is all."""
    query = select(IdentityFactRow.sighting_id, IdentityFactRow.individual_id).where(
        IdentityFactRow.kind == subjects.SIGHTING, IdentityFactRow.individual_id.is_not(None)
    )
    wanted = None if sighting_ids is None else set(sighting_ids)
    if wanted is not None and len(wanted) <= MANY:
        query = query.where(IdentityFactRow.sighting_id.in_(wanted))
    found = session.execute(query.order_by(IdentityFactRow.sighting_id)).all()
    held = {name: who for name, who in found if name and who and (wanted is None or name in wanted)}
    names = _names(session, set(held.values()))
    return {name: names[who] for name, who in held.items()}


def _names(session: Session, numbers: set[int]) -> dict[int, str]:
    """The names of living individuals."""
    query = select(IdentityFactRow.individual_id, IdentityFactRow.value)
    if len(numbers) <= MANY:  # asked by key: a database that begins with the kind reads them all
        texts = [subjects.individual(number).text for number in numbers]
        query = query.where(IdentityFactRow.subject.in_(texts))
    else:
        query = query.where(IdentityFactRow.kind == subjects.INDIVIDUAL)
    return {who: value["name"] for who, value in session.execute(query) if who and value}


def versions_of(session: Session, about: Sequence[Subject]) -> dict[Subject, int]:
    """The version of each subject; 0 for one of which nothing was ever said."""
    found: dict[str, int] = {}
    texts = [subject.text for subject in about]
    for start in range(0, len(texts), MANY):
        some = IdentityFactRow.subject.in_(texts[start : start + MANY])
        query = select(IdentityFactRow.subject, IdentityFactRow.version).where(some)
        found |= {row.subject: row.version for row in session.execute(query)}
    return {subject: found.get(subject.text, 0) for subject in about}


def current_individuals(session: Session, number: int | None = None) -> list[Individual]:
    """Everybody who is known now, by name, with their sightings; or the one of that number."""
    one = [] if number is None else [IdentityFactRow.individual_id == number]
    held: dict[int, list[str]] = {}
    of = select(IdentityFactRow.individual_id, IdentityFactRow.sighting_id).where(
        IdentityFactRow.kind == subjects.SIGHTING, IdentityFactRow.individual_id.is_not(None), *one
    )
    for owner, sighting_id in session.execute(of.order_by(IdentityFactRow.sighting_id)):
        held.setdefault(owner or 0, []).append(sighting_id or "")
    query = (
        select(IdentityFactRow.individual_id, IdentityFactRow.value, IdentityFactRow.version)
        .add_columns(IndividualRow.note, IndividualRow.created_at)
        .join(IndividualRow, IndividualRow.id == IdentityFactRow.individual_id)
        .where(IdentityFactRow.kind == subjects.INDIVIDUAL, *one)
    )
    found = [
        Individual(value["name"], note, at, tuple(held.get(who, ())), who, version)
        for who, value, version, note, at in session.execute(query)
        if value is not None and value["merged_into"] is None
    ]
    return sorted(found, key=lambda i: i.name)


def individuals_at(session: Session, event: int) -> list[Individual]:
    """Everybody who was known after an event, by name, with their sightings."""
    last = (
        select(IdentityChangeRow.subject, func.max(IdentityChangeRow.event_id).label("event_id"))
        .where(IdentityChangeRow.event_id <= event, IdentityChangeRow.role != Role.MENTION.value)
        .group_by(IdentityChangeRow.subject)
        .subquery()
    )
    query = select(
        IdentityChangeRow.subject, IdentityChangeRow.after, IdentityChangeRow.event_id
    ).join(
        last,
        (IdentityChangeRow.subject == last.c.subject)
        & (IdentityChangeRow.event_id == last.c.event_id),
    )
    held: dict[int, list[str]] = {}
    known: dict[int, tuple[str, int]] = {}
    for text, after, number in session.execute(query):
        kind, *key = json.loads(text)
        if after is None:
            continue
        if kind == subjects.SIGHTING and after["individual"] is not None:
            held.setdefault(after["individual"], []).append(key[0])
        elif kind == subjects.INDIVIDUAL and after["merged_into"] is None:
            known[int(key[0])] = after["name"], number
    rows = session.execute(select(IndividualRow.id, IndividualRow.note, IndividualRow.created_at))
    found = [
        Individual(known[who][0], note, at, tuple(sorted(held.get(who, ()))), who, known[who][1])
        for who, note, at in rows
        if who in known
    ]
    return sorted(found, key=lambda i: i.name)


def name_of(session: Session, number: int) -> str:
    """The name of an individual now; merged away or undone, the last or first that it had."""
    row = session.get(IdentityFactRow, subjects.individual(number).text)
    fact = None if row is None else fact_of(Subject.read(row.subject), row.value)
    if isinstance(fact, Known):
        return fact.name
    return session.get_one(IndividualRow, number).name
