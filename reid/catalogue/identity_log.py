"""Adding an event and what follows from it, inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reid.catalogue.content import canonical_json, check_texts
from reid.catalogue.core import now
from reid.catalogue.identity_ground import SessionGround, change_of, owner_of
from reid.catalogue.schema import IdentityChangeRow, IdentityEventRow, IdentityFactRow
from reid.catalogue.shown import with_answers
from reid.errors import ConflictError
from reid.identities import Decision, DecisionKind, Subject, changes_of
from reid.identities.decisions import KINDS, told
from reid.identities.event import Event, Said
from reid.identities.facts import plain
from reid.identities.ground import Change, Role
from reid.types.checks import require

SHOWN_CHARS = 200_000


def record(session: Session, decision: Decision, said: Said) -> Event | None:
    """Add the decision and believe it; None, and nothing is added, when it is so already.

    What the machine had said of its sightings is kept with it (`reid.catalogue.shown`).

    Raises:
        ConflictError: a version that the person saw is not the present one; says what happened.
        InputError: nobody says it, or what ``changes_of`` or ``with_answers`` refuses.
    """
    check_said(said)
    check_texts("decision", *(v for v in told(decision).values() if isinstance(v, str)))
    ground = SessionGround(session)
    check_seen(session, ground, said.seen)
    last = last_event(session)
    number = 1 if last is None else last.id + 1
    changes = changes_of(decision, ground, number, said.seen)
    if not changes:
        return None
    row = IdentityEventRow(
        id=number,
        at=now() if last is None else max(now(), last.at),  # a clock set back changes no order
        by=said.by,
        why=said.why,
        kind=KINDS[type(decision)].value,
        told=told(decision),
        shown=with_answers(session, decision, said.shown),
        seen={subject.text: version for subject, version in said.seen.items()},
    )
    session.add(row)
    session.flush()
    write_changes(session, number, changes)
    return event_of(row, changes)


def check_said(said: Said) -> None:
    """Raise InputError unless somebody says it, in words that can be kept."""
    require(bool(said.by.strip()), "decision: expected who says it (by), found nothing")
    check_texts("decision", said.by, said.why)
    size = len(canonical_json(dict(said.shown), "what was shown"))
    require(
        size <= SHOWN_CHARS,
        f"what was shown: expected at most {SHOWN_CHARS:,} characters of JSON, found {size:,}; "
        "name digests instead of whole answers",
    )


def check_seen(session: Session, ground: SessionGround, seen: Mapping[Subject, int]) -> None:
    """Raise ConflictError unless every subject still looks as the person saw it."""
    stale = {
        subject: version
        for subject, version in seen.items()
        if ground.versioned(subject).version != version
    }
    if stale:
        said = "; ".join(_meanwhile(session, s, v) for s, v in stale.items())
        raise ConflictError(f"{said}. Look again and decide on what is so now")


def _meanwhile(session: Session, subject: Subject, version: int) -> str:
    """Who changed what since."""
    query = events_about([subject]).where(
        IdentityEventRow.id > version, IdentityChangeRow.role != Role.MENTION.value
    )
    rows = session.scalars(query.order_by(IdentityEventRow.id)).all()
    named = " ".join(subject.key)
    if not rows:
        return f"{subject.kind} {named}: no version {version} was ever shown"
    events = ", ".join(
        f"{r.by} at {r.at:%Y-%m-%d %H:%M} UTC: {r.kind} (event {r.id})" for r in rows
    )
    return f"{subject.kind} {named} changed since version {version} was seen: {events}"


def events_about(about: Sequence[Subject]) -> Select[IdentityEventRow]:
    """Query of the events in whose history these subjects are."""
    return (
        select(IdentityEventRow)
        .join(IdentityChangeRow, IdentityChangeRow.event_id == IdentityEventRow.id)
        .where(IdentityChangeRow.subject.in_([subject.text for subject in about]))
    )


def last_event(session: Session) -> IdentityEventRow | None:
    """The newest."""
    newest = select(func.max(IdentityEventRow.id)).scalar_subquery()
    return session.scalar(select(IdentityEventRow).where(IdentityEventRow.id == newest))


def undone_of(session: Session) -> dict[int, int]:
    """The events that do not hold because they were undone, each with the event that did it."""
    query = select(IdentityEventRow.id, IdentityEventRow.told).where(
        IdentityEventRow.kind == DecisionKind.UNDO.value
    )
    found: dict[int, int] = {}
    for number, said in session.execute(query.order_by(IdentityEventRow.id.desc())):
        if number not in found:  # whoever undid this undo came later, and was looked at before
            found.setdefault(said["event"], number)
    return found


def write_changes(session: Session, number: int, changes: Iterable[Change]) -> None:
    """The changes of an event into the history and the projection."""
    for position, change in enumerate(changes):
        session.add(
            IdentityChangeRow(
                event_id=number,
                subject=change.subject.text,
                position=position,
                role=change.role.value,
                before=plain(change.before.fact),
                before_writer=change.before.writer,
                after=plain(change.after.fact),
                after_writer=change.after.writer,
            )
        )
        if change.role is not Role.MENTION:
            session.merge(fact_row(change, number))
    session.flush()


def fact_row(change: Change, version: int) -> IdentityFactRow:
    """What is believed after a change, as the projection keeps it."""
    sighting_id, individual_id = owner_of(change.subject, change.after)
    return IdentityFactRow(
        subject=change.subject.text,
        kind=change.subject.kind,
        sighting_id=sighting_id,
        individual_id=individual_id,
        value=plain(change.after.fact),
        writer=change.after.writer,
        version=version,
    )


def event_of(row: IdentityEventRow, changes: Iterable[Change] = ()) -> Event:
    """The event as a value."""
    seen = {Subject.read(text): version for text, version in row.seen.items()}
    said = Said(row.by, row.why, row.shown, seen)
    return Event(row.id, row.at, DecisionKind(row.kind), row.told, said, tuple(changes))


def changes_by_event(session: Session, numbers: Sequence[int]) -> dict[int, list[Change]]:
    """The changes of some events."""
    query = select(IdentityChangeRow).where(IdentityChangeRow.event_id.in_(numbers))
    found: dict[int, list[Change]] = {number: [] for number in numbers}
    for row in session.scalars(query.order_by(IdentityChangeRow.position)):
        found[row.event_id].append(change_of(row))
    return found
