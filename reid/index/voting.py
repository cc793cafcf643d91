"""Votes of single descriptors over a whole catalogue: local naive Bayes nearest neighbour.

McCann and Lowe (2012), as HotSpotter uses it for animals (Crall et al. 2013): every descriptor of
the query looks up its nearest neighbours among all descriptors of the catalogue at once, and votes
for those that are nearer than the background. No embedding takes part, so it also proposes
candidates by a second route.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError, SearchError
from reid.index.described import DescribedRows, from_middle
from reid.index.inverted import Floats, Ints, StoreSettings
from reid.types import LocalFeatures

T = TypeVar("T")
_Who = tuple[Collection[int], Collection[int] | None]
DESCRIPTORS = StoreSettings(
    exact_up_to=20_000, lists_per_root=2.0, probed_share=0.01, least_probes=16
)
"""Hundreds are asked at once and the nearest decide: few lists are looked into, and soon."""


@dataclass(frozen=True, slots=True)
class LnbnnSettings:
    """How descriptors are stored and how they vote.

    ``neighbours`` vote, the next one is the background that they are measured against. A
    neighbour that turns by more than ``max_rotation_rad`` or swells by more than
    ``max_scale_log2`` (camera traps stand upright, animals are scaled to one size) has no vote;
    infinity switches that off. Neither has one that lies elsewhere on the animal: farther than
    ``max_shift`` pixels of the common body size (about 240) from the same place as seen from the
    middle of the points; a third of a body's length, for heads and tails move the middle.
    ``per_annotation`` descriptors of an annotation are stored and asked (see `strongest`), 0 for
    all. ``store``: how they are kept and searched.
    """

    neighbours: int = 5
    max_rotation_rad: float = 0.7
    max_scale_log2: float = 1.0
    max_shift: float = 120.0
    per_annotation: int = 0
    store: StoreSettings = DESCRIPTORS

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.store.least_probes < 1:
            raise InputError(f"lnbnn: expected at least 1 neighbour and probe, found {self}")


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """What the catalogue's annotations got: ``ids`` (n,) int64 ascending, ``scores`` (n,).

    Annotations without a vote are not listed.
    """

    ids: Ints
    scores: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """The votes of single descriptors, all (q, k): annotation (-1: none) and how much (>= 0)."""

    ids: Ints
    gain: Floats


def cast(
    parts: Sequence[DescribedRows],
    query: LocalFeatures,
    settings: LnbnnSettings,
    *,
    exclude: Collection[int] = (),
    only: Collection[int] | None = None,
) -> Cast:
    """How each of the query's descriptors votes over several parts, searched as if one.

    ``exclude`` and ``only`` are annotations: what may not be found is no background either.

    Raises:
        SearchError: FAISS failed.
    """
    k = settings.neighbours
    asked = _asked(query, settings.per_annotation)
    finds = [_found(part, asked, settings, (exclude, only)) for part in parts]
    squared, ids, fits = (np.concatenate(which, axis=1) for which in zip(*finds, strict=True))
    order = np.argsort(squared, axis=1, kind="stable")[:, : k + 1]
    squared, ids, fits = (np.take_along_axis(a, order, axis=1) for a in (squared, ids, fits))
    distance = np.sqrt(squared)
    # fewer than k + 1 descriptors in reach: the farthest found stands in as the background
    reach = np.where(np.isfinite(distance), distance, -np.inf).max(axis=1, keepdims=True)
    background = np.where(np.isfinite(distance[:, k:]), distance[:, k:], reach)
    good = fits[:, :k] & (ids[:, :k] >= 0)
    near = np.where(good, distance[:, :k], 0)
    gain = np.where(good, np.maximum(np.where(good, background, 0) - near, 0), 0)
    return Cast(np.where(gain > 0, ids[:, :k], -1), gain.astype(np.float32))


def by_annotation(votes: Cast) -> Votes:
    """All votes for each annotation."""
    good = votes.ids >= 0
    ids, which = np.unique(votes.ids[good], return_inverse=True)
    scores = np.bincount(which, weights=votes.gain[good], minlength=len(ids))
    return Votes(ids, scores.astype(np.float32))


def by_name(votes: Cast, names: Mapping[int, str]) -> dict[str, float]:
    """Votes for names: of each name only a descriptor's nearest one counts.

    ``names`` gives the name (an individual's, a sighting's) of each annotation; those not in it
    have no vote.
    """
    known = sorted(set(names.values()))
    if not known:
        return {}
    number = {name: k for k, name in enumerate(known)}
    ids, place = np.unique(votes.ids, return_inverse=True)
    coded = np.array([number.get(names.get(i, ""), -1) for i in ids.tolist()], dtype=np.int64)
    named = coded[place.reshape(votes.ids.shape)]
    good = (named >= 0) & (votes.ids >= 0)
    descriptor = np.broadcast_to(np.arange(len(named))[:, None], named.shape)
    cell, gain = (descriptor * len(known) + named)[good], votes.gain[good]
    order = np.lexsort((gain, cell))
    last = np.append(np.diff(cell[order]) > 0, True) if len(order) else np.zeros(0, np.bool_)
    best = order[last]  # the largest gain of each descriptor and name
    total = np.bincount(cell[best] % len(known), weights=gain[best], minlength=len(known))
    return {known[k]: float(total[k]) for k in np.flatnonzero(total)}


def strongest(features: LocalFeatures, limit: int) -> Ints:
    """Rows of the ``limit`` strongest-weighted (0: all), of equal weight the largest.

    Large points are found again in other pictures: tried on nyala, the fewer are kept, the more a
    random draw or the smallest lose against the largest.
    """
    order = np.lexsort((-features.scale_px, -features.weight))
    return order[: limit or None].astype(np.int64)


def guarded(action: Callable[[], T]) -> T:
    """What FAISS answers; whatever it raises becomes `SearchError`."""
    try:
        return action()
    except (RuntimeError, ValueError, AssertionError, MemoryError) as error:
        raise SearchError(
            f"descriptor index: FAISS failed: {error}; build it again from the catalogue"
        ) from error


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    descriptors: Floats
    angle: Floats
    size: Floats
    spot: Floats


def _asked(query: LocalFeatures, limit: int) -> _Asked:
    rows = strongest(query, limit)
    return _Asked(
        query.descriptors[rows],
        query.angle_rad[rows],
        query.scale_px[rows] / np.float32(query.unit_px),
        from_middle(query)[rows],
    )


def _found(
    part: DescribedRows, asked: _Asked, settings: LnbnnSettings, who: _Who
) -> tuple[Floats, Ints, NDArray[np.bool_]]:
    """Squared distances, annotations and plausibility of a part's neighbours, each (q, k + 1)."""
    k = settings.neighbours + 1
    exclude, only = who
    squared, rows = guarded(lambda: part.nearest(asked.descriptors, k, exclude=exclude, only=only))
    there = rows >= 0
    squared = np.where(there, np.maximum(squared, 0), np.inf).astype(np.float32)
    if not len(part):
        return squared, rows, there
    ids = np.where(there, np.array(part.keys, dtype=np.int64)[part.place[rows]], -1)
    return squared, ids, there & _plausible(part, asked, rows, settings)


def _plausible(
    part: DescribedRows, asked: _Asked, rows: Ints, settings: LnbnnSettings
) -> NDArray[np.bool_]:
    """(q, k): upright, of one size, and at one place on the animal."""
    turn = part.angle[rows] - asked.angle[:, None]
    turn = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
    swell = np.abs(np.log2(part.size[rows] / asked.size[:, None]))
    shift = np.linalg.norm(part.spot[rows] - asked.spot[:, None], axis=2)
    upright = (turn <= settings.max_rotation_rad) & (swell <= settings.max_scale_log2)
    return np.asarray(upright & (shift <= settings.max_shift))
