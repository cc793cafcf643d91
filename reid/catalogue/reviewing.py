"""Review: the queue, what is handed out, and what the answers become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.answering import find_item, outcome, take, two_individuals
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
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
    SightingRow,
    VerdictRow,
)
from reid.errors import ConflictError, InputError
from reid.identities.event import Said
from reid.review import (
    Answer,
    MachineRates,
    OpenPair,
    Outcome,
    Purpose,
    Ranked,
    ReviewerRates,
    ReviewItem,
    Shares,
    machine_rates,
    ranked,
    reviewer_rates,
)
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
        return self._read(lambda session: item_of(find_item(session, item_id)))

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
            item = find_item(session, item_id)
            if item.reviewer != by:
                raise InputError(f"item {item_id} was handed to {item.reviewer!r}, not to {by!r}")
            earlier = session.scalar(select(ReadingRow).filter_by(item_id=item_id))
            if earlier is None:
                return take(session, item, answer, why)
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
        """Pairs of sightings that two readings of the same question called otherwise."""
        said: dict[Pair, set[Answer]] = {}
        for one in self._read(readings):
            if one.read.truth is None and one.read.answer.definite:
                said.setdefault(one.read.pair, set()).add(one.read.answer)
        return sorted(pair for pair, answers in said.items() if len(answers) > 1)

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


def _key(session: Session, prior_same: float) -> Key:
    """From what the order follows: evidence, decisions and readings, the prior."""
    verdicts = session.scalar(select(func.count()).select_from(VerdictRow)) or 0
    stored = session.scalar(select(func.count()).select_from(SightingRow)) or 0
    noted = session.scalar(select(func.max(PairEvidenceRow.at)))
    events = session.scalar(select(func.max(IdentityEventRow.id))) or 0
    answers = session.scalar(select(func.max(ReadingRow.id))) or 0
    return verdicts + stored, str(noted), events + answers, prior_same


def _good_enough(kept: Ranking, key: Key, fresh: bool) -> bool:
    if kept.key == key:
        return True
    same = (kept.key[0], kept.key[1], kept.key[3]) == (key[0], key[1], key[3])
    few = fresh or len(kept.order) <= ALWAYS_FRESH
    return same and not few and abs(key[2] - kept.key[2]) <= 2 * STALE_STEPS
