"""How many leopards, going out."""

from __future__ import annotations

from typing import Literal

from service.schemas.base import Out


class AnimalsOut(Out):
    """The middle of the draws and 95 % of them; null: without bound."""

    low: float | None
    middle: float | None
    high: float | None


class EstimateOut(AnimalsOut):
    """Animals that were there, seen or not, by one method over all draws and its own interval."""

    method: Literal["M0", "Mh-jackknife", "Chao"]
    interval_low: float | None
    interval_high: float | None


class ScenarioOut(Out):
    """One way to take what is unsure."""

    kind: Literal["evidence", "fewest", "most", "missed", "joined"]
    animals: AnimalsOut
    estimates: list[EstimateOut]


class SeasonOut(Out):
    """A session, or everything: at least, at most, probably; `withheld` says why no estimate."""

    name: str
    captures: int
    named: int
    unnamed: int
    occasions: int | None
    least: int
    most: int
    low: int
    high: int
    probable: int | None
    withheld: str
    estimates: list[EstimateOut]
    scenarios: list[ScenarioOut]


class MistakesRateOut(Out):
    """Wrong answers among all, with a 95 % interval."""

    wrong: int
    answers: int
    low: float
    high: float


class MistakesOut(Out):
    """How often people miss a re-sighting, and take two for one; whether review measured it."""

    missed: MistakesRateOut
    joined: MistakesRateOut | None
    measured: bool


class AbundanceOut(Out):
    """How many there are, in sentences first; no position can be told from it."""

    summary: str
    sentences: list[str]
    whole: SeasonOut
    seasons: list[SeasonOut]
    mistakes: MistakesOut
    draws: int
    seed: int
