"""How many there are at least, and the ways in which the unsure sightings may fall. Pure.

A flank tells nothing of the other: an animal known by its left alone and one known by its right
alone may be one. So the least number alive counts those known by both flanks, and the larger of
the left-only and right-only ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.decide import posterior
from reid.exporters.passages import Capture

APART = -30.0
"""The llr of two that a person called two animals: as sure as the numbers can hold."""
PRIOR_SAME = 0.5
Links = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Alive:
    """The minimum number known alive, and how far the animals behind may range.

    ``least`` and ``most`` hold whatever the pictures leave open; ``low`` and ``high`` are the
    2.5 and 97.5 % points of the draws (None without draws), given everybody who is named.
    """

    least: int
    most: int
    low: int | None = None
    high: int | None = None

    def __str__(self) -> str:
        drawn = f", {self.low} to {self.high} in 95 % of draws" if self.low is not None else ""
        return f"at least {self.least}, at most {self.most} animals{drawn}"


def sides_of(captures: Iterable[Capture]) -> dict[str, str]:
    """For every named animal: both, left, right, or unknown where no flank was told."""
    seen: dict[str, set[str]] = {}
    for one in captures:
        if one.individual:
            seen.setdefault(one.individual, set()).update(one.sides)
    return {
        name: "both" if len(sides) == 2 else next(iter(sides), "unknown")
        for name, sides in sorted(seen.items())
    }


def least_alive(sides: Mapping[str, str], unnamed: bool) -> int:
    """The least number of animals; one whose flank nobody told may be any other one.

    ``unnamed``: there are sightings of nobody in particular.
    """
    kinds = list(sides.values())
    known = kinds.count("both") + max(kinds.count("left"), kinds.count("right"))
    return max(known, int(bool(kinds) or unnamed))


def alive(captures: Sequence[Capture], draws: Sequence[Mapping[str, str]] = ()) -> Alive:
    """The bounds; ``draws`` (`drawn`) give the interval."""
    unnamed = {one.sighting for one in captures if not one.individual}
    sides = sides_of(captures)
    least, most = least_alive(sides, bool(unnamed)), len(sides) + len(unnamed)
    if not draws:
        return Alive(least, most)
    counts = [len({*sides, *(draw.get(name, name) for name in unnamed)}) for draw in draws]
    low, high = np.quantile(counts, [0.025, 0.975], method="inverted_cdf")
    return Alive(least, most, int(low), int(high))


def drawn(
    captures: Sequence[Capture], evidence: Links, count: int, seed: int
) -> list[dict[str, str]]:
    """``count`` ways in which the unnamed sightings may fall: who each is, by sighting.

    From the posterior over groupings (`reid.decide`) of sightings and named animals that evidence
    links, under a prior of one half; whom people named stay apart. A sighting that was compared
    with nobody is an animal of its own, "new-SIGHTING".
    """
    owner = {one.sighting: one.individual for one in captures if one.individual}
    unnamed = sorted({one.sighting for one in captures if not one.individual} - set(owner))
    known = set(owner.values())
    links = _links(evidence, owner, set(unnamed), known)
    random = np.random.default_rng(seed)
    found: list[dict[str, str]] = [{} for _ in range(count)]
    for block in _blocks(unnamed, links):
        table = _table(block, links, known)
        ways = posterior(table, PRIOR_SAME)
        chosen = random.choice(len(ways.probability), count, p=_normed(ways.probability))
        for draw, row in zip(found, chosen, strict=True):
            draw |= _named(block, ways.labels[row], known)
    return found


def _normed(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(probability / probability.sum(), dtype=np.float64)


def _links(
    evidence: Links, owner: Mapping[str, str], unnamed: set[str], known: set[str]
) -> dict[tuple[str, str], float]:
    """Between sightings and named animals: of several pictures' evidence the strongest."""
    found: dict[tuple[str, str], float] = {}
    for (a, b), llr in evidence.items():
        pair = tuple(sorted((_node(a, owner), _node(b, owner))))
        inside = all(name in unnamed or name in known for name in pair)
        if pair[0] == pair[1] or not inside or not set(pair) & unnamed:
            continue
        one, two = pair
        found[one, two] = max(found.get((one, two), 0.0), llr, key=abs)
    return found


def _node(name: str, owner: Mapping[str, str]) -> str:
    return owner.get(name, name.removeprefix("individual:"))


def _blocks(unnamed: Sequence[str], links: Links) -> list[list[str]]:
    near: dict[str, set[str]] = {name: set() for name in unnamed}
    for a, b in links:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    seen: set[str] = set()
    blocks = []
    for name in unnamed:
        block, waiting = list[str](), [name]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                block.append(one)
                waiting += sorted(near[one] - seen)
        blocks += [block] if block else []
    return blocks


def _table(block: Sequence[str], links: Links, known: set[str]) -> NDArray[np.float64]:
    table = np.zeros((len(block), len(block)))
    for i, j in itertools.combinations(range(len(block)), 2):
        a, b = sorted((block[i], block[j]))
        llr = APART if a in known and b in known else links.get((a, b), 0.0)
        table[i, j] = table[j, i] = llr
    return table


def _named(block: Sequence[str], labels: NDArray[np.int16], known: set[str]) -> dict[str, str]:
    groups: dict[int, list[str]] = {}
    for name, label in zip(block, labels, strict=True):
        groups.setdefault(int(label), []).append(name)
    found: dict[str, str] = {}
    for members in groups.values():
        named = [name for name in members if name in known]
        who = named[0] if named else f"new-{members[0]}"
        found |= {name: who for name in members if name not in known}
    return found
