"""The ways in which unnamed sightings may fall, drawn from the posterior over groupings. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from reid.abundance.captures import APART, Capture, Ground, Links, ground_of
from reid.decide import posterior

EVEN = 0.5
LARGEST = 150
"""Of a larger block only evidence for sameness joins: its groupings take minutes otherwise."""
Draw = Mapping[str, str]
"""Who each unnamed sighting is, by sighting: the node of a named animal, or ``new-SIGHTING``."""


def drawn(captures: Sequence[Capture], evidence: Links, count: int, seed: int) -> list[Draw]:
    """``count`` ways in which the unnamed sightings may fall, under a prior of one half.

    By names as people read them: those of individuals as they are.
    """
    ground = ground_of(captures, evidence)
    named = {node: node.removeprefix("individual:") for node in ground.sides}
    taken = set(named.values())
    return [
        {name: named.get(who) or _free(who, taken) for name, who in draw.items()}
        for draw in draw_nodes(ground, count, seed)
    ]


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def draw_nodes(
    ground: Ground, count: int, seed: int, *, prior_same: float = EVEN
) -> list[dict[str, str]]:
    """``count`` draws of who each unnamed sighting is.

    From the posterior over groupings (`reid.decide`) of sightings and named animals that evidence
    links; whom people named stay apart. A sighting that was compared with nobody is an animal of
    its own: what else it may be is for `reid.abundance.openness` to say. How a block falls does
    not depend on what other blocks there are.
    """
    found: list[dict[str, str]] = [{} for _ in range(count)]
    for block in _blocks(ground):
        random = np.random.default_rng([seed, crc32(min(block).encode())])
        ways = posterior(_table(block, ground), prior_same)
        share = np.asarray(ways.probability / ways.probability.sum(), dtype=np.float64)
        chosen = random.choice(len(share), count, p=share)
        for draw, row in zip(found, chosen, strict=True):
            draw |= _named(block, ways.labels[row], ground)
    return found


def _blocks(ground: Ground) -> list[list[str]]:
    """Nodes that evidence links, unnamed ones in each."""
    blocks = _joined(ground.unnamed, ground, -np.inf)
    found = []
    for block in blocks:
        inside = [name for name in block if name in set(ground.unnamed)]
        found += [block] if len(block) <= LARGEST else _joined(inside, ground, 0.0)
    return found


def _joined(unnamed: Sequence[str], ground: Ground, least: float) -> list[list[str]]:
    near: dict[str, set[str]] = {name: set() for name in (*ground.unnamed, *ground.sides)}
    for (a, b), llr in ground.links.items():
        if llr > least and not (a in ground.sides and b in ground.sides):
            near[a].add(b)
            near[b].add(a)
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


def _table(block: Sequence[str], ground: Ground) -> NDArray[np.float64]:
    table = np.zeros((len(block), len(block)))
    for i, j in itertools.combinations(range(len(block)), 2):
        a, b = sorted((block[i], block[j]))
        both = a in ground.sides and b in ground.sides
        table[i, j] = table[j, i] = APART if both else ground.links.get((a, b), 0.0)
    return table


def _named(block: Sequence[str], labels: NDArray[np.int16], ground: Ground) -> dict[str, str]:
    groups: dict[int, list[str]] = {}
    for name, label in zip(block, labels, strict=True):
        groups.setdefault(int(label), []).append(name)
    found: dict[str, str] = {}
    for members in groups.values():
        known = [name for name in members if name in ground.sides]
        who = known[0] if known else f"new-{min(members)}"
        found |= {name: who for name in members if name not in ground.sides}
    return found
