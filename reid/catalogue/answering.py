"""What an answer becomes, inside the writer's transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.core import now
from reid.catalogue.hand_out import hand_out_again
from reid.catalogue.identity_ground import SessionGround
from reid.catalogue.identity_log import check_seen, record, undone_of
from reid.catalogue.schema import ReadingRow, ReviewItemRow
from reid.catalogue.who import name_of
from reid.errors import ConflictError, InputError, NotFoundError
from reid.identities import Confirm, Decision, NewIndividual, Reject, Subject, Undo
from reid.identities.deciding import belonging
from reid.identities.event import Said
from reid.review import Answer, Outcome, Purpose, ReviewItem


def find_item(session: Session, item_id: str) -> ReviewItemRow:
    """The item, or NotFoundError."""
    row = session.get(ReviewItemRow, item_id)
    if row is None:
        raise NotFoundError(f"no review item {item_id!r}; ask for the next one")
    return row


def own_item(session: Session, item_id: str, by: str) -> ReviewItemRow:
    """The item, if it was handed to this person.

    Raises:
        NotFoundError: no such item.
        InputError: it was handed to somebody else.
    """
    item = find_item(session, item_id)
    if item.reviewer != by:
        raise InputError(f"item {item_id} was handed to {item.reviewer!r}, not to {by!r}")
    return item


def reading_of(session: Session, item_id: str) -> ReadingRow | None:
    """The answer to an item, taken back or not."""
    return session.scalar(select(ReadingRow).filter_by(item_id=item_id))


def take_back(session: Session, item: ReviewItemRow, why: str) -> ReviewItem | None:
    """Undo what the answer decided, let it count nowhere, and hand the pair out again.

    Raises:
        ConflictError: there is no answer to take back, or later decisions rest on it.
    """
    reading = reading_of(session, item.id)
    if reading is None or reading.taken_back_at is not None:
        was = "is not answered" if reading is None else "was taken back already"
        raise ConflictError(f"item {item.id} {was}: nothing to take back")
    if reading.event_id is not None and reading.event_id not in undone_of(session):
        record(session, Undo(reading.event_id), Said(item.reviewer, why, {"review_item": item.id}))
    reading.taken_back_at = now()
    session.flush()
    return hand_out_again(session, item)


def take(session: Session, item: ReviewItemRow, answer: Answer, why: str) -> Outcome:
    """Keep the answer, and decide by it where the question was open."""
    event = None
    if item.purpose == Purpose.FIRST.value:
        seen = {Subject.read(text): version for text, version in item.seen.items()}
        check_seen(session, SessionGround(session), seen)
        opened = item.opened_at is not None  # the opinion; what was hidden was not shown
        shown = {"review_item": item.id, **item.shown, "opened": opened}
        said = Said(item.reviewer, why, shown, seen)
        decision = _decision(session, item, answer)
        event = None if decision is None else record(session, decision, said)
    number = None if event is None else event.number
    row = ReadingRow(item_id=item.id, at=now(), answer=answer.value, why=why, event_id=number)
    session.add(row)
    session.flush()
    return outcome(session, item, answer, number)


def _decision(session: Session, item: ReviewItemRow, answer: Answer) -> Decision | None:
    if not answer.definite:
        return None
    if answer is Answer.DIFFERENT:
        return Reject(item.a, item.b)
    ground = SessionGround(session)
    one, other = (belonging(ground, name).individual for name in (item.a, item.b))
    if one is None and other is None:
        return NewIndividual((item.a, item.b))
    if one is None and other is not None:
        return Confirm(item.a, name_of(session, other))
    if one is not None and other is None:
        return Confirm(item.b, name_of(session, one))
    return None


def outcome(session: Session, item: ReviewItemRow, answer: Answer, event: int | None) -> Outcome:
    """What an answer did."""
    merge = None
    if answer is Answer.SAME and item.purpose == Purpose.FIRST.value:
        merge = two_individuals(session, item.a, item.b)
    return Outcome(item.id, answer, event, merge)


def two_individuals(session: Session, a: str, b: str) -> tuple[str, str] | None:
    """The names of the two individuals that the sightings are, if they are two."""
    ground = SessionGround(session)
    one, other = (belonging(ground, name).individual for name in (a, b))
    if one is None or other is None or one == other:
        return None
    return name_of(session, one), name_of(session, other)
