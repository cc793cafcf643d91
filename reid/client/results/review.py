"""Review: pairs to look at, and how often people and the machine were wrong."""

from __future__ import annotations

from datetime import datetime

from reid.client.results.base import Result


class ReviewItem(Result):
    """Two sightings to look at; ``probability`` None: what the machine thinks is hidden."""

    id: str
    reviewer: str
    at: datetime
    a: str
    b: str
    probability: float | None
    reasons: tuple[str, ...]
    comparison: str | None
    blind: bool
    opened: bool
    answered: str | None


class NextItem(Result):
    """The next pair; None when nothing is left to ask."""

    item: ReviewItem | None


class TakenBack(Result):
    """The pair to be answered again; None when it is decided otherwise."""

    item: ReviewItem | None


class Progress(Result):
    """How far review is; ``bits`` that answers tell."""

    open_pairs: int
    telling: int
    bits: float
    next_bits: float
    own: int
    own_today: int


class Outcome(Result):
    """What an answer did: the decision that it became, individuals to look at for a merge."""

    item: str
    answer: str
    event: int | None
    merge: tuple[str, ...] | None


class Queued(Result):
    """A pair in the queue; ``gain_bits``: how much an answer tells about the groupings."""

    a: str
    b: str
    probability: float
    gain_bits: float
    llr: float
    machine: str
    source: str
    reasons: tuple[str, ...]


class Queue(Result):
    """Open pairs, those first whose answer tells most."""

    queue: tuple[Queued, ...]


class Rate(Result):
    """A rate with an interval that covers the truth 95 times in 100 or more."""

    wrong: int
    answers: int
    rate: float | None
    low: float
    high: float


class Reviewer(Result):
    """A reviewer against planted pairs and against other reviewers."""

    reviewer: str
    readings: int
    cannot_tell: int
    planted: Rate
    wrong_same: Rate
    wrong_different: Rate
    disagreed: Rate


class Machine(Result):
    """The machine's verdicts against planted pairs, and refuted by reviewers."""

    wrong_same: Rate
    wrong_different: Rate
    refuted_same: Rate
    refuted_different: Rate


class Rates(Result):
    """How often people and the machine were wrong so far."""

    reviewers: tuple[Reviewer, ...]
    machine: Machine


class MergeToLookAt(Result):
    """Two individuals that a reviewer called one animal."""

    individuals: tuple[str, ...]
    item: str


class Disputes(Result):
    """What review left to be settled."""

    disagreements: tuple[tuple[str, ...], ...]
    merges: tuple[MergeToLookAt, ...]
