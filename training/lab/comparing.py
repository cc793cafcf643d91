"""Every figure of champion and challenger on the same pictures, with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from training.calibration.metrics import calibration_error, cllr, wrong_and_covered
from training.evaluation.retrieval.bootstrap import (
    coded,
    draws,
    figure_of,
    mean_figure,
    pair_weight,
)
from training.evaluation.retrieval.paired import measured
from training.evaluation.retrieval.predictions import Prediction
from training.lab.gate import EVIDENCE, OWN, RETRIEVAL, Line
from training.lab.strata import LEAST_STRATUM, Bools, Words, strata_of

Floats = NDArray[np.float64]
PAIR_REPLICATES = 400
LEAST = 2
"""Individuals of a whole set: one has no interval, and would refuse or pass by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """Champion and challenger on one set: predictions of the same queries and pairs.

    ``llr``: (k,) of the pairs under either calibration, None where no evidence was asked.
    ``stations``: of the queries (n,) and of the gallery (m,), "" where it is not known.
    """

    name: str
    champion: Prediction
    challenger: Prediction
    champion_llr: Floats | None = None
    challenger_llr: Floats | None = None
    stations: tuple[Words, Words] | None = None

    def __post_init__(self) -> None:
        if not np.array_equal(self.champion.queries.id, self.challenger.queries.id):
            raise InputError(f"{self.name}: expected the same queries of champion and challenger")


@dataclass(frozen=True, slots=True)
class Compared:
    """Lines, and in words what there was too little of to make one."""

    lines: tuple[Line, ...] = field(repr=False)
    omitted: tuple[str, ...] = ()


def compare(sets: Sequence[Both], *, replicates: int = 1000) -> Compared:
    """Every figure of every set, then of the own set's strata of five individuals or more."""
    found = [one for both in sets for one in _compared(both, replicates)]
    lines = tuple(line for one in found for line in one.lines)
    return Compared(lines, tuple(word for one in found for word in one.omitted))


def _compared(both: Both, replicates: int) -> Iterator[Compared]:
    ground = _Ground(both, measured(both.champion), measured(both.challenger), replicates)
    everything = np.ones(len(both.champion.queries), dtype=np.bool_)
    yield ground.lines(both.name, everything, np.ones(len(both.champion.pairs), np.bool_), LEAST)
    if both.name == OWN:
        for one in strata_of(both.champion, both.stations):
            yield ground.lines(f"{OWN}, {one.name}", one.queries, one.pairs, LEAST_STRATUM)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """A set with what was measured of each query, which every stratum of it shares."""

    both: Both
    before: Mapping[str, Floats]
    after: Mapping[str, Floats]
    replicates: int

    def lines(self, where: str, queries: Bools, pairs: Bools, least: int) -> Compared:
        """All figures over some queries (n,) and pairs (k,), of ``least`` individuals at least."""
        found, few = self._retrieval(where, queries, least)
        evidence, lack = self._evidence(where, pairs, least)
        told = [(few, " and ".join(RETRIEVAL)), (lack, ", ".join(EVIDENCE))]
        omitted = tuple(f"{where}: {why}: {names} not compared" for why, names in told if why)
        return Compared((*found, *evidence), omitted)

    def _retrieval(self, where: str, keep: Bools, least: int) -> tuple[list[Line], str]:
        """Lines, or why there are none."""
        use = keep & ~np.isnan(self.before["mAP"]) & ~np.isnan(self.after["mAP"])
        individual = coded(self.both.champion.queries.individual[use])
        count = int(individual.max(initial=-1)) + 1
        if count < least:
            return [], _few(count, "who could be found again", least)
        counts = draws(count, replicates=self.replicates)
        lines = []
        for name in RETRIEVAL:
            before, after = self.before[name][use], self.after[name][use]
            difference = mean_figure(after - before, individual, counts)
            values = float(before.mean()), float(after.mean())
            lines.append(Line(where, name, *values, difference, count))
        return lines, ""

    def _evidence(self, where: str, keep: Bools, least: int) -> tuple[list[Line], str]:
        """Lines, or why there are none."""
        said, llr = self.both.champion, (self.both.champion_llr, self.both.challenger_llr)
        if llr[0] is None or llr[1] is None:
            return [], "evidence of pairs was not asked" if len(said.pairs) else "no pairs"
        before, after, same = llr[0][keep], llr[1][keep], said.pair_same[keep]
        a, b = said.pairs[keep].T
        one, other = said.queries.individual[a], said.gallery.individual[b]
        twice = len(np.unique(one[same]))
        if twice < least:
            return [], _few(twice, "in pairs of one animal", least)
        if same.all():
            return [], "no pairs of different animals"
        code = coded([*one, *other])
        first, second, count = code[: len(a)], code[len(a) :], int(code.max()) + 1
        counts = draws(count, replicates=min(self.replicates, PAIR_REPLICATES))
        weights = [pair_weight(row, first, second) for row in counts]
        lines = []
        for name in EVIDENCE:
            values = [_cost(name, values, same, None) for values in (before, after)]
            drawn = [_gap(name, after, before, same, weight) for weight in weights]
            difference = figure_of(values[1] - values[0], np.array(drawn))
            lines.append(Line(where, name, *values, difference, count))
        return lines, ""


def _few(count: int, what: str, least: int) -> str:
    noun = "individual" if count == 1 else "individuals"
    return f"{count} {noun} {what}, at least {least} needed"


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
