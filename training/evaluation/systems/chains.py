"""Chains: whoever resembles what was found counts as found, where nothing else tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from reid.errors import ConfigError
from training.evaluation.systems.compose import TIE, Scores
from training.evaluation.systems.contract import Floats, Task
from training.evaluation.systems.fusion import Fused

NEIGHBOURS = 10
"""Best pictures of each that are links. 5 and 15 were tried: tigers gain up to 15, nyala, with few
pictures an animal, lose from there."""
DOUBT = 2
"""Power of a link's probability: chains are for links that hold. 1 and 3 give nearly the same."""


@dataclass(frozen=True)
class Chained:
    """A fusion's order, with what a chain of two links supports moved up.

    A link is the mean of the probabilities that both ends give each other among their best
    `NEIGHBOURS`; ``link + sum over h of (link(q, h) * link(h, g)) ** DOUBT`` is the order (a query
    expansion; cf. Chum et al. 2007, and the reciprocal neighbours of Zhong et al. 2017). No label
    is used, no chain goes through a picture that the query may not find, and the best picture
    stays first with the score it had: chains lead to more pictures of one animal, they do not name
    it. They are no evidence either, so the scores of pairs are the fusion's. Gallery pictures
    have links of their own only where they were asked too.
    """

    inner: Fused

    @property
    def method(self) -> str:
        """The fusion's, and how links are made."""
        return f"chains[{NEIGHBOURS}, {DOUBT}] {self.inner.method}"

    @property
    def llr(self) -> bool:
        """The fusion's."""
        return self.inner.llr

    def predict(self, task: Task) -> Scores:
        """See `System`."""
        found = self.inner.predict(task)
        queries, gallery = task.plan.queries, task.plan.gallery
        return Scores(chained(found.ranking, queries, gallery), found.pairs, found.fitted)


def chained(ranking: Floats, queries: NDArray[np.int64], gallery: NDArray[np.int64]) -> Floats:
    """(n, m) the order with chains; nan stays nan.

    Args:
        ranking: (n, m) log odds, nan where a picture may not be found.
        queries: (n,) and ``gallery`` (m,): equal numbers are one picture.
    """
    size = int(max(queries.max(), gallery.max())) + 1
    links = _links(ranking, queries, gallery, size)
    held = links.power(DOUBT)
    score = (links + held @ held)[queries][:, gallery].toarray()
    low, high = float(np.nanmin(ranking)), float(np.nanmax(ranking))
    score += TIE * np.nan_to_num((ranking - low) / max(high - low, 1e-9))
    return _best_stays(ranking, np.where(np.isnan(ranking), np.nan, score))


def _links(ranking: Floats, queries: Any, gallery: Any, size: int) -> sparse.csr_matrix:
    """(size, size) symmetric, in [0, 1]."""
    scores = np.where(np.isnan(ranking), -np.inf, ranking)
    width = min(NEIGHBOURS, scores.shape[1])
    best = np.argsort(-scores, axis=1, kind="stable")[:, :width]
    rows = np.repeat(np.arange(len(scores)), width)
    columns = best.ravel()
    kept = np.isfinite(scores[rows, columns])
    rows, columns = rows[kept], columns[kept]
    chance = 1 / (1 + np.exp(-scores[rows, columns].astype(np.float64)))
    one_way = sparse.coo_matrix((chance, (queries[rows], gallery[columns])), (size, size)).tocsr()
    return ((one_way + one_way.T) / 2).tocsr()


def _best_stays(ranking: Floats, score: NDArray[np.float64]) -> Floats:
    """Each row's best by ``ranking`` keeps its place and value; the others stand below it."""
    out = np.full(ranking.shape, np.nan, dtype=np.float32)
    for row in np.flatnonzero(~np.isnan(ranking).all(axis=1)):
        first = int(np.nanargmax(ranking[row]))
        top = ranking[row, first]
        out[row] = top - 1 - (np.nanmax(score[row]) - score[row])
        out[row, first] = top
    return out


def chained_of(system: object, name: str) -> Chained:
    """The system called ``name`` without its ``*``, chained.

    Raises:
        ConfigError: no fusion; others' scores are no log odds.
    """
    if not isinstance(system, Fused):
        raise ConfigError(f"system {name!r}: expected a fusion (comparers joined by +) before *")
    return Chained(system)
