"""Queries: the readings so far."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.schema import ReadingRow, ReviewItemRow
from reid.review import Answer, Purpose, Read


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading, the item that it answers, and the event that it became."""

    item: str
    read: Read
    event: int | None


def readings(session: Session) -> list[Reading]:
    """All that hold, oldest first."""
    query = (
        select(ReadingRow, ReviewItemRow)
        .join(ReviewItemRow, ReviewItemRow.id == ReadingRow.item_id)
        .where(ReadingRow.taken_back_at.is_(None))
        .order_by(ReadingRow.id)
    )
    return [
        Reading(item.id, _read(row, item), row.event_id) for row, item in session.execute(query)
    ]


def _read(row: ReadingRow, item: ReviewItemRow) -> Read:
    truth = None if item.truth is None else Answer(item.truth)
    return Read(
        item.reviewer,
        Purpose(item.purpose),
        item.a,
        item.b,
        Answer(row.answer),
        truth,
        str(item.shown.get("machine", "")),
        item.opened_at is not None,
    )


def doubts(session: Session) -> dict[tuple[str, str], int]:
    """How often "cannot tell" was said of each pair."""
    found: dict[tuple[str, str], int] = {}
    for one in readings(session):
        if not one.read.answer.definite:
            found[one.read.pair] = found.get(one.read.pair, 0) + 1
    return found
