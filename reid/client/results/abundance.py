"""How many leopards, as the service tells it."""

from __future__ import annotations

from typing import Literal

from reid.client.results.base import Result


class Animals(Result):
    """The middle of the draws and 95 % of them; null: without bound."""

    low: float | None
    middle: float | None
    high: float | None


class Estimate(Animals):
    """Animals that were there, seen or not, by one method over all draws and its own interval."""

    method: Literal["M0", "Mh-jackknife", "Chao"]
    interval_low: float | None
    interval_high: float | None


class Scenario(Result):
    """One way to take what is unsure."""

    kind: Literal["evidence", "fewest", "most", "missed", "joined"]
    animals: Animals
    estimates: list[Estimate]


class Season(Result):
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
    estimates: list[Estimate]
    scenarios: list[Scenario]


class MistakesRate(Result):
    """Wrong answers among all, with a 95 % interval."""

    wrong: int
    answers: int
    low: float
    high: float


class Mistakes(Result):
    """How often people miss a re-sighting, and take two for one; whether review measured it."""

    missed: MistakesRate
    joined: MistakesRate | None
    measured: bool


class Abundance(Result):
    """How many there are, in sentences first; no position can be told from it."""

    summary: str
    sentences: list[str]
    whole: Season
    seasons: list[Season]
    mistakes: Mistakes
    draws: int
    seed: int
