"""Votes of single descriptors over a whole catalogue: local naive Bayes nearest neighbour.

McCann and Lowe (2012), as HotSpotter uses it for animals (Crall et al. 2013): every descriptor of
the query looks up its nearest neighbours among all descriptors of the catalogue at once, and votes
for those that are nearer than the background. No embedding takes part, so it also proposes
candidates by a second route.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reid.errors import InputError
from reid.index.descriptors import DescriptorSettings, Floats, Ints, build, guarded, nearest
from reid.types import LocalFeatures

DEFAULT_STORE = DescriptorSettings()


@dataclass(frozen=True, slots=True)
class LnbnnSettings:
    """How descriptors are stored and how they vote.

    ``neighbours`` vote, the next one is the background that they are measured against. A
    neighbour that turns by more than ``max_rotation_rad`` or swells by more than
    ``max_scale_log2`` (camera traps stand upright, animals are scaled to one size) has no vote;
    infinity switches that off. Neither has one that lies elsewhere on the animal: farther than
    ``max_shift`` pixels of the common body size (about 240) from the same place as seen from the
    middle of the points; a third of a body's length, for heads and tails move the middle.
    ``per_annotation`` strongest-weighted descriptors of an annotation
    are stored and asked, 0 for all. ``store``: how they are kept and searched.
    """

    neighbours: int = 5
    max_rotation_rad: float = 0.7
    max_scale_log2: float = 1.0
    max_shift: float = 120.0
    per_annotation: int = 0
    store: DescriptorSettings = DEFAULT_STORE

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.store.probes < 1:
            raise InputError(f"lnbnn: expected at least 1 neighbour and probe, found {self}")


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """What the catalogue's annotations got: ``ids`` (n,) int64 ascending, ``scores`` (n,).

    Annotations without a vote are not listed.
    """

    ids: Ints
    scores: Floats


class DescriptorIndex:
    """All local descriptors of a catalogue of one method in one FAISS index.

    Built once and then only read: safe for any number of threads, and, as every index here, a
    projection that can be thrown away and made again.
    """

    def __init__(
        self,
        annotations: Iterable[tuple[int, LocalFeatures]],
        settings: LnbnnSettings | None = None,
    ) -> None:
        """Index the annotations under their ids.

        Raises:
            InputError: no annotation, an id twice, a negative id, or features of two methods.
            SearchError: FAISS failed.
        """
        self.settings = settings or LnbnnSettings()
        parts = [(number, _strongest(f, self.settings)) for number, f in annotations]
        methods = {features.method for _, features in parts}
        numbers = [number for number, _ in parts]
        if len(methods) != 1 or len(set(numbers)) != len(numbers) or min(numbers, default=0) < 0:
            raise InputError(
                f"descriptor index: expected annotations of one method with distinct ids, found "
                f"{len(numbers)} of methods {sorted(methods)}"
            )
        self.method = methods.pop()
        lengths = [len(features) for _, features in parts]
        self._ids = numbers
        self._place = np.repeat(np.arange(len(numbers)), lengths)
        self._owner = np.repeat(np.array(numbers, dtype=np.int64), lengths)
        self._angle = np.concatenate([f.angle_rad for _, f in parts])
        self._size = np.concatenate([f.scale_px / f.unit_px for _, f in parts])
        self._spot = np.concatenate([_from_middle(f) for _, f in parts])
        self._index = guarded(lambda: build([f.descriptors for _, f in parts], self.settings.store))

    def __len__(self) -> int:
        return len(self._owner)

    def votes(self, query: LocalFeatures, *, exclude: Sequence[int] = ()) -> Votes:
        """Votes for annotations: each adds how much nearer than the background it is.

        ``exclude`` are ids that the search must not see at all (the query's own sighting): they
        are neither neighbours nor background.

        Raises:
            InputError: features of another method.
            SearchError: FAISS failed.
        """
        if query.method != self.method:
            raise InputError(
                f"descriptor index: holds {self.method!r}, found {query.method!r}; extract again"
            )
        asked = _strongest(query, self.settings)
        if not len(asked) or not len(self):
            return _nothing()
        rows, gain = self._neighbours(asked, exclude)
        good = (rows >= 0) & self._plausible(asked, rows) & (gain > 0)
        ids, which = np.unique(self._owner[rows[good]], return_inverse=True)
        scores = np.bincount(which, weights=gain[good], minlength=len(ids))
        return Votes(ids, scores.astype(np.float32))

    def individual_votes(
        self, query: LocalFeatures, names: dict[int, str], *, exclude: Sequence[int] = ()
    ) -> dict[str, float]:
        """Votes for individuals: of each individual only a descriptor's nearest one counts.

        ``names`` gives the individual of each annotation; those not in it have no vote.
        """
        asked = _strongest(query, self.settings)
        known = sorted(set(names.values()))
        if not len(asked) or not len(self) or not known:
            return {}
        number = {name: k for k, name in enumerate(known)}
        coded = np.array([number.get(names.get(i, ""), -1) for i in self._ids], dtype=np.int64)
        rows, gain = self._neighbours(asked, exclude)
        individual = coded[self._place[rows]]
        good = (rows >= 0) & self._plausible(asked, rows) & (gain > 0) & (individual >= 0)
        descriptor = np.broadcast_to(np.arange(len(asked))[:, None], rows.shape)
        cell = (descriptor * len(known) + individual)[good]
        order = np.lexsort((gain[good], cell))
        last = np.append(np.diff(cell[order]) > 0, True) if len(order) else np.zeros(0, np.bool_)
        best = order[last]  # the largest gain of each descriptor and individual
        total = np.bincount(cell[best] % len(known), weights=gain[good][best], minlength=len(known))
        return {known[k]: float(total[k]) for k in np.flatnonzero(total)}

    def _neighbours(self, asked: LocalFeatures, exclude: Sequence[int]) -> tuple[Ints, Floats]:
        """Rows of the neighbours (q, k), -1 where there are too few, and their gain (q, k)."""
        k = self.settings.neighbours
        allowed = self._selector(exclude)
        descriptors = np.ascontiguousarray(asked.descriptors, dtype=np.float32)
        squared, rows = guarded(lambda: nearest(self._index, descriptors, k + 1, allowed))
        distance = np.sqrt(np.maximum(squared, 0))
        distance[rows < 0] = np.inf
        background = distance[:, k:]
        # fewer than k + 1 descriptors in reach: the farthest found stands in as the background
        reach = np.where(np.isfinite(distance), distance, -np.inf).max(axis=1, keepdims=True)
        background = np.where(np.isfinite(background), background, reach)
        gain = np.where(rows[:, :k] >= 0, background - distance[:, :k], 0)
        return rows[:, :k], np.asarray(np.maximum(gain, 0), dtype=np.float32)

    def _selector(self, exclude: Sequence[int]) -> NDArray[np.uint8] | None:
        """A bit for each descriptor that may be found, packed as FAISS wants it."""
        if not len(exclude):
            return None
        keep = ~np.isin(self._owner, np.asarray(exclude, dtype=np.int64))
        return np.packbits(keep, bitorder="little")

    def _plausible(self, asked: LocalFeatures, rows: Ints) -> NDArray[np.bool_]:
        """(q, k): upright, of one size, and at one place on the animal."""
        turn = self._angle[rows] - asked.angle_rad[:, None]
        turn = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
        size = (asked.scale_px / asked.unit_px)[:, None]
        swell = np.abs(np.log2(self._size[rows] / size))
        shift = np.linalg.norm(self._spot[rows] - _from_middle(asked)[:, None], axis=2)
        chosen = self.settings
        upright = (turn <= chosen.max_rotation_rad) & (swell <= chosen.max_scale_log2)
        return np.asarray(upright & (shift <= chosen.max_shift))


def _nothing() -> Votes:
    return Votes(np.zeros(0, np.int64), np.zeros(0, np.float32))


_EDGES = (5, 95)  # per cent: a single stray point must not move the middle


def _from_middle(features: LocalFeatures) -> Floats:
    """(n, 2) in pixels of the common body size, from the middle of the points' extent."""
    if not len(features):
        return np.zeros((0, 2), dtype=np.float32)
    middle = np.percentile(features.xy_px, _EDGES, axis=0).mean(axis=0)
    return np.asarray((features.xy_px - middle) / features.unit_px, dtype=np.float32)


def _strongest(features: LocalFeatures, settings: LnbnnSettings) -> LocalFeatures:
    """The first of equal weight stay: detectors give them strongest first or in a fixed order."""
    limit = settings.per_annotation
    if not limit or len(features) <= limit:
        return features
    keep = np.sort(np.argsort(-features.weight, kind="stable")[:limit])
    return LocalFeatures(
        features.xy_px[keep],
        features.scale_px[keep],
        features.angle_rad[keep],
        features.descriptors[keep],
        features.weight[keep],
        features.method,
        features.unit_px,
    )
