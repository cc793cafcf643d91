"""Labels that a model which never saw them finds surprising, most surprising first. Pure.

Individuals are dealt into folds; what judges a label learnt from the other folds alone (confident
learning's idea, Northcutt et al. 2021, at the level of sightings). A sighting is surprising by how
much nearer it is to another individual's than to its own individual's other sightings. Local
matches, where they were asked, weigh more than the embedding: they are evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.lab.features import Floats, unit

Ints = NDArray[np.int64]
Pairs = list[tuple[str, str]]
AskMatches = Callable[[Pairs], Mapping[tuple[str, str], float]]
Learn = Callable[[NDArray[np.bool_]], Callable[[Floats], Floats]]
"""From which pictures may be learnt (n,) to what makes vectors (n, dim) of pooled features."""
FOLDS = 4
SURE = float(np.log(99))
"""Difference of log-likelihood ratios from which a label is contradicted: 99 to 1."""
VERIFIED_SHARE = 0.15
"""Of the sightings, the most surprising ones, that local matches are asked about."""
PULL = 0.02
"""How many cosines a unit of log-likelihood ratio is worth, for one order of both."""


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Sightings of one flank: ``of`` (n,) the node of each picture; the rest (m,) by node."""

    of: Ints
    identity: NDArray[np.str_]
    flank: NDArray[np.str_]
    sighting: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.identity)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One sighting whose label surprises.

    ``own``, ``other``: the nearest sighting of its own individual ("" without one) and of another,
    ``other_identity``. ``cosine_gap``: the other's cosine minus the own one's. ``own_llr``,
    ``other_llr``: natural log-likelihood ratios of local matches, None where they were not asked.
    """

    sighting: str
    identity: str
    own: str
    other: str
    other_identity: str
    cosine_gap: float
    own_llr: float | None = None
    other_llr: float | None = None

    @property
    def llr_gap(self) -> float | None:
        """The other's evidence minus the own one's."""
        if self.other_llr is None:
            return None
        return self.other_llr - (self.own_llr or 0.0)

    @property
    def surprise(self) -> float:
        """What the list is ordered by."""
        return self.cosine_gap + PULL * (self.llr_gap or 0.0)

    @property
    def contradicted(self) -> bool:
        """Whether local matches say another individual, 99 to 1."""
        gap = self.llr_gap
        return gap is not None and gap >= SURE and (self.other_llr or 0.0) > 0

    @property
    def doubted(self) -> bool:
        """Whether anything says that the label is wrong."""
        return self.surprise > 0 or self.contradicted

    @property
    def kind(self) -> str:
        """``torn``: it is not like its own; ``together``: two individuals look like one."""
        like_its_own = (self.own_llr or 0.0) > 0 if self.own else True
        return "together" if like_its_own else "torn"

    def words(self) -> str:
        """The reason, for whoever reviews it."""
        said = [f"looks more like {self.other} ({self.other_identity}) than like its own"]
        if self.own:
            said[0] += f" other sightings, the nearest of them {self.own}"
        if self.llr_gap is not None:
            own = "none" if self.own_llr is None else f"{self.own_llr:+.1f}"
            said.append(f"local matches: {self.other_llr:+.1f} with it, {own} with its own")
        return "label in doubt: " + "; ".join(said)


def nodes_of(
    identity: Sequence[str], flank: Sequence[str], sighting: Sequence[str], group: Ints
) -> Nodes:
    """Pictures of one group, individual and flank are one node."""
    keys = list(zip(group.tolist(), identity, flank, strict=True))
    number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
    first = {number[key]: k for k, key in reversed(list(enumerate(keys)))}
    order = [first[k] for k in range(len(number))]
    return Nodes(
        np.array([number[key] for key in keys], dtype=np.int64),
        np.array([identity[k] for k in order], dtype=str),
        np.array([flank[k] for k in order], dtype=str),
        np.array([sighting[k] for k in order], dtype=str),
    )


def cross_validated(
    pooled: Floats, identity: Sequence[str], nodes: Nodes, learn: Learn, *, seed: int
) -> Floats:
    """(m, m) cosines of nodes; row k by a model that saw no picture of k's individual."""
    names = sorted(set(identity))
    order = np.random.default_rng([seed, 7]).permutation(len(names))
    fold_of = {names[k]: place % FOLDS for place, k in enumerate(order)}
    fold = np.array([fold_of[name] for name in identity])
    node_fold = np.array([fold_of[name] for name in nodes.identity])
    out = np.zeros((len(nodes), len(nodes)), dtype=np.float32)
    for number in range(FOLDS):
        mine = node_fold == number
        if mine.any():
            means = _means(learn(fold != number)(pooled), nodes)
            out[mine] = means[mine] @ means.T
    return out


def _means(vectors: Floats, nodes: Nodes) -> Floats:
    total = np.zeros((len(nodes), vectors.shape[1]), dtype=np.float32)
    np.add.at(total, nodes.of, vectors)
    return unit(total)


def suspicions(cosines: Floats, nodes: Nodes) -> list[Suspicion]:
    """Every node that has another individual of its flank to be compared with, by surprise."""
    found = []
    for k in range(len(nodes)):
        side = nodes.flank == nodes.flank[k]
        own = np.flatnonzero((nodes.identity == nodes.identity[k]) & side)
        own = own[own != k]
        others = np.flatnonzero((nodes.identity != nodes.identity[k]) & side)
        if not len(others):
            continue
        other = int(others[cosines[k, others].argmax()])
        near = int(own[cosines[k, own].argmax()]) if len(own) else -1
        # without another sighting of its own it is held against what a stranger's cosine is
        base = float(cosines[k, near]) if near >= 0 else float(np.quantile(cosines[k, others], 0.9))
        found.append(
            Suspicion(
                str(nodes.sighting[k]),
                str(nodes.identity[k]),
                str(nodes.sighting[near]) if near >= 0 else "",
                str(nodes.sighting[other]),
                str(nodes.identity[other]),
                float(cosines[k, other]) - base,
            )
        )
    return ordered(found)


def ordered(found: Sequence[Suspicion]) -> list[Suspicion]:
    """Most surprising first; of equals by name."""
    return sorted(found, key=lambda s: (-s.surprise, s.sighting))


def verified(found: Sequence[Suspicion], llr_of: AskMatches) -> list[Suspicion]:
    """The same with local matches asked about the most surprising part of them.

    ``llr_of`` gives the log-likelihood ratio of pairs of sightings, of those that it can compare.
    """
    few = max(10, round(VERIFIED_SHARE * len(found)))
    head, tail = list(found[:few]), list(found[few:])
    pairs = [(s.sighting, s.other) for s in head] + [(s.sighting, s.own) for s in head if s.own]
    known = llr_of(list(dict.fromkeys(pairs)))
    looked = [
        replace(
            s, other_llr=known.get((s.sighting, s.other)), own_llr=known.get((s.sighting, s.own))
        )
        for s in head
    ]
    return ordered([*looked, *tail])
