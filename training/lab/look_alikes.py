"""Rejected pairs among the pairs that a calibration is drawn by: strangers that look alike. Pure.

Pairs of strangers drawn by chance hardly ever look alike, but those that a search proposes do. The
rejected ones come first, and stay a share: they were chosen for their looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.data import Dataset
from training.evaluation.retrieval.plan import Plan
from training.lab.rejected import Sides

Ints = NDArray[np.int64]
MOST = 0.25
"""Of the different pairs, those of pictures that people rejected."""
EACH = 4
"""Pairs of pictures of one rejection: frames of a burst say one thing."""


def with_look_alikes(plan: Plan, dataset: Dataset, apart: Sides, *, seed: int) -> Plan:
    """The plan with rejected pairs in the place of the last of its different ones; the plan itself
    where nothing was rejected. ``apart``: by the rows of ``dataset``.
    """
    if not apart:
        return plan
    same = plan.pair_same
    other = plan.pairs[~same]
    first = _first(plan, dataset, apart, seed)[: round(MOST * len(other))]
    taken = {_pictures(plan, pair) for pair in first}
    rest = [pair for pair in other.tolist() if _pictures(plan, pair) not in taken]
    chosen = [*first, *rest][: len(other)]
    pairs = np.concatenate([plan.pairs[same], np.array(chosen, np.int64).reshape(-1, 2)])
    return replace(plan, pairs=pairs.astype(np.int64))


def _first(plan: Plan, dataset: Dataset, apart: Sides, seed: int) -> list[tuple[int, int]]:
    """Pairs of positions, one of each rejection, then another of each, each pictures once."""
    rng = np.random.default_rng([seed, 31])
    asked, found = ({plan.rows[k].image_id: n for n, k in enumerate(of)}
                    for of in (plan.queries, plan.gallery))  # fmt: skip
    names = [row.image_id for row in dataset.rows]
    each = [list(_allowed(plan, [asked.get(names[k], -1) for k in a],
                          [found.get(names[k], -1) for k in b])) for a, b in apart]  # fmt: skip
    drawn = [[own[k] for k in rng.permutation(len(own))[:EACH]] for own in each]
    turns = [own[turn] for turn in range(EACH) for own in drawn if turn < len(own)]
    return list({_pictures(plan, pair): pair for pair in reversed(turns)}.values())[::-1]


def _allowed(plan: Plan, asked: list[int], found: list[int]) -> Iterator[tuple[int, int]]:
    for i in asked:
        for j in found:
            if min(i, j) >= 0 and plan.allowed[i, j] and not plan.same[i, j]:
                yield i, j


def _pictures(plan: Plan, pair: tuple[int, int]) -> tuple[int, int]:
    a, b = int(plan.queries[pair[0]]), int(plan.gallery[pair[1]])
    return min(a, b), max(a, b)
