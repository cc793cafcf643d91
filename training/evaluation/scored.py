"""Pairs of pictures scored by every local method: the raw ``pattern`` alone, and its order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reid.local.contract import LocalExtractor
from reid.local.load import load_extractor
from reid.pipeline.methods import METHODS, load_method
from reid.types import LocalFeatures
from training.calibration.metrics import above_every_different, auc
from training.evaluation.lookalikes import SAME, PairSet
from training.evaluation.retrieval.bootstrap import Figure, coded, draws, pair_figure

Floats = NDArray[np.float64]
Measure = Callable[[Floats, NDArray[np.bool_], Floats | None], float]
EVERY = "all pairs"
REPLICATES = 500


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A set of pairs: ``kinds`` (n,), ``units`` two of (n,), ``pattern`` by method (n,) each.

    ``units`` number what the bootstrap draws: frames, identities or groups.
    """

    name: str
    kinds: NDArray[np.str_]
    units: tuple[NDArray[np.int64], NDArray[np.int64]]
    pattern: dict[str, Floats] = field(repr=False)

    @property
    def same(self) -> NDArray[np.bool_]:
        """Which pairs are of one animal."""
        return np.asarray(self.kinds == SAME, dtype=np.bool_)

    def others(self) -> list[str]:
        """The kinds of different pairs, in the order of the set."""
        return [str(kind) for kind in dict.fromkeys(self.kinds) if kind != SAME]

    def order(self, score: Floats, kind: str = EVERY) -> Figure:
        """AUC of the same pairs against one kind of different pairs."""
        return self._figure(auc, score, kind)

    def above(self, score: Floats) -> Figure:
        """Share of the same pairs that score higher than every different pair."""
        return self._figure(above_every_different, score, EVERY)

    def _figure(self, measure: Measure, score: Floats, kind: str) -> Figure:
        keep = self.same | (self.kinds == kind) if kind != EVERY else np.ones_like(self.same)
        value, same = score[keep], self.same[keep]
        a, b = (unit[keep] for unit in self.units)
        counts = draws(int(max(u.max() for u in self.units)) + 1, replicates=REPLICATES)

        def weighted(weight: Floats) -> float:
            return measure(value, same, weight)

        return pair_figure(weighted, a, b, counts, measure(value, same, None))


@dataclass(slots=True)
class Clock:
    """CPU milliseconds of each extraction by extractor, and of each pair by method."""

    extract: dict[str, list[float]] = field(default_factory=dict)
    pair: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def sum(cls, clocks: Iterable[Clock]) -> Clock:
        """All times of several clocks."""
        total = cls()
        for clock in clocks:
            for mine, theirs in ((total.extract, clock.extract), (total.pair, clock.pair)):
                for name, times_ms in theirs.items():
                    mine.setdefault(name, []).extend(times_ms)
        return total


def score(pairs: PairSet, clock: Clock) -> Scored:
    """All pairs through all methods; each extractor looks at a picture once."""
    pattern: dict[str, Floats] = {}
    for extractor in dict.fromkeys(names[0] for names in METHODS.values()):
        looks = _Looks(load_extractor(extractor), pairs, clock.extract.setdefault(extractor, []))
        for name in (n for n, names in METHODS.items() if names[0] == extractor):
            pattern[name] = _patterns(name, pairs, looks, clock.pair.setdefault(name, []))
    unit = coded([pairs.pictures[k].unit for p in pairs.pairs for k in (p.a, p.b)])
    kinds = np.array([p.kind for p in pairs.pairs])
    ordered = {name: pattern[name] for name in METHODS}
    return Scored(pairs.name, kinds, (unit[::2], unit[1::2]), ordered)


class _Looks:
    """Features of a set's pictures by one extractor, as they are and mirrored, each made once."""

    def __init__(self, extractor: LocalExtractor, pairs: PairSet, times_ms: list[float]) -> None:
        self._extractor, self._pairs, self._times_ms = extractor, pairs, times_ms
        self._made: dict[tuple[str, bool], LocalFeatures] = {}

    def __call__(self, key: str, *, mirrored: bool = False) -> LocalFeatures:
        if (key, mirrored) not in self._made:
            picture = self._pairs.pictures[key]
            look = self._extractor.mirrored if mirrored else self._extractor.animal
            began = time.process_time()
            self._made[key, mirrored] = look(picture.image, picture.annotation)
            self._times_ms.append(1000 * (time.process_time() - began))
        return self._made[key, mirrored]


def _patterns(name: str, pairs: PairSet, looks: _Looks, times_ms: list[float]) -> Floats:
    method = load_method(name)
    found = []
    for pair in pairs.pairs:
        a, b = looks(pair.a), looks(pair.b, mirrored=pair.mirrored)
        began = time.process_time()
        kept = method.verifier.verify(a, b, method.matcher.match(a, b))
        times_ms.append(1000 * (time.process_time() - began))
        found.append(kept.scores["pattern"])
    return np.array(found, dtype=np.float64)
