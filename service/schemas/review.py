"""Review in and out."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from reid.review import Answer
from service.schemas.base import In, Name, Out, Text


class NextIn(In):
    """Who reviews."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "Asel"}]})

    by: Name


class ReviewItemOut(Out):
    """Two sightings to look at. Whatever it is handed out for, it looks the same.

    What the machine thinks is hidden until it is asked for or the pair is answered; a `blind` one
    is judged without it, and without its comparison.
    """

    id: str
    reviewer: str
    at: datetime
    a: str
    b: str
    probability: float | None = Field(
        description="That they are one animal, by the pictures of these two alone, even prior; "
        "null: hidden."
    )
    reasons: list[str]
    comparison: str | None = Field(description="The stored comparison with its pictures.")
    blind: bool = Field(description="The machine's opinion is not told before the answer.")
    opened: bool = Field(description="Its opinion was asked for before the answer.")
    answered: Answer | None


class NextOut(Out):
    """The next pair; none when nothing is left to ask."""

    item: ReviewItemOut | None


class BySomebodyIn(In):
    """Who says it, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "Asel", "why": "wrong key"}]})

    by: Name
    why: Text = ""


class TakenBackOut(Out):
    """The pair to be answered again; none when it is decided otherwise."""

    item: ReviewItemOut | None


class ProgressOut(Out):
    """How far review is. A bit is what the answer to a toss-up tells."""

    open_pairs: int
    telling: int = Field(description="Pairs whose answer is not all but known: 0.1 bits or more.")
    bits: float = Field(description="What the answers to all of these tell, at most.")
    next_bits: float = Field(description="What the next ten tell.")
    own: int = Field(description="Readings of this person.")
    own_today: int = Field(description="Since midnight UTC.")


class ProgressOf(In):
    """Of whom."""

    by: Name


class AnswerIn(In):
    """What the reviewer says of the two."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "Asel", "answer": "same", "why": "both shoulders"}]}
    )

    by: Name
    answer: Answer
    why: Text = ""


class OutcomeOut(Out):
    """What the answer did."""

    item: str
    answer: Answer
    event: int | None = Field(description="The decision that it became; undo that to undo it.")
    merge: list[str] | None = Field(
        description="They are of these two individuals: look at the preview of a merge."
    )


class QueuedOut(Out):
    """A pair in the queue."""

    a: str
    b: str
    probability: float = Field(description="That they are one animal, of all groupings.")
    gain_bits: float = Field(description="How much an answer tells about the groupings.")
    llr: float
    machine: str
    source: str
    reasons: list[str]


class QueueOut(Out):
    """Open pairs, those first whose answer tells most."""

    queue: list[QueuedOut]


class QueuePage(In):
    """How many."""

    limit: int = Field(default=100, ge=1, le=1000)


class RateOut(Out):
    """A rate with an interval that covers the truth 95 times in 100 or more."""

    wrong: int
    answers: int
    rate: float | None
    low: float
    high: float


class ReviewerOut(Out):
    """A reviewer: against planted pairs whose answer is known, and against other reviewers."""

    reviewer: str
    readings: int
    cannot_tell: int
    planted: RateOut
    wrong_same: RateOut = Field(description="Two animals that were called one.")
    wrong_different: RateOut = Field(description="One animal that was called two.")
    disagreed: RateOut = Field(description="Answers that somebody else gave otherwise.")


class MachineOut(Out):
    """The machine's verdicts: against planted pairs, and refuted by reviewers (who saw them)."""

    wrong_same: RateOut
    wrong_different: RateOut
    refuted_same: RateOut
    refuted_different: RateOut


class RatesOut(Out):
    """How often people and the machine were wrong so far."""

    reviewers: list[ReviewerOut]
    machine: MachineOut


class MergeToLookAt(Out):
    """Two individuals that a reviewer called one animal."""

    individuals: list[str]
    item: str


class DisputesOut(Out):
    """What review left to be settled."""

    disagreements: list[list[str]] = Field(description="Pairs of sightings answered both ways.")
    merges: list[MergeToLookAt]
