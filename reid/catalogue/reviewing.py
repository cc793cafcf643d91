"""Review: the queue, what is handed out, and what the answers become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.answering import (
    find_item,
    outcome,
    own_item,
    reading_of,
    take,
    take_back,
    two_individuals,
)
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.doubts import contradicted
from reid.catalogue.hand_out import hand_out, item_of
from reid.catalogue.identity_log import check_said
from reid.catalogue.open_pairs import (
    Pair,
    asked_of,
    evidence,
    need_sightings,
    pair_of,
    replace_evidence,
    standing,
)
from reid.catalogue.read import doubts, readings
from reid.catalogue.schema import (
    IdentityEventRow,
    PairEvidenceRow,
    ReadingRow,
    ReviewItemRow,
    SightingRow,
    VerdictRow,
)
from reid.errors import ConflictError
from reid.identities.event import Said
from reid.review import (
    Answer,
    MachineRates,
    OpenPair,
    Outcome,
    Progress,
    Purpose,
    Ranked,
    ReviewerRates,
    ReviewItem,
    Shares,
    machine_rates,
    ranked,
    reviewer_rates,
)
from reid.review.readings import NEXT_FEW, TELLING_BITS
from reid.types.checks import require

ALWAYS_FRESH = 2000
"""Up to so many open pairs the order is made anew after every answer (about 0.2 s)."""

STALE_STEPS = 20
"""With more, after so many answers: the order is then a little old, no pair ever is."""

Key = tuple[int, str, int, float]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The queue as it was made; ``key`` says from what."""

    key: Key
    pairs: dict[Pair, OpenPair]
    order: list[Ranked]


