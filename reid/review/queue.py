"""Open pairs, those first whose answer tells most about the groupings. Pure.

How much an answer tells is the mutual information between it and the grouping. The grouping
decides whether two sightings are one animal, so given the grouping nothing of the answer is open,
and the information is the entropy of the answer alone: of the posterior probability that the two
are one animal. That probability is the one of all the ways to group the pair with those around
it (`reid.decide.posterior`), so what has been decided nearby counts.

Sightings of one individual are one node. A node pair is looked at with the up to five others that
have most to say about both, which is exact where no more than seven are linked (what others tell of
each other moves it through the prior alone, and is left aside), and takes the same time for every
pair: the whole is linear in the number of open pairs, but for sorting.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.decide.ewens import block_sizes, log_prior, shares, theta_of
from reid.decide.partitions import all_partitions

AROUND = 5
"""Other nodes looked at with a pair: 877 groupings of seven."""

LINKS_KEPT = 8
"""The strongest links of a node through which others are found."""

SAID = 20.0
"""Log-likelihood ratio of what a person said: it decides, short of being proof."""

AT_ONCE = 1024
"""Pairs worked on together: 7 MB of weights of groupings."""

Node = Hashable
Edge = tuple[Node, Node]


@dataclass(frozen=True, slots=True)
class OpenPair:
    """What is known of two sightings: ``llr`` (natural log) for one animal against two.

    ``kind`` is the machine's verdict in a comparison, "" where it gave none.
    """

    a: str
    b: str
    llr: float
    kind: str = ""
    source: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A pair in the queue: the posterior ``probability`` of "same" and the gain in bits."""

    pair: OpenPair
    probability: float
    gain_bits: float


def ranked(
    pairs: Sequence[OpenPair],
    groups: Mapping[str, Hashable],
    *,
    parted: Collection[Edge] = (),
    doubts: Mapping[tuple[str, str], int] | None = None,
    prior_same: float = 0.5,
) -> list[Ranked]:
    """The open pairs, those first whose answer tells most.

    Args:
        pairs: all pairs with evidence; of one animal already, they are left out.
        groups: which individual a sighting is, for those that are somebody.
        parted: pairs of nodes (individual or sighting id) that somebody called two animals.
        doubts: how often "cannot tell" was said of a pair of sightings (ids in order): each
            halves what another reading is worth.
        prior_same: prior probability that two nodes are one animal.
    """
    links = Links(pairs, groups, parted)
    asked = [edge for edge in links.best if edge not in links.parted]
    doubts = doubts or {}
    found = []
    for edge, same in zip(asked, links.probabilities(asked, prior_same), strict=True):
        pair = links.best[edge]
        said = doubts.get((min(pair.a, pair.b), max(pair.a, pair.b)), 0)
        found.append(Ranked(pair, float(same), entropy_bits(float(same)) / 2**said))
    found.sort(key=lambda r: (-r.gain_bits, r.pair.a, r.pair.b))
    return found


def entropy_bits(probability: float) -> float:
    """Entropy of a yes-or-no question, in bits."""
    parts = [p for p in (probability, 1 - probability) if p > 0]
    return -sum(p * math.log2(p) for p in parts)


class Links:
    """The evidence between nodes: one number an edge, and the pair of sightings to look at."""

    def __init__(
        self,
        pairs: Sequence[OpenPair],
        groups: Mapping[str, Hashable],
        parted: Collection[Edge],
    ) -> None:
        self.parted = {edge_of(a, b) for a, b in parted}
        between: dict[Edge, list[OpenPair]] = {}
        for pair in pairs:
            a, b = groups.get(pair.a, pair.a), groups.get(pair.b, pair.b)
            if a != b:
                between.setdefault(edge_of(a, b), []).append(pair)
        self.best = {e: max(ps, key=lambda p: (p.llr, p.a, p.b)) for e, ps in between.items()}
        self.llr = {e: best_counts([p.llr for p in ps]) for e, ps in between.items()}
        self.llr |= dict.fromkeys(self.parted, -SAID)
        self._near: dict[Node, dict[Node, float]] = {}
        for (a, b), llr in self.llr.items():
            self._near.setdefault(a, {})[b] = llr
            self._near.setdefault(b, {})[a] = llr
        self._strong = {node: self._strongest(node) for node in self._near}

    def _strongest(self, node: Node) -> list[Node]:
        near = self._near[node]
        return sorted(near, key=lambda n: (-abs(near[n]), str(n)))[:LINKS_KEPT]

    def around(self, edge: Edge) -> tuple[Node, ...]:
        """The pair, then the others that have most to say about both."""
        a, b = edge
        found: list[Node] = [a, b]
        strength = {
            k: min(abs(self._near[a][k]), abs(self._near[b][k]))
            for k in (*self._strong[a], *self._strong[b])
            if k in self._near[a] and k in self._near[b]
        }
        found += sorted(strength, key=lambda k: (-strength[k], str(k)))[:AROUND]
        place = 0
        while len(found) < AROUND + 2 and place < len(found):  # then those linked to these
            found += [k for k in self._strong[found[place]] if k not in found]
            place += 1
        return tuple(found[: AROUND + 2])

    def probabilities(self, edges: Sequence[Edge], prior_same: float) -> NDArray[np.float64]:
        """Posterior probability (n,) that each pair is one animal."""
        result = np.empty(len(edges))
        by_size: dict[int, list[tuple[int, tuple[Node, ...]]]] = {}
        for place, edge in enumerate(edges):
            nodes = self.around(edge)
            by_size.setdefault(len(nodes), []).append((place, nodes))
        for size, some in by_size.items():
            for start in range(0, len(some), AT_ONCE):
                part = some[start : start + AT_ONCE]
                llr = np.array([self._evidence(nodes) for _, nodes in part])
                result[[place for place, _ in part]] = same_first_two(llr, size, prior_same)
        return result

    def _evidence(self, nodes: tuple[Node, ...]) -> list[float]:
        near = self._near
        return [near[a].get(b, 0.0) for a, b in itertools.combinations(nodes, 2)]


def edge_of(a: Node, b: Node) -> Edge:
    """Two nodes in an order of their own."""
    return (a, b) if (str(a), str(type(a))) <= (str(b), str(type(b))) else (b, a)


def best_counts(llr: Sequence[float]) -> float:
    """The evidence of several pairs of sightings of two animals.

    The best counts, less the log of how many were tried; never less than the worst.
    """
    return max(max(llr) - math.log(len(llr)), min(llr))


def same_first_two(llr: NDArray[np.float64], size: int, prior_same: float) -> NDArray[np.float64]:
    """Posterior probability (m,) that the first two of ``size`` nodes are one animal.

    ``llr`` (m, size (size - 1) / 2) is of the pairs in the order of ``itertools.combinations``.
    """
    labels = all_partitions(size)
    places = list(itertools.combinations(range(size), 2))
    together = np.stack([labels[:, i] == labels[:, j] for i, j in places], axis=1)
    weight = llr @ together.T.astype(np.float64)
    tables = np.zeros((len(llr), size, size))
    for place, (i, j) in enumerate(places):
        tables[:, i, j] = tables[:, j, i] = llr[:, place]
    weight += log_prior(block_sizes(labels, shares(tables)), theta_of(prior_same))
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    same: NDArray[np.float64] = weight[:, together[:, 0]].sum(axis=1) / weight.sum(axis=1)
    return same
