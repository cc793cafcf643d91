"""An abundance as JSON; a number without an upper end is null."""

from __future__ import annotations

import math
from typing import Any

from reid.abundance.answer import Abundance, Band, Estimated, Scenario, SeasonAnswer
from reid.abundance.words import headline, sentences
from reid.review import Rate


def abundance_json(found: Abundance) -> dict[str, Any]:
    """The answer, its sentences first."""
    return {
        "summary": headline(found.whole.count),
        "sentences": sentences(found),
        "whole": _season(found.whole),
        "seasons": [_season(one) for one in found.seasons],
        "mistakes": {
            "missed": _rate(found.mistakes.missed),
            "joined": None if found.mistakes.joined is None else _rate(found.mistakes.joined),
            "measured": found.mistakes.measured,
        },
        "draws": found.draws,
        "seed": found.seed,
    }


def _season(one: SeasonAnswer) -> dict[str, Any]:
    count = one.count
    return {
        "name": one.name,
        "captures": one.captures,
        "named": one.named,
        "unnamed": one.unnamed,
        "occasions": one.occasions,
        "least": count.least,
        "most": count.most,
        "low": count.low,
        "high": count.high,
        "probable": count.probable,
        "withheld": one.withheld,
        "estimates": [_estimated(e) for e in one.over_all()],
        "scenarios": [_scenario(s) for s in one.scenarios],
    }


def _scenario(one: Scenario) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "animals": _band(one.animals),
        "estimates": [_estimated(e) for e in one.estimates],
    }


def _estimated(one: Estimated) -> dict[str, Any]:
    return {
        "method": one.method,
        **_band(one.band),
        "interval_low": _number(one.low),
        "interval_high": _number(one.high),
    }


def _band(one: Band) -> dict[str, float | None]:
    return {"low": _number(one.low), "middle": _number(one.middle), "high": _number(one.high)}


def _rate(one: Rate) -> dict[str, Any]:
    return {"wrong": one.wrong, "answers": one.answers, "low": one.low, "high": one.high}


def _number(value: float) -> float | None:
    return None if math.isinf(value) else round(value, 4)