class Reviews(Core):
    """Where a person's answer is worth most."""

    _ranking_now: Ranking | None = None

    def note_evidence(self, pairs: Sequence[OpenPair]) -> None:
        """Keep what was found of pairs of stored sightings, in the place of what was before.

        Raises:
            NotFoundError: a sighting is not stored.
            InputError: a sighting against itself.
        """
        at = now()

        kept = {pair_of(pair.a, pair.b): pair for pair in pairs}
        itself = [a for a, b in kept if a == b]
        require(not itself, f"evidence compares {itself[:3]} with itself")

        def work(session: Session) -> None:
            need_sightings(session, {name for pair in kept for name in pair})
            replace_evidence(session, kept, at)

        self._write(work)

    def review_queue(self, *, limit: int = 100, prior_same: float = 0.5) -> list[Ranked]:
        """The open pairs, those first whose answer tells most about the groupings."""
        return self._ranking(prior_same, fresh=True).order[:limit]

    def next_item(
        self,
        reviewer: str,
        *,
        shares: Shares | None = None,
        prior_same: float = 0.5,
        draw: Callable[[], float] | None = None,
    ) -> ReviewItem | None:
        """A pair for a reviewer; the one that they have not answered, if there is one; or None.

        ``shares`` of second readings and planted pairs; ``draw`` gives numbers from [0, 1).

        Raises:
            InputError: nobody reviews.
        """
        check_said(Said(reviewer))
        ranking = self._ranking(prior_same)
        wanted, drawn = shares or Shares(), draw or SystemRandom().random

        def work(session: Session) -> ReviewItem | None:
            return hand_out(session, reviewer, ranking.pairs, ranking.order, wanted, drawn)

        return self._write(work)

    def review_item(self, item_id: str) -> ReviewItem:
        """What was handed out, as it was shown.

        Raises:
            NotFoundError: no such item.
        """

        def work(session: Session) -> ReviewItem:
            return _item(session, find_item(session, item_id))

        return self._read(work)

    def open_opinion(self, item_id: str, *, by: str, before_answer: bool = True) -> ReviewItem:
        """The item with the machine's opinion; that it was asked for before answering is kept.

        ``before_answer``: whether it may be asked for before.

        Raises:
            NotFoundError: no such item.
            InputError: it was handed to somebody else.
            ConflictError: this one is judged without it, and not answered.
        """

        def work(session: Session) -> ReviewItem:
            row = own_item(session, item_id, by)
            item = _item(session, row)
            if item.answered is not None or item.opened:
                return item
            if item.blind or not before_answer:
                raise ConflictError(
                    "this pair is judged by eye alone: what the machine thinks is shown after the "
                    "answer"
                )
            row.opened_at = now()
            return _item(session, row)

        return self._write(work)

    def skip_item(self, item_id: str, *, by: str) -> None:
        """Leave a pair for later: others may have it now, its reviewer when nothing else is left.

        Raises:
            NotFoundError: no such item.
            InputError: it was handed to somebody else.
            ConflictError: it is answered.
        """

        def work(session: Session) -> None:
            row = own_item(session, item_id, by)
            if reading_of(session, item_id) is not None:
                raise ConflictError(f"item {item_id} is answered: nothing to skip")
            row.skipped_at = now()

        self._write(work)

    def take_back_answer(self, item_id: str, *, by: str, why: str = "") -> ReviewItem | None:
        """Take an answer back with what it decided; the pair again, or None if it is decided.

        The history keeps decision and undo; the reading counts nowhere from now on.

        Raises:
            NotFoundError: no such item.
            InputError: it was handed to somebody else.
            ConflictError: no answer to take back, or later decisions depend on what it decided;
                says which.
        """
        check_texts("take back", by, why)
        return self._write(lambda s: take_back(s, own_item(s, item_id, by), why))

    def review_progress(self, reviewer: str, *, prior_same: float = 0.5) -> Progress:
        """How much is left, and what answers are worth."""
        ranking = self._ranking(prior_same)
        gains = [one.gain_bits for one in ranking.order if one.gain_bits >= TELLING_BITS]
        today = now().replace(hour=0, minute=0, second=0, microsecond=0)

        def work(session: Session) -> tuple[int, int]:
            query = (
                select(func.count())
                .select_from(ReadingRow)
                .join(ReviewItemRow, ReviewItemRow.id == ReadingRow.item_id)
                .where(ReviewItemRow.reviewer == reviewer, ReadingRow.taken_back_at.is_(None))
            )
            since = query.where(ReadingRow.at >= today)
            return session.scalar(query) or 0, session.scalar(since) or 0

        own, own_today = self._read(work)
        worth = sum(gains), sum(gains[:NEXT_FEW])
        return Progress(len(ranking.order), len(gains), *worth, own, own_today)

    def likely(self, sighting_id: str, *, limit: int = 12) -> list[OpenPair]:
        """The last evidence on a sighting with others, the likeliest first.

        Raises:
            NotFoundError: no such sighting.
        """

        def work(session: Session) -> list[OpenPair]:
            need_sightings(session, [sighting_id])
            found = evidence(session, sighting_id)
            return sorted(found.values(), key=lambda pair: (-pair.llr, pair.a, pair.b))[:limit]

        return self._read(work)

    def answer_item(self, item_id: str, answer: Answer, *, by: str, why: str = "") -> Outcome:
        """Keep a reviewer's answer; to an open question it is a decision at once.

        The same answer again changes nothing.

        Raises:
            NotFoundError: no such item.
            InputError: it was handed to somebody else.
            ConflictError: it is answered otherwise, or what was shown is not so any more.
        """
        check_texts("answer", by, why)

        def work(session: Session) -> Outcome:
            item = own_item(session, item_id, by)
            earlier = reading_of(session, item_id)
            if earlier is None:
                return take(session, item, answer, why)
            if earlier.taken_back_at is not None:
                raise ConflictError(
                    f"the answer to item {item_id} was taken back; ask for the next"
                )
            if earlier.answer != answer.value:
                raise ConflictError(
                    f"item {item_id} is answered already ({earlier.answer}); undo event "
                    f"{earlier.event_id} to decide otherwise"
                )
            return outcome(session, item, answer, earlier.event_id)

        return self._write(work)

    def review_rates(self) -> tuple[list[ReviewerRates], MachineRates]:
        """How often each reviewer, and the machine, was wrong so far."""
        found = [one.read for one in self._read(readings)]
        return reviewer_rates(found), machine_rates(found)

    def disagreements(self) -> list[Pair]:
        """Pairs of sightings that two readings of the same question called otherwise, or one
        that was asked because a model doubts what is decided.
        """

        def work(session: Session) -> list[Pair]:
            said: dict[Pair, set[Answer]] = {}
            found = [one.read for one in readings(session)]
            for one in found:
                if one.truth is None and one.answer.definite:
                    said.setdefault(one.pair, set()).add(one.answer)
            both = {pair for pair, answers in said.items() if len(answers) > 1}
            return sorted(both | contradicted(session, found))

        return self._read(work)

    def merges_to_look_at(self) -> list[tuple[str, str, str]]:
        """Pairs that were called one animal and are of two individuals: names and the item."""

        def work(session: Session) -> list[tuple[str, str, str]]:
            found = []
            for one in readings(session):
                if one.read.purpose is Purpose.FIRST and one.read.answer is Answer.SAME:
                    merge = two_individuals(session, one.read.a, one.read.b)
                    found += [(*merge, one.item)] if merge else []
            return found

        return self._read(work)

    def _ranking(self, prior_same: float, *, fresh: bool = False) -> Ranking:
        key = self._read(lambda session: _key(session, prior_same))
        kept = self._ranking_now
        if kept is not None and _good_enough(kept, key, fresh):
            return kept

        def work(session: Session) -> Ranking:
            pairs, decided = evidence(session), standing(session)
            counted, parted = asked_of(session, pairs, decided)
            groups: dict[str, object] = dict(decided.groups)
            order = ranked(
                counted, groups, parted=parted, doubts=doubts(session), prior_same=prior_same
            )
            return Ranking(_key(session, prior_same), pairs, order)

        made = self._read(work)
        self._ranking_now = made  # whoever is last: each is whole
        return made


def _item(session: Session, row: ReviewItemRow) -> ReviewItem:
    reading = reading_of(session, row.id)
    return item_of(row, None if reading is None else Answer(reading.answer))


def _key(session: Session, prior_same: float) -> Key:
    """From what the order follows: evidence, decisions and readings, the prior."""
    verdicts = session.scalar(select(func.count()).select_from(VerdictRow)) or 0
    stored = session.scalar(select(func.count()).select_from(SightingRow)) or 0
    noted = session.scalar(select(func.max(PairEvidenceRow.at)))
    events = session.scalar(select(func.max(IdentityEventRow.id))) or 0
    answers = session.scalar(select(func.max(ReadingRow.id))) or 0
    answers += session.scalar(select(func.count(ReadingRow.taken_back_at))) or 0
    return verdicts + stored, str(noted), events + answers, prior_same


def _good_enough(kept: Ranking, key: Key, fresh: bool) -> bool:
    if kept.key == key:
        return True
    same = (kept.key[0], kept.key[1], kept.key[3]) == (key[0], key[1], key[3])
    few = fresh or len(kept.order) <= ALWAYS_FRESH
    return same and not few and abs(key[2] - kept.key[2]) <= 2 * STALE_STEPS
