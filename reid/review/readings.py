"""What a reviewer is handed, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
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
    ``reasons`` in words. ``comparison`` holds the pictures, where one was stored.
    """

    id: str
    reviewer: str
    at: datetime
    a: str
    b: str
    probability: float
    reasons: tuple[str, ...]
    comparison: str | None = None


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
