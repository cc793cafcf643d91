"""How well held-out individuals are found again: leave one out, another sighting, same flank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.copies import frame_groups
from training.learn.examples import Example

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Mean over the ``queries`` that have a true picture outside their own sighting."""

    queries: int
    top1: float
    map: float

    def __str__(self) -> str:
        return f"top-1 {self.top1:.3f}, mAP {self.map:.3f} over {self.queries} queries"


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Held-out examples with what a fair ranking needs to know of each."""

    examples: tuple[Example, ...]
    classes: NDArray[np.int64]
    groups: NDArray[np.int64]
    flanks: NDArray[np.str_]


def judged(examples: Sequence[Example], *, at_most: int, seed: int) -> Judged:
    """Whole individuals in a seeded order, until there are ``at_most`` pictures."""
    names = sorted({(e.of.dataset, e.of.identity) for e in examples})
    order = np.random.default_rng(seed).permutation(len(names))
    kept: list[Example] = []
    for k in order:
        own = [e for e in examples if (e.of.dataset, e.of.identity) == names[k]]
        if kept and len(kept) + len(own) > at_most:
            break
        kept += own
    number = {of: k for k, of in enumerate(dict.fromkeys(e.of for e in kept))}
    return Judged(
        tuple(kept),
        np.array([number[e.of] for e in kept], dtype=np.int64),
        frame_groups([e.row for e in kept]),
        np.array([str(e.of.flank) for e in kept], dtype=np.str_),
    )


def rank(vectors: Floats, among: Judged) -> Ranking:
    """Cosine ranking; a query sees pictures of its own flank and of other sightings only.

    Average precision is over all true pictures that a query can see; ties count for the later.
    """
    scores = [f for f in ranked_each(vectors, among) if f is not None]
    if not scores:
        return Ranking(0, 0.0, 0.0)
    top1, precision = (float(np.mean(column)) for column in zip(*scores, strict=True))
    return Ranking(len(scores), top1, precision)


def found_first(vectors: Floats, among: Judged) -> list[bool | None]:
    """Per picture: is a true one the first? None where it has none to find."""
    return [None if f is None else f[0] == 1 for f in ranked_each(vectors, among)]


def ranked_each(
    vectors: Floats, among: Judged, gallery: NDArray[np.bool_] | None = None
) -> list[tuple[float, float] | None]:
    """Per picture: found first (0 or 1) and average precision; None where it has none to find.

    ``gallery`` (n,): who may be found; None is everybody.
    """
    likeness = vectors @ vectors.T
    shown = np.ones(len(vectors), dtype=np.bool_) if gallery is None else gallery
    return [_one(likeness[q], q, among, shown) for q in range(len(vectors))]


def _one(
    likeness: Floats, query: int, among: Judged, gallery: NDArray[np.bool_]
) -> tuple[float, float] | None:
    seen = (among.groups != among.groups[query]) & (among.flanks == among.flanks[query]) & gallery
    true = among.classes[seen] == among.classes[query]
    if not true.any():
        return None
    order = np.lexsort((true, -likeness[seen]))
    hits = np.flatnonzero(true[order])
    precision = np.arange(1, len(hits) + 1) / (hits + 1)
    return float(hits[0] == 0), float(precision.mean())
