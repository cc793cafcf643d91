"""The evidence between sightings as a table, and what it says without any prior."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reid.decide.partitions import all_partitions, log_likelihood
from reid.types import SightingPairEvidence
from reid.types.checks import require

NEIGHBOURS = 6
"""Other sightings looked at for one pair: 4,140 groupings of eight, a fraction of a millisecond."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Sighting ``ids`` (n), their ``llr`` (n, n) and the evidence by pair of positions (i < j).

    ``llr`` is natural log, symmetric, and 0 where a pair cannot be compared or is withheld.
    """

    ids: tuple[str, ...]
    llr: NDArray[np.float64] = field(repr=False)
    pairs: dict[tuple[int, int], SightingPairEvidence] = field(repr=False)

    def usable(self, i: int, j: int) -> bool:
        """Whether the two sightings were compared directly and the result counts."""
        pair = self.pairs[min(i, j), max(i, j)]
        return pair.comparable and not pair.withheld


def links_of(sighting_ids: Sequence[str], pairs: Sequence[SightingPairEvidence]) -> Links:
    """Put the evidence of every pair into one table.

    Raises:
        InputError: for no sighting, repeated ids, a pair of unknown sightings, a pair given
            twice or not at all.
    """
    ids = tuple(sighting_ids)
    require(bool(ids), "sightings: expected at least one, found none")
    require(len(set(ids)) == len(ids), f"sightings: expected different ids, found {ids}")
    place = {name: i for i, name in enumerate(ids)}
    llr = np.zeros((len(ids), len(ids)))
    found: dict[tuple[int, int], SightingPairEvidence] = {}
    for pair in pairs:
        i, j = _places(pair, place)
        require((i, j) not in found, f"evidence of {pair.a} and {pair.b} is given twice")
        found[i, j] = pair
        llr[i, j] = llr[j, i] = 0.0 if pair.withheld or not pair.comparable else pair.llr
    for i, j in itertools.combinations(range(len(ids)), 2):
        require((i, j) in found, f"no evidence for {ids[i]} and {ids[j]}: every pair is needed")
    return Links(ids, llr, found)


def _places(pair: SightingPairEvidence, place: dict[str, int]) -> tuple[int, int]:
    for name in (pair.a, pair.b):
        require(name in place, f"evidence names {name!r}, expected one of {sorted(place)}")
    require(pair.a != pair.b, f"evidence compares {pair.a!r} with itself")
    i, j = sorted((place[pair.a], place[pair.b]))
    return i, j


def likelihood_ratio(llr: NDArray[np.float64], i: int, j: int) -> float:
    """What all the evidence says of sightings ``i`` and ``j`` without any prior, natural log.

    The generalised likelihood ratio: the log-likelihood of the best grouping that puts the two
    together less that of the best one that parts them. For two sightings it is their llr; over a
    bridge it is about the weaker of the two links. It keeps a prior, or the pull of a large group
    under it, from making an answer. Looks at the pair and the ``NEIGHBOURS`` sightings linked to
    it best, so it is exact up to eight sightings.
    """
    near = [i, j, *neighbours(llr, i, j)]
    labels = all_partitions(len(near))
    score = log_likelihood(labels, llr[np.ix_(near, near)])
    together = labels[:, 0] == labels[:, 1]
    return float(score[together].max() - score[~together].max())


def neighbours(llr: NDArray[np.float64], i: int, j: int) -> list[int]:
    """The other sightings (at most ``NEIGHBOURS``) on the strongest chains between two."""
    width = widest_paths(llr)
    strength = np.abs(llr)
    others = [k for k in range(len(llr)) if k not in (i, j) and min(width[i, k], width[k, j]) > 0]
    others.sort(key=lambda k: (-min(width[i, k], width[k, j]), -strength[i, k] - strength[k, j]))
    return others[:NEIGHBOURS]


def widest_paths(llr: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each pair (n, n) the weakest |llr| of the chain whose weakest |llr| is largest.

    Floyd-Warshall over (max, min); 0 where no chain of evidence joins the two.
    """
    width = np.abs(llr)
    for k in range(len(llr)):
        width = np.maximum(width, np.minimum(width[:, k, None], width[None, k, :]))
    return width
