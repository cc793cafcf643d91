"""An abundance in sentences: never a bare number."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reid.abundance.answer import Abundance, Count, Estimated, Scenario, SeasonAnswer
from reid.abundance.mistakes import PUBLISHED_SAID
from reid.types.words import percent

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
NAMES = {
    "Chao": "Chao's lower bound",
    "M0": "all equally easy to catch (M0)",
    "Mh-jackknife": "differing in that (Mh, jackknife)",
}
SCENARIOS = {
    "evidence": "as the evidence has it",
    "fewest": "whatever nobody compared put together, prior 0.9",
    "most": "whatever nobody compared left apart, prior 0.1",
    "missed": "people did not recognise some that they knew",
    "joined": "people took some for others",
}


def headline(count: Count, animal: str = "leopard") -> str:
    """At least one and probably one leopard; at most three."""
    if not count.most:
        return f"No {animal}s were seen."
    if count.least == count.most:
        return f"As they are named, the pictures show {_many(count.least, animal)}."
    least = f"At least {_many(count.least)}"
    if count.probable is not None:
        text = f"{least} and probably {_many(count.probable, animal)}"
    else:
        text = f"At least {_many(count.least, animal)}"
    return f"{text}; at most {_many(count.most)}."


def sentences(found: Abundance, animal: str = "leopard") -> list[str]:
    """The whole answer."""
    told = [headline(found.whole.count, animal), *_ground(found.whole), *_mistaken(found)]
    for season in found.seasons:
        told += _season(season, animal, alone=len(found.seasons) == 1)
    return [*told, *found.notes]


def _ground(whole: SeasonAnswer) -> Iterator[str]:
    count = whole.count
    if whole.unnamed:
        yield (
            f"{whole.named} named and {whole.unnamed} sightings that nobody named: "
            f"{_range(count.low, count.high)} in 95 % of the ways in which they may fall, "
            "with what nobody compared taken both ways."
        )
    elif count.least < count.most:
        yield (
            "Some are known by their left flank alone and some by their right alone: these may be "
            "the same animals."
        )


def _mistaken(found: Abundance) -> Iterator[str]:
    kinds = {one.kind: one for one in found.whole.scenarios}
    if "missed" not in kinds:
        return
    rate = found.mistakes.missed
    said = f"{percent(rate.rate or 0.0)}, as measured here" if found.mistakes.measured else ""
    yield (
        f"If people did not recognise animals that they knew ({said or PUBLISHED_SAID}): "
        f"{_animals(kinds['missed'])}."
    )
    if "joined" in kinds and found.mistakes.joined:
        share = percent(found.mistakes.joined.rate or 0.0)
        joined = _animals(kinds["joined"])
        yield f"If they took some for others ({share}, as measured here): {joined}."
    else:
        yield (
            "How often people here take two animals for one was not measured; `reid review` "
            "measures it on pairs whose answer is known."
        )


def _season(season: SeasonAnswer, animal: str, *, alone: bool) -> Iterator[str]:
    before = "" if alone else f"{season.name}: "
    if not alone:
        yield f"{before}{headline(season.count, animal)}"
    if season.withheld:
        yield f"{before}Those never photographed are not estimated: {season.withheld}."
        return
    yield (
        f"{before}With those never photographed, in {season.occasions} occasions, over every way "
        "of naming and every mistake above (and with the chance of being photographed):"
    )
    for one in sorted(season.over_all(), key=lambda one: list(NAMES).index(one.method)):
        yield f"  {NAMES[one.method]}: {_estimate(one)}"


def _estimate(one: Estimated) -> str:
    inner = _range(one.band.low, one.band.high)
    return f"{inner} ({_range(one.low, one.high)})"


def _animals(one: Scenario) -> str:
    return _range(one.animals.low, one.animals.high)


def _range(low: float, high: float) -> str:
    if math.isinf(low):
        return "no number (nobody came back)"
    if math.isinf(high):
        return f"{_whole(low)} or more, without an upper end"
    return _whole(low) if _whole(low) == _whole(high) else f"{_whole(low)} to {_whole(high)}"


def _whole(number: float) -> str:
    return f"{round(number):,}"


def _many(count: int, noun: str = "") -> str:
    word = NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
    return f"{word} {noun}{'' if count == 1 else 's'}" if noun else word
