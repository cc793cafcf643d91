"""A set cut by light, flank and station: a loss in one of them may hide in the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.retrieval.predictions import Prediction

Bools = NDArray[np.bool_]
Words = NDArray[np.str_]
LEAST_STRATUM = 5
"""Individuals below which a stratum's interval would say nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """Queries (n,) that are of it, and pairs (k,) of which either picture is.

    A pair of one animal by night and by day counts in both lights: a verdict about either rests
    on it.
    """

    name: str
    queries: Bools = field(repr=False)
    pairs: Bools = field(repr=False)


def strata_of(said: Prediction, stations: tuple[Words, Words] | None) -> Iterator[Stratum]:
    """By light, flank and station, in this order, those that are not the whole set.

    ``stations``: of the queries (n,) and of the gallery (m,); "" where it is not known.
    """
    columns: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "light": (said.queries.light, said.gallery.light),
        "flank": (_flanks(said.queries.flank_class), _flanks(said.gallery.flank_class)),
    }
    if stations is not None:
        columns["station"] = stations
    a, b = said.pairs.T
    for title, (asked, found) in columns.items():
        for value in np.unique(asked):
            queries = np.asarray(asked == value)
            if value and not queries.all():
                pairs = np.asarray((asked[a] == value) | (found[b] == value))
                yield Stratum(f"{title} {value}", queries, pairs)


def _flanks(classes: Words) -> Words:
    return np.array([name.rsplit("|", 1)[-1] for name in classes], dtype=str)
