"""Champion and challenger on the same pictures: better, worse, or not to be told apart, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from reid.errors import InputError
from training.evaluation.retrieval.bootstrap import Figure

OWN = "held-out"
"""The set of the place's own held-out individuals."""
RETRIEVAL = ("top-1", "mAP")
EVIDENCE = ("Cllr", "ECE", "wrong at nominal 1 %")
HIGHER_IS_BETTER = frozenset(RETRIEVAL)
MARGINS: Mapping[str, float] = {
    "top-1": 0.02,
    "mAP": 0.02,
    "Cllr": 0.02,
    "ECE": 0.03,
    "wrong at nominal 1 %": 0.01,
}
"""How much worse a challenger may be: two pictures of a hundred found less often, a fiftieth of a
bit, three points of calibration, one more wrong verdict in a hundred."""
MOST_WRONG_LABELS = 0.02
"""Of the sightings that train: so many may contradict their label before a person must look."""


_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one set or stratum: both values, and the challenger's minus the champion's."""

    where: str
    figure: str
    champion: float
    challenger: float
    difference: Figure
    individuals: int

    @property
    def gain(self) -> tuple[float, float, float]:
        """Value, low and high of the difference, positive: the challenger is better."""
        d = self.difference
        if self.figure in HIGHER_IS_BETTER:
            return d.value, d.low, d.high
        return -d.value, -d.high, -d.low

    @property
    def worse(self) -> bool:
        """By more than the margin, and not by chance."""
        value, _, high = self.gain
        return value < -MARGINS[self.figure] and high < 0

    @property
    def better(self) -> bool:
        """By more than chance."""
        return self.gain[1] > 0


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate says, with reasons; ``taken`` by a person it is refused all the same.

    ``unjudged``: sets that could not judge, and why.
    """

    champion: str
    challenger: str
    lines: tuple[Line, ...] = field(repr=False)
    refusals: tuple[str, ...]
    notes: tuple[str, ...]
    overridden_by: str = ""
    override_reason: str = ""
    unjudged: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing spoke against it."""
        return not self.refusals

    @property
    def taken(self) -> bool:
        """Whether it was refused, and a person took it upon them."""
        return bool(self.overridden_by)

    def line(self, where: str, figure: str) -> Line:
        """The line of one set and figure. Raises KeyError."""
        for one in self.lines:
            if (one.where, one.figure) == (where, figure):
                return one
        raise KeyError(f"{where}, {figure}")


def judge(
    lines: Sequence[Line],
    *,
    champion: str,
    challenger: str,
    omitted: Sequence[str] = (),
    unjudged: Mapping[str, str] = _NOTHING,
    contradicted: int = 0,
    sightings: int = 0,
    override: str = "",
    by: str = "",
) -> Gate:
    """Pass or refuse, in words.

    Refused: worse than the champion by more than a margin anywhere, nowhere better on the own
    held-out individuals, or more labels contradicted than ``MOST_WRONG_LABELS``. Noted: what could
    still be worse by more than a margin, what was ``omitted`` (`comparing.compare`), and which sets
    could not judge and why (``unjudged``; of the own held-out individuals this refuses).

    Raises:
        InputError: an override without a person or a reason.
    """
    if bool(override.strip()) != bool(by.strip()):
        raise InputError("an override needs a reason and who takes it: give both, or neither")
    refusals = [_regression(line) for line in lines if line.worse]
    own = [line for line in lines if line.where == OWN]
    if OWN in unjudged:
        refusals.append(f"{OWN}: could not judge: {unjudged[OWN]}")
    elif not any(line.better for line in own):
        refusals.append(
            "no measurable gain on the held-out individuals: every interval reaches zero; keep the "
            "champion until there are more of them"
        )
    if sightings and contradicted > MOST_WRONG_LABELS * sightings:
        refusals.append(
            f"{contradicted} of {sightings} sightings contradict their label "
            f"({100 * contradicted / sightings:.1f} %, expected at most "
            f"{100 * MOST_WRONG_LABELS:g} %): look at them first (`reid train --suspicious`)"
        )
    silent = (f"{name}: could not judge: {why}" for name, why in unjudged.items() if name != OWN)
    notes = (*silent, *_unsure(lines), *omitted)
    taken = by.strip() if refusals else ""
    return Gate(
        champion, challenger, tuple(lines), tuple(refusals), notes, taken,
        override.strip() if taken else "", dict(unjudged),
    )  # fmt: skip


def _regression(line: Line) -> str:
    margin = MARGINS[line.figure]
    return (
        f"{line.where}: {line.figure} {line.champion:.3f} became {line.challenger:.3f} "
        f"(difference {line.difference}), worse by more than {margin:g}"
    )


def _unsure(lines: Sequence[Line]) -> Iterator[str]:
    """One note a set or stratum: every figure that could be worse, too few to tell."""
    for where, found in groupby(filter(_wide, lines), key=lambda line: line.where):
        wide = list(found)
        figures = ", ".join(f"{line.figure} ({_reach(line)})" for line in wide)
        least = min(line.individuals for line in wide)
        yield (
            f"{where}: could be worse by more than the margin: {figures}; {least} individuals "
            "are too few to tell"
        )


def _reach(line: Line) -> str:
    return f"difference {line.difference}, margin {MARGINS[line.figure]:g}"


def _wide(line: Line) -> bool:
    """Neither worse nor better, and a loss beyond the margin is not excluded (nor is it where
    there is no interval).
    """
    within = line.gain[1] >= -MARGINS[line.figure]
    return not line.worse and not line.better and not within
