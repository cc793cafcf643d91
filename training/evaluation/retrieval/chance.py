"""What blind luck would find: the same answers among shuffled names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from training.evaluation.retrieval.bootstrap import Figure, coded, figure_of
from training.evaluation.retrieval.predictions import Prediction
from training.evaluation.retrieval.ranks import ranks_of

Ints = NDArray[np.int64]
SHUFFLES = 2000


def chance_top_1(
    prediction: Prediction,
    whole: Prediction | None = None,
    *,
    shuffles: int = SHUFFLES,
    seed: int = 20,
) -> Figure:
    """top-1 that the same proposals reach when names say nothing: mean and 95 % of shuffles.

    The flank classes are dealt anew among the gallery's groups of frames (sightings, or near
    copies), of the same side, and every query keeps its best proposal. A picture that many queries
    find, and frames that stand together, keep doing so, so the interval is as wide as it must be.
    Needs queries that stand in the gallery too (``leave-one-out``); ``whole``, for a sample of the
    queries: a prediction in which all of the gallery is asked.
    """
    ranks = ranks_of(prediction)
    asked = ranks.best >= 0
    own, best = _places(prediction)[asked], ranks.best[asked]
    group, side = frame_groups_of(whole or prediction)
    names = coded(prediction.gallery.flank_class)
    first = np.unique(group, return_index=True)[1]
    name_of, side_of = names[first], side[first]
    several = np.bincount(name_of) > 1  # else there is nothing to find
    rng = np.random.default_rng(seed)
    drawn = np.empty(shuffles)
    for k in range(shuffles):
        dealt = _within(name_of, side_of, rng)
        mine = dealt[group[own]]
        drawn[k] = (mine == dealt[group[best]])[several[mine]].mean()
    return figure_of(float(drawn.mean()), drawn)


def frame_groups_of(prediction: Prediction) -> tuple[Ints, Ints]:
    """Number of each gallery picture's group of frames, and of its side.

    Pictures of one class that the protocol keeps apart are frames of one sighting or near copies.
    """
    place, names = _places(prediction), prediction.gallery.flank_class
    alike = prediction.queries.flank_class[:, None] == names[None]
    rows, columns = np.nonzero(alike & ~prediction.allowed)
    size = len(names)
    apart = coo_array((np.ones(len(rows)), (place[rows], columns)), shape=(size, size))
    group = connected_components(apart, directed=False)[1].astype(np.int64)
    return group, coded([name.rsplit("|", 1)[-1] if "|" in name else "" for name in names])


def _places(prediction: Prediction) -> Ints:
    """Where each query stands in the gallery."""
    where = {name: k for k, name in enumerate(prediction.gallery.id.tolist())}
    return np.array([where[name] for name in prediction.queries.id.tolist()], dtype=np.int64)


def _within(names: Ints, side: Ints, rng: np.random.Generator) -> Ints:
    """``names`` shuffled among the groups of each side."""
    dealt = names.copy()
    for number in np.unique(side):
        mine = np.flatnonzero(side == number)
        dealt[mine] = names[rng.permutation(mine)]
    return dealt
