"""Queries: the events of identity and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.content import check_texts
from reid.catalogue.core import now
from reid.catalogue.records import Identification, IdentificationKind
from reid.catalogue.schema import IdentificationRow, IndividualRow, SightingRow
from reid.errors import NotFoundError
from reid.types.checks import require

MANY = 1000  # beyond this, databases take the whole table more gladly than a list of ids


def current_names(session: Session, sighting_ids: Sequence[str] | None) -> dict[str, str]:
    """Projection: the last event of each sighting, unless it is a withdrawal; None is all."""
    last = select(func.max(IdentificationRow.id)).group_by(IdentificationRow.sighting_id)
    wanted = None if sighting_ids is None else set(sighting_ids)
    if wanted is not None and len(wanted) <= MANY:
        last = last.where(IdentificationRow.sighting_id.in_(wanted))
    query = select(IdentificationRow).where(IdentificationRow.id.in_(last))
    ordered = query.order_by(IdentificationRow.sighting_id)
    found = [event_of(row) for row in session.scalars(ordered)]
    names = {e.sighting_id: e.individual for e in found if holds(e)}
    return names if wanted is None else {k: v for k, v in names.items() if k in wanted}


def held_sightings(session: Session) -> dict[str, list[str]]:
    """Ids of the sightings that are believed to be somebody now, by name."""
    held: dict[str, list[str]] = {}
    for sighting_id, name in current_names(session, None).items():
        held.setdefault(name, []).append(sighting_id)
    return held


def check_individual(name: str, note: str) -> None:
    """Raise InputError unless this can be an individual."""
    require(bool(name.strip()), "individual: expected a name, found an empty one")
    check_texts("individual", name, note)


def check_event(by: str, why: str) -> None:
    """Raise InputError unless somebody says it."""
    require(bool(by.strip()), "identification: expected who says it (by), found nothing")
    check_texts("identification", by, why)


def event_of(row: IdentificationRow) -> Identification:
    """The event as a value."""
    kind, name = IdentificationKind(row.kind), row.individual.name
    return Identification(row.id, row.sighting_id, name, kind, row.by, row.why, row.at)


def holds(event: Identification) -> bool:
    """Whether the event says who the sighting is, and does not take it back."""
    return event.kind is not IdentificationKind.WITHDRAWN


def last_event(session: Session, sighting_id: str) -> Identification | None:
    """The latest event of a sighting."""
    query = select(IdentificationRow).filter_by(sighting_id=sighting_id)
    row = session.scalar(query.order_by(IdentificationRow.id.desc()).limit(1))
    return None if row is None else event_of(row)


def append(
    session: Session,
    sighting_id: str,
    individual: IndividualRow,
    kind: IdentificationKind,
    by: str,
    why: str,
) -> Identification:
    """Add an event; there is no way to change one."""
    row = IdentificationRow(
        sighting_id=sighting_id,
        individual=individual,
        kind=kind.value,
        by=by,
        why=why,
        at=now(),
    )
    session.add(row)
    session.flush()
    return event_of(row)


def find(session: Session, name: str) -> IndividualRow:
    """The individual of that name, or NotFoundError."""
    row = session.scalar(select(IndividualRow).filter_by(name=name))
    if row is None:
        raise NotFoundError(f"no individual {name!r} in the catalogue; list them or enrol one")
    return row


def find_or_add(session: Session, name: str, note: str) -> tuple[IndividualRow, IdentificationKind]:
    """The individual of that name, made when new, and what that makes the event."""
    row = session.scalar(select(IndividualRow).filter_by(name=name))
    if row is not None:
        return row, IdentificationKind.CONFIRMED
    row = IndividualRow(name=name, note=note, created_at=now())
    session.add(row)
    session.flush()
    return row, IdentificationKind.NEW


def need_sighting(session: Session, sighting_id: str) -> None:
    """Raise NotFoundError unless the sighting is stored."""
    if session.get(SightingRow, sighting_id) is None:
        raise NotFoundError(f"no sighting {sighting_id!r} in the catalogue; save it first")
