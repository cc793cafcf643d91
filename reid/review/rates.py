"""How often reviewers and the machine are wrong, with intervals. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from reid.review.readings import Answer, Purpose
from reid.types.checks import require

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """``wrong`` of ``answers``, with an interval that covers the truth 95 times in 100 or more."""

    wrong: int
    answers: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """The share; None when nothing was answered."""
        return self.wrong / self.answers if self.answers else None


def rate_of(wrong: int, answers: int, confidence: float = CONFIDENCE) -> Rate:
    """The rate with its interval.

    Clopper & Pearson (1934), *The use of confidence or fiducial limits illustrated in the case of
    the binomial*, Biometrika 26:404-413: exact, never too narrow, so few readings promise little.

    Raises:
        InputError: unless 0 <= wrong <= answers.
    """
    require(0 <= wrong <= answers, f"rate: expected 0 to {answers} wrong, found {wrong}")
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, wrong, answers - wrong + 1)) if wrong else 0.0
    high = float(beta.ppf(1 - tail, wrong + 1, answers - wrong)) if wrong < answers else 1.0
    return Rate(wrong, answers, low, high)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading with what was known: ``truth`` of planted pairs, the machine's verdict.

    ``opened``: the reviewer saw the machine's opinion before the answer.
    """

    reviewer: str
    purpose: Purpose
    a: str
    b: str
    answer: Answer
    truth: Answer | None = None
    machine: str = ""
    opened: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """The sightings in order."""
        return min(self.a, self.b), max(self.a, self.b)


@dataclass(frozen=True, slots=True)
class ReviewerRates:
    """A reviewer's readings.

    ``wrong_same``: planted pairs of two animals that were called one (the worst mistake);
    ``wrong_different``: of one animal that were called two; of definite answers.
    ``disagreed``: definite answers to pairs that somebody else answered otherwise.
    """

    reviewer: str
    readings: int
    cannot_tell: int
    planted: Rate
    wrong_same: Rate
    wrong_different: Rate
    disagreed: Rate


@dataclass(frozen=True, slots=True)
class MachineRates:
    """Definite verdicts of the machine, against planted pairs and against what reviewers said.

    Only answers that were given before the machine's opinion was seen count. Planted pairs are
    known because somebody confirmed them, often with its help.
    """

    wrong_same: Rate
    wrong_different: Rate
    refuted_same: Rate
    refuted_different: Rate


def reviewer_rates(readings: Sequence[Read]) -> list[ReviewerRates]:
    """Every reviewer's rates, by name."""
    names = sorted({one.reviewer for one in readings})
    return [_reviewer(name, readings) for name in names]


def _reviewer(name: str, readings: Sequence[Read]) -> ReviewerRates:
    own = [one for one in readings if one.reviewer == name]
    planted = [one for one in own if one.truth is not None and one.answer.definite]
    others: dict[tuple[str, str], set[Answer]] = {}
    for one in readings:
        if one.reviewer != name and one.truth is None and one.answer.definite:
            others.setdefault(one.pair, set()).add(one.answer)
    shared = [o for o in own if o.truth is None and o.answer.definite and o.pair in others]
    return ReviewerRates(
        name,
        len(own),
        sum(not one.answer.definite for one in own),
        _wrong(planted),
        _wrong(one for one in planted if one.truth is Answer.DIFFERENT),
        _wrong(one for one in planted if one.truth is Answer.SAME),
        rate_of(sum(others[o.pair] != {o.answer} for o in shared), len(shared)),
    )


def _wrong(planted: Iterable[Read]) -> Rate:
    answers = list(planted)
    return rate_of(sum(one.answer is not one.truth for one in answers), len(answers))


def machine_rates(readings: Sequence[Read]) -> MachineRates:
    """The machine's rates; a pair counts once, by its last reading."""
    planted = {one.pair: (one.machine, one.truth) for one in readings if one.truth is not None}
    said = {
        one.pair: (one.machine, one.answer)
        for one in readings
        if one.truth is None and one.answer.definite and not one.opened
    }
    return MachineRates(
        *(_against(planted.values(), kind) for kind in (Answer.SAME, Answer.DIFFERENT)),
        *(_against(said.values(), kind) for kind in (Answer.SAME, Answer.DIFFERENT)),
    )


def _against(found: Iterable[tuple[str, Answer | None]], kind: Answer) -> Rate:
    told = [truth for machine, truth in found if machine == kind.value]
    return rate_of(sum(truth is not kind for truth in told), len(told))
