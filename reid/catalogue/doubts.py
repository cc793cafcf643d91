"""Queries: pairs of which another bundle says something else, and what people believe of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.open_pairs import Pair, Standing, pair_of, standing
from reid.catalogue.schema import DoubtRow, ReadingRow, ReviewItemRow
from reid.review import Answer, Purpose, Read


def open_doubts(session: Session, reviewer: str = "") -> list[DoubtRow]:
    """Doubts that still ask something, of this reviewer or of anybody, what matters most first.

    Answered is a doubt by anybody's definite reading since it came up, by the reviewer's own
    "cannot tell", or by what people decided meanwhile.
    """
    answered = select(ReviewItemRow.a, ReviewItemRow.b, ReviewItemRow.reviewer, ReadingRow.answer)
    answered = answered.join(ReadingRow, ReadingRow.item_id == ReviewItemRow.id).where(
        ReadingRow.taken_back_at.is_(None)
    )
    order = select(DoubtRow).order_by(DoubtRow.weight, DoubtRow.at, DoubtRow.a, DoubtRow.b)
    rows = list(session.scalars(order))
    if not rows:
        return []
    since = min(row.at for row in rows)
    told = session.execute(answered.add_columns(ReadingRow.at).where(ReadingRow.at >= since)).all()
    decided = standing(session)
    return [
        row
        for row in rows
        if not _settled(row, decided)
        and not any(
            pair_of(a, b) == (row.a, row.b)
            and at >= row.at
            and (Answer(answer).definite or who == reviewer)
            for a, b, who, answer, at in told
        )
    ]


def _settled(row: DoubtRow, decided: Standing) -> bool:
    """Whether people believe by now what the bundle said, or cannot use either picture."""
    if row.a in decided.out or row.b in decided.out:
        return True
    return believed(decided, row.a, row.b) == row.said


def believed(decided: Standing, a: str, b: str) -> str | None:
    """ "same" or "different" where people said who both are or that they are two, else None."""
    one, other = decided.groups.get(a), decided.groups.get(b)
    if one is not None and one == other:
        return Answer.SAME.value
    two = one is not None and other is not None
    return Answer.DIFFERENT.value if two or told_apart(decided, a, b) else None


def told_apart(decided: Standing, a: str, b: str) -> bool:
    """Whether people said that they are two, or that one is nobody known where the other was."""
    nodes = decided.node(a), decided.node(b)
    nobody = decided.nobody(a, b) or decided.nobody(b, a)
    return nobody or nodes in decided.parted or nodes[::-1] in decided.parted


def contradicted(session: Session, said: Iterable[Read]) -> set[Pair]:
    """Pairs that were read again because a bundle doubts them, against what people believe."""
    doubted = [one for one in said if one.purpose is Purpose.DOUBT and one.answer.definite]
    if not doubted:
        return set()
    decided = standing(session)
    return {
        one.pair for one in doubted if believed(decided, *one.pair) not in (None, one.answer.value)
    }
