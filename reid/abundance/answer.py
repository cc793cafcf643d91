"""How many leopards: an answer with everything that makes it unsure. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reid.abundance.captures import Capture, Ground, Links, Season, ground_of, nodes_of
from reid.abundance.drawing import draw_nodes
from reid.abundance.estimators import ESTIMATORS, Estimate, caught
from reid.abundance.mistakes import Mistakes, parted, rate_drawn, recognised
from reid.abundance.openness import as_drawn, at_least, bars_of, fewest, most
from reid.decide.animals import PROBABLE

DRAWS = 100
LOW, HIGH = 0.025, 0.975
LIKELY, UNLIKELY = 0.9, 0.1
"""Priors of "same" for the fewest and for the most animals; one half for the evidence itself."""
FEW = 5
"""Animals below which how many were never photographed is not estimated."""
MISTAKES = ("missed", "joined")


@dataclass(frozen=True, slots=True)
class Band:
    """95 % of the draws, and their middle; ``inf`` where there is no end."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimated:
    """Estimates of one kind over the draws; ``low`` and ``high`` hold their 95 % intervals too."""

    method: str
    band: Band
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """What comes out if it is so: animals photographed, and estimates with the unseen ones.

    ``kind``: evidence (draws as they fall), fewest and most (what nobody compared put together, or
    left apart), missed and joined (people's mistakes on named animals).
    """

    kind: str
    animals: Band
    estimates: tuple[Estimated, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """Animals photographed.

    ``least`` and ``most`` hold whatever the pictures leave open; ``low`` and ``high`` are 95 % of
    the draws with what nobody compared both ways; ``probable`` only where neither that nor the
    prior moves it.
    """

    least: int
    most: int
    low: int
    high: int
    probable: int | None

    def __str__(self) -> str:
        drawn = f"{self.low} to {self.high} in 95 % of draws"
        return f"at least {self.least}, at most {self.most} animals, {drawn}"


@dataclass(frozen=True, slots=True)
class SeasonAnswer:
    """One season, or all of them. ``withheld``: why there are no estimates; "" where there are."""

    name: str
    captures: int
    named: int
    unnamed: int
    occasions: int | None
    count: Count
    scenarios: tuple[Scenario, ...]
    withheld: str

    def over_all(self) -> tuple[Estimated, ...]:
        """Every method's widest band: over all scenarios."""
        told = [one.estimates for one in self.scenarios]
        middle = told[0] if told else ()
        return tuple(
            Estimated(
                one.method,
                Band(
                    min(e[k].band.low for e in told),
                    one.band.middle,
                    max(e[k].band.high for e in told),
                ),
                min(e[k].low for e in told),
                max(e[k].high for e in told),
            )
            for k, one in enumerate(middle)
        )


@dataclass(frozen=True, slots=True)
class Abundance:
    """The answer: over everything (``whole``, no estimates), and season by season."""

    whole: SeasonAnswer
    seasons: tuple[SeasonAnswer, ...]
    mistakes: Mistakes
    draws: int
    seed: int
    notes: tuple[str, ...] = ()


def abundance(
    captures: Sequence[Capture],
    seasons: Sequence[Season],
    evidence: Links,
    mistakes: Mistakes,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    notes: tuple[str, ...] = (),
) -> Abundance:
    """How many animals ``captures`` show, and how many there may be in each season.

    ``evidence`` on pairs of sightings as `reid.abundance.captures.Links`; the same input gives
    the same answer.
    """
    ground, told = (
        ground_of(captures, evidence),
        _Told.of(captures, evidence, mistakes, draws, seed),
    )
    everything = Season("all", tuple(range(len(captures))))
    return Abundance(
        _season(everything, captures, ground, told, "the seasons are estimated one by one"),
        tuple(_season(one, captures, ground, told, _withheld(one, told)) for one in seasons),
        mistakes,
        draws,
        seed,
        notes,
    )


def count_of(captures: Sequence[Capture], evidence: Links, *, draws: int = DRAWS) -> Count:
    """Only the animals photographed."""
    return abundance(captures, (), evidence, Mistakes(), draws=draws).whole.count


@dataclass(frozen=True, slots=True)
class _Told:
    """By scenario and draw: the animal of every capture."""

    ways: dict[str, list[list[str]]]

    @classmethod
    def of(
        cls,
        captures: Sequence[Capture],
        evidence: Links,
        mistakes: Mistakes,
        draws: int,
        seed: int,
    ) -> _Told:
        ground, nodes = ground_of(captures, evidence), nodes_of(captures)
        bars, random = bars_of(ground), np.random.default_rng(seed)
        priors = {"evidence": 0.5, "fewest": LIKELY, "most": UNLIKELY}
        found: dict[str, list[list[str]]] = {}
        for kind, prior in priors.items():
            whole = [as_drawn(ground, d) for d in _drawn(ground, draws, seed, prior)]
            if kind == "fewest":
                whole = [fewest(bars, who) for who in whole]
            if kind == "most":
                whole = [most(ground, who) for who in whole]
            found[kind] = [[who[node] for node in nodes] for who in whole]
        named = [bool(one.individual) for one in captures]
        wrong: list[tuple[str, Callable[..., list[str]]]] = [("missed", recognised)]
        wrong += [("joined", parted)] if mistakes.joined else []
        for kind, mistaken in wrong if any(named) else []:
            rate = mistakes.joined if kind == "joined" and mistakes.joined else mistakes.missed
            found[kind] = [
                mistaken(way, named, rate_drawn(rate, random), random) for way in found["evidence"]
            ]
        return cls(found)


def _drawn(ground: Ground, draws: int, seed: int, prior: float) -> list[dict[str, str]]:
    return draw_nodes(ground, draws, seed, prior_same=prior)


def _withheld(season: Season, told: _Told) -> str:
    if season.occasions is None:
        return "it is not known when cameras were out: import the deployments"
    if season.occasions < 2:
        return "it takes two occasions or more: make them shorter"
    seen = _band([len({way[k] for k in season.members}) for way in told.ways["evidence"]]).middle
    if seen < FEW:
        return f"fewer than {FEW} animals tell nothing of those never photographed"
    return ""


def _season(
    season: Season,
    captures: Sequence[Capture],
    ground: Ground,
    told: _Told,
    withheld: str,
) -> SeasonAnswer:
    own = [captures[k] for k in season.members]
    inside = set(nodes_of(own))
    near = Ground(
        tuple(name for name in ground.unnamed if name in inside),
        {name: side for name, side in ground.sides.items() if name in inside},
        ground.links,
    )
    scenarios = tuple(_scenario(kind, ways, season, withheld) for kind, ways in told.ways.items())
    return SeasonAnswer(
        season.name,
        len(own),
        len(near.sides),
        len(near.unnamed),
        season.occasions,
        _count(near, [one for one in scenarios if one.kind not in MISTAKES], told, season),
        scenarios,
        withheld,
    )


def _count(near: Ground, scenarios: Sequence[Scenario], told: _Told, season: Season) -> Count:
    least = at_least(near)
    most_ = len(near.sides) + len(near.unnamed)
    low = min((one.animals.low for one in scenarios), default=0)
    high = max((one.animals.high for one in scenarios), default=0)
    counts = [
        Counter(len({way[k] for k in season.members}) for way in told.ways[kind])
        for kind in ("evidence", "fewest", "most")
    ]
    modes = {found.most_common(1)[0][0] for found in counts if found}
    sure = max(counts[0].values(), default=0) >= PROBABLE * counts[0].total()
    probable = modes.pop() if len(modes) == 1 and sure and season.members else None
    return Count(least, most_, int(max(low, least)), int(min(high, most_)), probable)


def _scenario(kind: str, ways: Sequence[Sequence[str]], season: Season, withheld: str) -> Scenario:
    animals = _band([len({way[k] for k in season.members}) for way in ways])
    if withheld or season.occasions is None:
        return Scenario(kind, animals, ())
    histories = [_times(way, season) for way in ways]
    estimates = []
    for method, estimate in ESTIMATORS.items():
        found = [estimate(caught(times, season.occasions)) for times in histories]
        estimates.append(_estimated(method, found))
    return Scenario(kind, animals, tuple(estimates))


def _times(way: Sequence[str], season: Season) -> list[int]:
    """The number of occasions in which each animal was caught."""
    seen: dict[str, set[int]] = {}
    for place, occasion in zip(season.members, season.occasion, strict=True):
        seen.setdefault(way[place], set()).add(occasion)
    return [len(occasions) for occasions in seen.values()]


def _estimated(method: str, found: Sequence[Estimate]) -> Estimated:
    lows, highs = [one.low for one in found], [one.high for one in found]
    return Estimated(method, _band([o.number for o in found]), _band(lows).low, _band(highs).high)


def _band(numbers: Sequence[float]) -> Band:
    if not len(numbers):
        return Band(0, 0, 0)
    low, middle, high = np.quantile(numbers, [LOW, 0.5, HIGH], method="inverted_cdf")
    return Band(float(low), float(middle), float(high))
