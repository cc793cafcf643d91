"""What a ranking found, query by query."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.evaluation.retrieval.bootstrap import coded
from training.evaluation.retrieval.predictions import Prediction

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Each (n,), of all queries; ``known`` says which have a right answer in the gallery.

    ``class_rank``: place of the right class among the proposed classes, from 1, inf when it was
    never proposed. ``precision``: average precision over the right pictures. ``score``: of the
    best proposal, -inf without one. ``right``: the best proposal is of the right class.
    ``best``: position in the gallery of the best proposal, -1 without one.
    """

    known: NDArray[np.bool_] = field(repr=False)
    class_rank: Floats = field(repr=False)
    precision: Floats = field(repr=False)
    score: Floats = field(repr=False)
    right: NDArray[np.bool_] = field(repr=False)
    best: NDArray[np.int64] = field(repr=False)


def ranks_of(prediction: Prediction) -> Ranks:
    """Ranks of every query.

    A class's score is that of its best picture. Ties are counted against the system: among equal
    scores wrong pictures and classes come first.
    """
    names = [*prediction.queries.flank_class, *prediction.gallery.flank_class]
    code = coded(names)
    mine, theirs = code[: len(prediction.queries)], code[len(prediction.queries) :]
    found = [_query(prediction, k, mine[k], theirs) for k in range(len(mine))]
    columns = list(zip(*found, strict=True)) if found else [()] * 6
    known, rank, precision, score, right, best = columns
    return Ranks(
        np.array(known, dtype=np.bool_),
        np.array(rank, dtype=np.float64),
        np.array(precision, dtype=np.float64),
        np.array(score, dtype=np.float64),
        np.array(right, dtype=np.bool_),
        np.array(best, dtype=np.int64),
    )


def _query(
    prediction: Prediction, number: int, own: int, theirs: NDArray[np.int64]
) -> tuple[bool, float, float, float, bool, int]:
    allowed = np.flatnonzero(prediction.allowed[number])
    positives = int((theirs[allowed] == own).sum())
    scores = prediction.ranking[number, allowed].astype(np.float64)
    seen = ~np.isnan(scores)
    allowed, scores = allowed[seen], scores[seen]
    if not len(allowed):
        return positives > 0, np.inf, 0.0, -np.inf, False, -1
    good = theirs[allowed] == own
    order = np.lexsort((good, -scores))  # of equal scores the wrong ones first
    good = good[order]
    place = np.flatnonzero(good) + 1
    precision = float((np.arange(1, len(place) + 1) / place).sum() / max(positives, 1))
    rank = np.inf
    if len(place):
        before = theirs[allowed[order[: place[0] - 1]]]
        rank = 1.0 + len(np.unique(before))
    best = int(allowed[order[0]])
    return positives > 0, rank, precision, float(scores[order[0]]), bool(good[0]), best
