"""Champion and challenger on the same pictures: better, worse, or not to be told apart, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from training.calibration.metrics import calibration_error, cllr, wrong_and_covered
from training.evaluation.retrieval.bootstrap import (
    Figure,
    coded,
    draws,
    figure_of,
    mean_figure,
    pair_weight,
)
from training.evaluation.retrieval.paired import measured
from training.evaluation.retrieval.predictions import Prediction

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
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
LEAST_STRATUM = 5
"""Individuals below which a stratum's interval would say nothing."""


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
    """What the gate says: ``passed`` by itself or ``overridden`` by a person, with reasons."""

    champion: str
    challenger: str
    lines: tuple[Line, ...] = field(repr=False)
    refusals: tuple[str, ...]
    notes: tuple[str, ...]
    overridden_by: str = ""
    override_reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing spoke against it, or a person took it upon them."""
        return not self.refusals or bool(self.overridden_by)

    def line(self, where: str, figure: str) -> Line:
        """The line of one set and figure. Raises KeyError."""
        for one in self.lines:
            if (one.where, one.figure) == (where, figure):
                return one
        raise KeyError(f"{where}, {figure}")


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """Champion and challenger on one set: predictions of the same queries and pairs.

    ``llr``: (k,) of the pairs under either calibration, None where no evidence was asked.
    ``station``: (n,) of the queries.
    """

    name: str
    champion: Prediction
    challenger: Prediction
    champion_llr: Floats | None = None
    challenger_llr: Floats | None = None
    station: NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        if not np.array_equal(self.champion.queries.id, self.challenger.queries.id):
            raise InputError(f"{self.name}: expected the same queries of champion and challenger")


def compare(sets: Sequence[Both], *, replicates: int = 1000) -> tuple[Line, ...]:
    """Every figure of every set, then of the own set's strata."""
    lines = []
    for both in sets:
        lines += _retrieval(both.name, both, None, replicates)
        lines += _evidence(both, replicates)
        if both.name == OWN:
            for stratum, keep in _strata(both).items():
                lines += _retrieval(f"{OWN}, {stratum}", both, keep, replicates)
    return tuple(lines)


def judge(
    lines: Sequence[Line],
    *,
    champion: str,
    challenger: str,
    contradicted: int = 0,
    sightings: int = 0,
    override: str = "",
    by: str = "",
) -> Gate:
    """Pass or refuse, in words.

    Refused: worse than the champion by more than a margin anywhere, nowhere better on the own
    held-out individuals, or more labels contradicted than ``MOST_WRONG_LABELS``.

    Raises:
        InputError: an override without a person or a reason.
    """
    if bool(override.strip()) != bool(by.strip()):
        raise InputError("an override needs a reason and who takes it: give both, or neither")
    refusals = [_regression(line) for line in lines if line.worse]
    own = [line for line in lines if line.where == OWN]
    if not any(line.better for line in own):
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
    notes = [_unsure(line) for line in own if _wide(line)]
    taken = by.strip() if refusals else ""
    return Gate(
        champion, challenger, tuple(lines), tuple(refusals), tuple(notes), taken,
        override.strip() if taken else "",
    )  # fmt: skip


def _regression(line: Line) -> str:
    margin = MARGINS[line.figure]
    return (
        f"{line.where}: {line.figure} {line.champion:.3f} became {line.challenger:.3f} "
        f"(difference {line.difference}), worse by more than {margin:g}"
    )


def _wide(line: Line) -> bool:
    _, low, high = line.gain
    return not line.worse and not line.better and low < -MARGINS[line.figure] < high


def _unsure(line: Line) -> str:
    return (
        f"{line.where}: {line.figure} could be worse by more than {MARGINS[line.figure]:g} "
        f"(difference {line.difference} over {line.individuals} individuals): too few to tell"
    )


def _retrieval(where: str, both: Both, keep: Bools | None, replicates: int) -> list[Line]:
    first, second = measured(both.champion), measured(both.challenger)
    use = ~np.isnan(first["mAP"]) & ~np.isnan(second["mAP"])
    use &= True if keep is None else keep
    if not use.any():
        return []
    individual = coded(both.champion.queries.individual[use])
    count = int(individual.max()) + 1
    counts = draws(count, replicates=replicates)
    lines = []
    for name in RETRIEVAL:
        before, after = first[name][use], second[name][use]
        difference = mean_figure(after - before, individual, counts)
        lines.append(
            Line(where, name, float(before.mean()), float(after.mean()), difference, count)
        )
    return lines


def _evidence(both: Both, replicates: int) -> list[Line]:
    before, after = both.champion_llr, both.challenger_llr
    same = both.champion.pair_same
    if before is None or after is None or not same.any() or same.all():
        return []
    a, b = both.champion.pairs.T
    who = [*both.champion.queries.individual[a], *both.champion.gallery.individual[b]]
    code = coded(who)
    first, second = code[: len(a)], code[len(a) :]
    counts = draws(int(code.max()) + 1, replicates=min(replicates, 400))
    lines = []
    for name in EVIDENCE:
        values = [_cost(name, llr, same, None) for llr in (before, after)]
        drawn = [_gap(name, after, before, same, pair_weight(row, first, second)) for row in counts]
        difference = figure_of(values[1] - values[0], np.array(drawn))
        lines.append(Line(both.name, name, *values, difference, int(code.max()) + 1))
    return lines


def _gap(name: str, after: Floats, before: Floats, same: Bools, weight: Floats) -> float:
    if not weight[same].any() or not weight[~same].any():
        return float("nan")
    return _cost(name, after, same, weight) - _cost(name, before, same, weight)


def _cost(name: str, llr: Floats, same: Bools, weight: Floats | None) -> float:
    if name == "Cllr":
        return cllr(llr, same, weight)
    if name == "ECE":
        return calibration_error(llr, same, weight)
    return wrong_and_covered(llr, same, 0.01, weight)[0]


def _strata(both: Both) -> dict[str, Bools]:
    """Light, flank and station of the queries, of at least five individuals each."""
    queries = both.champion.queries
    flank = np.array([name.rsplit("|", 1)[-1] for name in queries.flank_class])
    columns: dict[str, NDArray[Any]] = {"light": queries.light, "flank": flank}
    if both.station is not None:
        columns["station"] = both.station
    found = {}
    for title, column in columns.items():
        for value in np.unique(column):
            keep = np.asarray(column == value)
            many = len(np.unique(queries.individual[keep])) >= LEAST_STRATUM
            if value and many and not keep.all():
                found[f"{title} {value}"] = keep
    return found
