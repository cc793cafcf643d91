"""Choosing the pair that a reviewer gets, inside the writer's transaction."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.core import now
from reid.catalogue.doubts import open_doubts, told_apart
from reid.catalogue.identity_ground import SessionGround
from reid.catalogue.open_pairs import Pair, Standing, pair_of, standing
from reid.catalogue.read import Reading, readings
from reid.catalogue.schema import (
    ComparisonRow,
    IdentityEventRow,
    IdentityFactRow,
    ReadingRow,
    ReviewItemRow,
)
from reid.catalogue.who import versions_of
from reid.identities import Subject, subjects
from reid.identities.deciding import belonging
from reid.review import Answer, OpenPair, Purpose, Ranked, ReviewItem, Shares

LEASE = timedelta(minutes=30)
"""So long nobody else gets a pair that was handed out and not answered."""

SKIPPED_FOR = timedelta(hours=12)
"""So long a skipped pair comes last to whoever skipped it."""

BLIND_FIRST = 4
"""One in so many open questions is judged blind, so that being blind does not tell the purpose."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A pair, why it was chosen, and the truth where it is known."""

    pair: OpenPair
    purpose: Purpose
    truth: Answer | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What choosing looks at."""

    session: Session
    reviewer: str
    pairs: Mapping[Pair, OpenPair]
    order: Sequence[Ranked]
    read: Sequence[Reading]
    skipped: Set[Pair]
    draw: Callable[[], float]


def hand_out(
    session: Session,
    reviewer: str,
    pairs: Mapping[Pair, OpenPair],
    order: Sequence[Ranked],
    shares: Shares,
    draw: Callable[[], float],
) -> ReviewItem | None:
    """The next pair for a reviewer, written down; None when there is none."""
    waiting = _waiting(session, reviewer)
    if waiting is not None:
        return item_of(waiting)
    skipped = _skipped(session, reviewer)
    desk = Desk(session, reviewer, pairs, order, readings(session), skipped, draw)
    choose = {Purpose.FIRST: _open_first, Purpose.SECOND: _second, Purpose.PLANTED: _planted}
    for purpose in shares.purposes(draw()):
        chosen = choose[purpose](desk)
        if chosen is not None:
            return item_of(_write(session, reviewer, chosen))
    again = _first(replace(desk, skipped=set())) if skipped else None
    return None if again is None else item_of(_write(session, reviewer, again))


def hand_out_again(session: Session, item: ReviewItemRow) -> ReviewItem | None:
    """The same question to the same reviewer, as things are now; None: it is none any more."""
    if item.purpose == Purpose.FIRST.value and not _open(session, item.a, item.b):
        return None
    row = ReviewItemRow(
        id=uuid4().hex,
        at=now(),
        reviewer=item.reviewer,
        purpose=item.purpose,
        a=item.a,
        b=item.b,
        truth=item.truth,
        shown=item.shown,
        seen=_seen(session, item.a, item.b),
        opened_at=item.opened_at or now(),  # the answer showed the opinion
    )
    session.add(row)
    session.flush()
    return item_of(row)


def _skipped(session: Session, reviewer: str) -> set[Pair]:
    query = select(ReviewItemRow.a, ReviewItemRow.b).where(
        ReviewItemRow.reviewer == reviewer, ReviewItemRow.skipped_at > now() - SKIPPED_FOR
    )
    return {pair_of(a, b) for a, b in session.execute(query)}


def _waiting(session: Session, reviewer: str) -> ReviewItemRow | None:
    """The reviewer's last item, if it is not answered and still as it was shown."""
    query = select(ReviewItemRow).filter_by(reviewer=reviewer)
    last = session.scalar(query.order_by(ReviewItemRow.at.desc()).limit(1))
    if last is None or last.skipped_at is not None:
        return None
    if session.scalar(select(ReadingRow.id).filter_by(item_id=last.id)):
        return None
    about = [Subject.read(text) for text in last.seen]
    now_at = {s.text: v for s, v in versions_of(session, about).items()}
    open_still = last.purpose != Purpose.FIRST.value or _open(session, last.a, last.b)
    return last if now_at == last.seen and open_still else None


def _open_first(desk: Desk) -> Chosen | None:
    return _doubted(desk) or _first(desk)


def _doubted(desk: Desk) -> Chosen | None:
    """What another model calls otherwise: a question where nothing is decided, else a look again.

    The verdict that is shown and counted is that of the model that serves.
    """
    held = _held_by_others(desk) | desk.skipped
    for row in open_doubts(desk.session, desk.reviewer):
        if (row.a, row.b) not in held:
            pair = OpenPair(row.a, row.b, row.llr, row.kind, row.source, tuple(row.reasons))
            apart = told_apart(standing(desk.session), row.a, row.b)
            is_open = not apart and _open(desk.session, row.a, row.b)
            return Chosen(pair, Purpose.FIRST if is_open else Purpose.DOUBT)
    return None


def _first(desk: Desk) -> Chosen | None:
    done = {
        one.read.pair
        for one in desk.read
        if (one.read.answer.definite and one.event is None and one.read.truth is None)
        or (not one.read.answer.definite and one.read.reviewer == desk.reviewer)
    }
    held = _held_by_others(desk) | desk.skipped
    for place in desk.order:
        pair = pair_of(place.pair.a, place.pair.b)
        if pair not in done and pair not in held and _open(desk.session, *pair):
            return Chosen(place.pair, Purpose.FIRST)
    return None


