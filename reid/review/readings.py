"""What a reviewer is handed, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from reid.errors import ConfigError
from reid.types.checks import require


class Answer(StrEnum):
    """What a reviewer says of two sightings."""

    SAME = "same"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot tell"

    @property
    def definite(self) -> bool:
        """Whether it says anything."""
        return self is not Answer.CANNOT_TELL


class Purpose(StrEnum):
    """Why a pair is handed out; the reviewer never sees it."""

    FIRST = "first"  # an open question: the answer is a decision
    SECOND = "second"  # somebody answered; asked again without their answer
    PLANTED = "planted"  # the catalogue knows the answer
    DOUBT = "doubt"  # it is decided, and a model says otherwise; the answer decides nothing


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of what is handed out is no open question: ``second`` and ``planted``, 0 to 1."""

    second: float = 0.1
    planted: float = 0.05

    def __post_init__(self) -> None:
        fits = min(self.second, self.planted) >= 0 and self.second + self.planted <= 1
        require(
            fits,
            f"shares: expected numbers from 0 that add to at most 1, found {self.second} and "
            f"{self.planted}",
            ConfigError,
        )

    def purposes(self, draw: float) -> tuple[Purpose, ...]:
        """What to hand out by a number drawn from [0, 1), first choice first."""
        order = [Purpose.FIRST, Purpose.SECOND, Purpose.PLANTED]
        if draw < self.planted:
            order = [Purpose.PLANTED, Purpose.FIRST, Purpose.SECOND]
        elif draw < self.planted + self.second:
            order = [Purpose.SECOND, Purpose.FIRST, Purpose.PLANTED]
        shares = {Purpose.SECOND: self.second, Purpose.PLANTED: self.planted}
        return tuple(p for p in order if shares.get(p, 1) > 0)


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Two sightings to look at, the same to see whatever it is handed out for.

    ``probability`` that they are one animal by their own pictures alone, under an even prior;
    ``reasons`` in words. ``comparison`` holds the pictures, where one was stored. ``blind``: to be
    judged without any of it, and without knowing who the two are; ``opened``: the reviewer asked
    for the opinion; ``answered``: what they said.
    """

    id: str
    reviewer: str
    at: datetime
    a: str
    b: str
    probability: float | None
    reasons: tuple[str, ...]
    comparison: str | None = None
    blind: bool = False
    opened: bool = False
    answered: Answer | None = None

    def before_the_answer(self) -> ReviewItem:
        """The item as its reviewer sees it: the machine's opinion is hidden until asked for.

        Of a blind one also its comparison, whose pictures show what the machine matched.
        """
        if self.opened or self.answered is not None:
            return self
        kept = None if self.blind else self.comparison
        return replace(self, probability=None, reasons=(), comparison=kept)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer did: ``event`` is the decision that it became, if any.

    ``merge``: the sightings are of two individuals (names); whether these are one is decided by
    a merge, after a look at what it changes.
    """

    item: str
    answer: Answer
    event: int | None = None
    merge: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far review is: ``open_pairs`` without an answer, ``telling`` of them worth an answer.

    ``bits``: what all their answers tell together, at most; ``next_bits``: what the next
    ``NEXT_FEW`` do. ``own`` readings, ``own_today`` of them since midnight UTC.
    """

    open_pairs: int
    telling: int
    bits: float
    next_bits: float
    own: int
    own_today: int


NEXT_FEW = 10
TELLING_BITS = 0.1
"""Below, the answer is all but known: a probability under 1.3 % or over 98.7 %."""
