"""Queries: who is believed to be whom now, and was at any event."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from reid.catalogue.identity_ground import change_of
from reid.catalogue.records import Individual
from reid.catalogue.schema import IdentityChangeRow, IdentityFactRow, IndividualRow
from reid.identities import subjects
from reid.identities.facts import Belonging, Known, fact_of
from reid.identities.ground import Role
from reid.identities.subjects import Subject

MANY = 1000  # beyond this, databases take the whole table more gladly than a list of ids


def current_names(session: Session, sighting_ids: Sequence[str] | None) -> dict[str, str]:
    """Name by sighting id, of those that are somebody now; None is all."""
    belongs, known = aliased(IdentityFactRow), aliased(IdentityFactRow)
    query = (
        select(belongs.sighting_id, known.value)
        .join(known, known.individual_id == belongs.individual_id)
        .where(belongs.kind == subjects.SIGHTING, known.kind == subjects.INDIVIDUAL)
        .order_by(belongs.sighting_id)
    )
    wanted = None if sighting_ids is None else set(sighting_ids)
    if wanted is not None and len(wanted) <= MANY:
        query = query.where(belongs.sighting_id.in_(wanted))
    names = {sighting: value["name"] for sighting, value in session.execute(query)}
    return names if wanted is None else {k: v for k, v in names.items() if k in wanted}


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
        select(IdentityFactRow, IndividualRow)
        .join(IndividualRow, IndividualRow.id == IdentityFactRow.individual_id)
        .where(IdentityFactRow.kind == subjects.INDIVIDUAL, *one)
    )
    found = [
        individual_of(row, fact.value["name"], held.get(row.id, ()), fact.version)
        for fact, row in session.execute(query)
        if fact.value is not None and fact.value["merged_into"] is None
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
    query = select(IdentityChangeRow).join(
        last,
        (IdentityChangeRow.subject == last.c.subject)
        & (IdentityChangeRow.event_id == last.c.event_id),
    )
    held: dict[int, list[str]] = {}
    known: dict[int, tuple[str, int]] = {}
    for row in session.scalars(query):
        change = change_of(row)
        fact = change.after.fact
        if isinstance(fact, Belonging) and fact.individual is not None:
            held.setdefault(fact.individual, []).append(change.subject.key[0])
        elif isinstance(fact, Known) and fact.merged_into is None:
            known[int(change.subject.key[0])] = fact.name, row.event_id
    found = [
        individual_of(row, known[row.id][0], sorted(held.get(row.id, ())), known[row.id][1])
        for row in session.scalars(select(IndividualRow))
        if row.id in known
    ]
    return sorted(found, key=lambda i: i.name)


def individual_of(
    row: IndividualRow, name: str, sighting_ids: Sequence[str], version: int
) -> Individual:
    """A row and what is believed of it as a value."""
    return Individual(name, row.note, row.created_at, tuple(sighting_ids), row.id, version)


def name_of(session: Session, number: int) -> str:
    """The name of an individual now; merged away or undone, the last or first that it had."""
    row = session.get(IdentityFactRow, subjects.individual(number).text)
    fact = None if row is None else fact_of(Subject.read(row.subject), row.value)
    if isinstance(fact, Known):
        return fact.name
    return session.get_one(IndividualRow, number).name
