"""What the mistakes of people who name animals do to a count. Pure.

A sighting that is not recognised makes an animal of its own, which is the commoner mistake and
the worse one for a count; one that is taken for another animal takes an animal away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reid.review import Rate, ReviewerRates, rate_of

ENOUGH = 20
"""Answers from which the own rate counts, and not the published one."""
PUBLISHED = rate_of(40, 320)
"""Eight observers, 40 sightings of 16 snow leopards: 12.5 % misclassified, nearly all as animals
of their own. Johansson et al. (2020), Sci. Rep. 10:6393."""
PUBLISHED_SAID = "12.5 %, as people were measured on snow leopards by Johansson et al. (2020)"


@dataclass(frozen=True, slots=True)
class Mistakes:
    """``missed``: of sightings of a known animal, those called another; ``joined``: of sightings
    of two animals, those called one, None where it was not measured. ``measured`` here: missed.
    """

    missed: Rate = PUBLISHED
    joined: Rate | None = None
    measured: bool = False


def mistakes_of(rates: Sequence[ReviewerRates]) -> Mistakes:
    """All reviewers' planted pairs together; the published rate where they are too few."""
    missed = _pooled([one.wrong_different for one in rates])
    joined = _pooled([one.wrong_same for one in rates])
    enough = missed.answers >= ENOUGH
    return Mistakes(
        missed if enough else PUBLISHED, joined if joined.answers >= ENOUGH else None, enough
    )


def _pooled(rates: Sequence[Rate]) -> Rate:
    return rate_of(sum(one.wrong for one in rates), sum(one.answers for one in rates))


def rate_drawn(rate: Rate, random: np.random.Generator) -> float:
    """From the posterior of the rate under Jeffreys' prior."""
    return float(random.beta(rate.wrong + 0.5, rate.answers - rate.wrong + 0.5))


def recognised(
    animals: Sequence[str], named: Sequence[bool], rate: float, random: np.random.Generator
) -> list[str]:
    """The animals if so many sightings of known ones were not recognised.

    Every sighting by name but each animal's first had a chance of being missed, and so had the
    only sightings; those missed are among the only ones, and are somebody else's.
    """
    seen = Counter(who for who, known in zip(animals, named, strict=True) if known)
    alone = sorted(who for who, times in seen.items() if times == 1)
    again = sum(seen.values()) - len(seen)
    many = min(int(random.binomial(again + len(alone), rate)), len(alone), max(len(seen) - 1, 0))
    ghosts = set(random.choice(alone, many, replace=False)) if many else set()
    others = sorted(set(seen) - ghosts)
    really = {ghost: str(random.choice(others)) for ghost in sorted(ghosts)}
    return [really.get(who, who) for who in animals]


def parted(
    animals: Sequence[str], named: Sequence[bool], rate: float, random: np.random.Generator
) -> list[str]:
    """The animals if so many sightings by name were wrongly joined: each one of its own."""
    seen: set[str] = set()
    found = []
    for place, (who, known) in enumerate(zip(animals, named, strict=True)):
        wrong = known and who in seen and random.random() < rate
        found.append(f"parted-{place}" if wrong else who)
        seen.add(who)
    return found