def _open(session: Session, a: str, b: str) -> bool:
    """Whether nothing is decided of the two."""
    ground = SessionGround(session)
    one, other = belonging(ground, a), belonging(ground, b)
    if not (one.identifiable and other.identifiable):
        return False
    if one.individual is not None and one.individual == other.individual:
        return False
    return ground.held(subjects.pair(a, b)).fact is None


def _held_by_others(desk: Desk) -> set[Pair]:
    query = (
        select(ReviewItemRow)
        .outerjoin(ReadingRow, ReadingRow.item_id == ReviewItemRow.id)
        .where(ReadingRow.id.is_(None), ReviewItemRow.at > now() - LEASE)
        .where(ReviewItemRow.skipped_at.is_(None))
        .where(ReviewItemRow.reviewer != desk.reviewer)
    )
    return {pair_of(row.a, row.b) for row in desk.session.scalars(query)}


def _second(desk: Desk) -> Chosen | None:
    """The oldest answer of somebody else that nobody has read again."""
    again = {one.read.pair for one in desk.read if one.read.purpose is Purpose.SECOND}
    again |= {one.read.pair for one in desk.read if one.read.reviewer == desk.reviewer}
    again |= desk.skipped
    for one in desk.read:
        first = one.read.purpose is Purpose.FIRST and one.read.answer.definite
        pair = desk.pairs.get(one.read.pair)
        if first and pair is not None and one.read.pair not in again:
            return Chosen(pair, Purpose.SECOND)
    return None


def _planted(desk: Desk) -> Chosen | None:
    """A pair of confirmed sightings that others confirmed, same or different by turns of luck."""
    decided = standing(desk.session)
    own = _said_by(desk)
    seen = {one.read.pair for one in desk.read if one.read.reviewer == desk.reviewer}
    seen |= desk.skipped
    known: dict[Answer, list[OpenPair]] = {Answer.SAME: [], Answer.DIFFERENT: []}
    for key, pair in desk.pairs.items():
        if key in seen or pair.a in own or pair.b in own:
            continue
        truth = _truth(pair, decided)
        if truth is not None:
            known[truth].append(pair)
    there = [truth for truth, found in known.items() if found]
    if not there:
        return None
    truth = there[math.floor(desk.draw() * len(there))]
    found = known[truth]
    return Chosen(found[math.floor(desk.draw() * len(found))], Purpose.PLANTED, truth)


def _truth(pair: OpenPair, decided: Standing) -> Answer | None:
    """What the catalogue believes; None where it does not, or where it is an open question.

    Two individuals that look alike may be one: only where somebody said otherwise they are two.
    """
    one, other = decided.groups.get(pair.a), decided.groups.get(pair.b)
    if one is None or other is None:
        return None
    if one == other:
        return Answer.SAME
    parted = (one, other) in decided.parted or (other, one) in decided.parted
    return Answer.DIFFERENT if parted or pair.llr <= 0 else None


def _said_by(desk: Desk) -> set[str]:
    """Sightings that are whom they are because the reviewer said so."""
    query = (
        select(IdentityFactRow.sighting_id)
        .join(IdentityEventRow, IdentityEventRow.id == IdentityFactRow.writer)
        .where(IdentityFactRow.kind == subjects.SIGHTING, IdentityEventRow.by == desk.reviewer)
    )
    return {name for name in desk.session.scalars(query) if name is not None}


def _write(session: Session, reviewer: str, chosen: Chosen) -> ReviewItemRow:
    pair = chosen.pair
    swap = int(uuid4().hex[0], 16) % 2  # left and right tell nothing
    a, b = (pair.b, pair.a) if swap else (pair.a, pair.b)
    number = uuid4()
    blind = chosen.purpose is not Purpose.FIRST or number.int % BLIND_FIRST == 0
    row = ReviewItemRow(
        id=number.hex,
        at=now(),
        reviewer=reviewer,
        purpose=chosen.purpose.value,
        a=a,
        b=b,
        truth=None if chosen.truth is None else chosen.truth.value,
        shown={**_shown(session, pair), "blind": blind},
        seen=_seen(session, a, b),
    )
    session.add(row)
    session.flush()
    return row


def _seen(session: Session, *names: str) -> dict[str, int]:
    found = versions_of(session, [subjects.sighting(name) for name in names])
    return {subject.text: version for subject, version in found.items()}


def _shown(session: Session, pair: OpenPair) -> dict[str, object]:
    """What the reviewer sees of the machine's opinion: of the two alone, whatever it is for."""
    stored = session.get(ComparisonRow, pair.source) if pair.source else None
    reasons = list(pair.reasons)
    if stored is not None:
        verdicts = stored.result.get("verdicts", [])
        reasons += next(
            (
                list(v.get("reasons", []))
                for v in verdicts
                if pair_of(v.get("a", ""), v.get("b", "")) == pair_of(pair.a, pair.b)
            ),
            [],
        )
    return {
        "probability": 1 / (1 + math.exp(-max(-50.0, min(50.0, pair.llr)))),
        "reasons": reasons,
        "llr": pair.llr,
        "machine": pair.kind,
        "comparison": None if stored is None else stored.id,
        "result_sha256": None if stored is None else stored.result_sha256,
        "source": pair.source,
    }


def item_of(row: ReviewItemRow, answered: Answer | None = None) -> ReviewItem:
    """The item with the machine's opinion of it."""
    shown = row.shown
    return ReviewItem(
        row.id,
        row.reviewer,
        row.at,
        row.a,
        row.b,
        shown["probability"],
        tuple(shown["reasons"]),
        shown["comparison"],
        bool(shown.get("blind")),
        row.opened_at is not None,
        answered,
    )
