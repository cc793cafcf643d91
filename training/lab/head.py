"""A head learnt on frozen features: what varies within an animal counts less, so far as is known.

Within-class covariance normalisation (Hatch et al. 2006) of the parent's vectors, shrunk towards
the identity, which is the parent: ``vector = ((1 - s) W + s I) ** -1/2 @ parent``, where ``W`` is
the scatter of an animal's flank between its sightings, of mean variance 1. What all animals of a
place have in common is taken off first (the mean), as far as there are enough of them to know it.
How far it is shrunk is decided by individuals that nothing was taken from; where they cannot tell,
it is more.

Where people rejected candidates, what tells these apart is stretched after it
(`training.lab.push`), unless the left-out individuals are found worse by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.lab.features import Floats, Head, unit
from training.lab.hooks import Point, unheard
from training.lab.push import Pushed, differences, stretched
from training.lab.rejected import Sides, among
from training.learn.judge import Judged, rank

Ints = NDArray[np.int64]
Wide = NDArray[np.float64]
SHRINK = (1.0, 0.9, 0.7, 0.5, 0.3, 0.15)
"""Shares of the parent that are tried; 1 is the parent itself."""
FOLDS = 4
MEAN_CLASSES = 8.0
"""Flanks of which the mean is taken off by half; of many, all but whole."""
SYNTHETIC_CLASSES = 8.0
"""So many flanks of a place's own weigh as much as all synthetic ones together."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Pooled features (n, width) with what they are of: ``classes`` and ``groups`` (n,), numbers;
    ``identity`` and ``flank`` (n,). ``apart``: rejected pairs, by the pictures of either side.
    """

    pooled: Floats = field(repr=False)
    classes: Ints = field(repr=False)
    groups: Ints = field(repr=False)
    identity: NDArray[np.str_] = field(repr=False)
    flank: NDArray[np.str_] = field(repr=False)
    apart: Sides = ()

    def __len__(self) -> int:
        return len(self.classes)

    def of(self, keep: NDArray[np.bool_]) -> Pictures:
        """Those where ``keep``; a rejected pair stays where both of its sides do."""
        return Pictures(
            self.pooled[keep],
            self.classes[keep],
            self.groups[keep],
            self.identity[keep],
            self.flank[keep],
            among(self.apart, keep),
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """The head, how far it was shrunk towards the parent (1: it is the parent), and what was
    tried: ``curve`` holds shrink, mean mAP of the left-out individuals, and the standard error of
    its difference to the parent's. ``pushed``: what rejected pairs did, None without any.
    """

    head: Head
    shrink: float
    curve: tuple[dict[str, float], ...]
    pushed: Pushed | None = None


def scatter(vectors: Floats, classes: Ints, groups: Ints) -> tuple[Wide, int]:
    """(d, d) mean over classes of the scatter around their mean, and how many classes gave one.

    Every group of a class weighs the same, however many frames a burst had; classes of one group
    say nothing of how an animal differs from itself.
    """
    dim, count = vectors.shape[1], 0
    total = np.zeros((dim, dim))
    for one in np.unique(classes):
        own = np.flatnonzero(classes == one)
        place = np.unique(groups[own], return_inverse=True)[1]
        if place.max(initial=0) < 1:
            continue
        weight = 1.0 / np.bincount(place)[place] / (place.max() + 1)
        away = vectors[own].astype(np.float64)
        away -= weight @ away
        total += (away * weight[:, None]).T @ away
        count += 1
    return (total / max(count, 1)), count


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What pictures say of the parent's vectors: variances (d,) along directions (d, d), columns,
    of what varies within animals, and the mean (d,) to take off. ``apart`` (k, d): how rejected
    pairs differ, ``weight`` (k,): 1 for all of two individuals together.
    """

    variances: Wide = field(repr=False)
    directions: Wide = field(repr=False)
    mean: Wide = field(repr=False)
    apart: Wide = field(repr=False)
    weight: Wide = field(repr=False)

    def normaliser(self, shrink: float) -> Wide:
        """(d, d) symmetric map; the identity at ``shrink`` 1, or where nothing varies."""
        average = self.variances.mean()
        if not average or shrink >= 1:
            return np.eye(len(self.variances))
        scale = ((1 - shrink) * self.variances / average + shrink) ** -0.5
        return np.asarray((self.directions * scale) @ self.directions.T)

    def pushing(self, shrink: float) -> Wide:
        """(d, d): `normaliser`, then stretched where rejected pairs differ."""
        return stretched(self.normaliser(shrink), self.apart, self.weight)


def fitted(
    parent: Head,
    own: Pictures,
    shrink: float,
    synthetic: Pictures | None = None,
    *,
    push: bool = False,
) -> Head:
    """The parent's head after normalisation by the own pictures and synthetic ones; with ``push``
    also by what was rejected of the own ones.
    """
    return _mapped(parent, _seen(parent, own, synthetic), shrink, push=push)


def _seen(parent: Head, own: Pictures, synthetic: Pictures | None) -> Known:
    vectors = parent.raw(own.pooled)
    within, count = scatter(vectors, own.classes, own.groups)
    place = np.unique(own.classes, return_inverse=True)[1]
    weight = 1.0 / np.bincount(place)[place] / (place.max(initial=0) + 1)  # a class, however many
    mean = weight @ vectors.astype(np.float64) * count / (count + MEAN_CLASSES)
    if synthetic is not None and len(synthetic):
        theirs, known = scatter(parent.raw(synthetic.pooled), synthetic.classes, synthetic.groups)
        share = count / (count + SYNTHETIC_CLASSES) if known else 1.0
        within = share * within + (1 - share) * theirs
    values, directions = np.linalg.eigh(within)
    apart = differences(vectors, own.classes, own.groups, own.apart)
    return Known(np.maximum(values, 0.0), directions, mean, *apart)


def _mapped(parent: Head, known: Known, shrink: float, *, push: bool = False) -> Head:
    """The parent itself at ``shrink`` 1."""
    if shrink >= 1:
        return parent
    mapped = known.pushing(shrink) if push else known.normaliser(shrink)
    bias = np.broadcast_to(parent.bias, known.mean.shape) - known.mean
    return Head(
        np.asarray(mapped @ parent.weight, dtype=np.float32),
        np.asarray(mapped @ bias, dtype=np.float32),
    )


def learn_head(
    parent: Head,
    own: Pictures,
    synthetic: Pictures | None = None,
    *,
    seed: int = 0,
    shrinks: Sequence[float] = SHRINK,
    point: Point = unheard,
    check: Callable[[], None] = unheard,
) -> Learned:
    """Choose how far to shrink on left-out individuals, then fit on all of them.

    The most parental shrink within one standard error of the best is taken, so that thin evidence
    stays near the parent. ``point`` hears each line of the curve as it grows, with the number of
    ``folds`` that it is the mean of so far, and in the end, without it, as it stays.
    """
    folds = _folds(own, seed)
    scores = np.zeros((max(len(folds), 1), len(shrinks)))  # nobody to leave out: the parent
    for number, fold in enumerate(folds):
        for k, found in enumerate(_tried(parent, own, synthetic, fold, shrinks, check)):
            scores[number, k] = found
            point(_line(shrinks[k], scores[: number + 1], k) | {"folds": number + 1})
    curve = [_line(shrink, scores, k) for k, shrink in enumerate(shrinks)]
    for line in curve:
        point(line)
    best = max(range(len(curve)), key=lambda k: (curve[k]["map"], curve[k]["shrink"]))
    enough = curve[best]["map"] - curve[best]["error"]
    chosen = next(line for line in curve if line["map"] >= enough)["shrink"]
    pushed = _pushed(parent, own, synthetic, folds, chosen, check)
    push = pushed is not None and pushed.used
    head = fitted(parent, own, chosen, synthetic, push=push)
    return Learned(head, chosen, tuple(curve), pushed)


def _line(shrink: float, scores: Wide, k: int) -> dict[str, float]:
    """Mean and error of the gain on the parent, which is the first; ``scores`` (folds, shrinks)."""
    gain = scores[:, k] - scores[:, 0]
    error = float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else 0.0
    return {"shrink": float(shrink), "map": float(scores[:, k].mean()), "error": error}


def _folds(own: Pictures, seed: int) -> list[NDArray[np.bool_]]:
    """Who is left out: (n,) bool by fold, whole individuals."""
    names = np.unique(own.identity)
    order = np.random.default_rng([seed, 5]).permutation(len(names))
    fold_of = {names[k]: place % FOLDS for place, k in enumerate(order)}
    fold = np.array([fold_of[name] for name in own.identity])
    return [fold == k for k in range(FOLDS) if (fold == k).any() and (fold != k).any()]


def _pushed(
    parent: Head,
    own: Pictures,
    synthetic: Pictures | None,
    folds: Sequence[NDArray[np.bool_]],
    shrink: float,
    check: Callable[[], None],
) -> Pushed | None:
    """What the rejected pairs of the others do to left-out individuals; None without any. Where
    these gave no reason to leave the parent, rejected pairs alone are none.
    """
    if not own.apart:
        return None
    if shrink >= 1:
        return Pushed.of((), own.classes, own.apart, parent=True)
    gains = []
    for out in folds:
        left, rest = own.of(out), own.of(~out)
        known, vectors = _seen(parent, rest, synthetic), parent.raw(left.pooled)
        judged = Judged((), left.classes, left.groups, left.flank)
        found = []
        for mapped in (known.normaliser(shrink), known.pushing(shrink)):
            check()
            found.append(rank(unit(np.asarray((vectors - known.mean) @ mapped.T)), judged).map)
        gains.append(found[1] - found[0])
    return Pushed.of(gains, own.classes, own.apart)


def _tried(
    parent: Head,
    own: Pictures,
    synthetic: Pictures | None,
    out: NDArray[np.bool_],
    shrinks: Sequence[float],
    check: Callable[[], None],
) -> Iterator[float]:
    """mAP of the left-out individuals for each shrink, by the scatter of the others."""
    left, rest = own.of(out), own.of(~out)
    known, vectors = _seen(parent, rest, synthetic), parent.raw(left.pooled)
    judged = Judged((), left.classes, left.groups, left.flank)
    for shrink in shrinks:
        check()
        mapped = vectors
        if shrink < 1:
            mapped = np.asarray((vectors - known.mean) @ known.normaliser(shrink))
        yield rank(unit(mapped), judged).map
