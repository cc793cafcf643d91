"""Descriptors of many animals in one store, with whose each is and where on the animal it lies."""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Sequence
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from reid.index.inverted import Floats, Ints, StoreSettings
from reid.index.store import VectorStore
from reid.types import LocalFeatures

_HEAD = struct.Struct("<q")  # bytes of the arrays, before the store's
_ARRAYS = ("place", "angle", "size", "spot")


class DescribedRows:
    """Rows are numbered in the order of adding, and nothing is ever taken out.

    ``keys`` [annotation] are their numbers in the catalogue; of each row ``place`` says which of
    them it belongs to, ``angle`` (radian) and ``size`` (pixels of the common body size) how it
    lies, ``spot`` (x, y) where, as `from_middle`.
    """

    def __init__(self, dim: int, settings: StoreSettings) -> None:
        self.keys: list[int] = []
        self.place = np.zeros(0, dtype=np.int32)
        self.angle = np.zeros(0, dtype=np.float32)
        self.size = np.zeros(0, dtype=np.float32)
        self.spot = np.zeros((0, 2), dtype=np.float32)
        self.store = VectorStore(dim, settings)
        self._settings = settings

    def __len__(self) -> int:
        return len(self.place)

    def add(self, annotations: Sequence[tuple[int, LocalFeatures, Ints]]) -> None:
        """Add annotations under their keys: of each the rows that are listed, in that order."""
        first = len(self.keys)
        counts = [len(rows) for _, _, rows in annotations]
        self.keys += [key for key, _, _ in annotations]
        place = np.repeat(np.arange(first, len(self.keys), dtype=np.int32), counts)
        start = len(self)
        self._describe(
            place,
            [f.angle_rad[rows] for _, f, rows in annotations],
            [f.scale_px[rows] / f.unit_px for _, f, rows in annotations],
            [from_middle(f)[rows] for _, f, rows in annotations],
        )
        if len(place):
            rows = np.concatenate([f.descriptors[r] for _, f, r in annotations if len(r)])
            self.store.add(np.arange(start, len(self), dtype=np.int64), rows)

    def _describe(
        self, place: NDArray[np.int32], angle: list[Floats], size: list[Floats], spot: list[Floats]
    ) -> None:
        self.place = np.concatenate([self.place, place])
        self.angle = np.concatenate([self.angle, *angle]).astype(np.float32, copy=False)
        self.size = np.concatenate([self.size, *size]).astype(np.float32, copy=False)
        self.spot = np.concatenate([self.spot, *spot]).astype(np.float32, copy=False)

    def nearest(
        self,
        asked: Floats,
        k: int,
        *,
        exclude: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> tuple[Floats, Ints]:
        """Squared distances and rows (q, k), nearest first; row -1 where there are too few.

        ``exclude`` and ``only`` name annotations by key: what may not be found is not there.
        """
        if not len(self):
            return np.full((len(asked), k), np.inf, np.float32), np.full((len(asked), k), -1)
        allowed = None
        if len(exclude) or only is not None:
            hidden = set(exclude)
            wanted = [key not in hidden and (only is None or key in only) for key in self.keys]
            allowed = np.packbits(np.array(wanted)[self.place], bitorder="little")
        return self.store.nearest(asked, k, allowed=allowed)

    def first(self, limit: int) -> DescribedRows:
        """The same with at most the first ``limit`` rows of each annotation."""
        starts = np.searchsorted(self.place, np.arange(len(self.keys)))
        keep = np.arange(len(self)) - starts[self.place] < limit
        thin = DescribedRows(self.store.dim, self._settings)
        thin.keys = list(self.keys)
        thin._describe(self.place[keep], [self.angle[keep]], [self.size[keep]], [self.spot[keep]])
        number = np.cumsum(keep) - 1
        for ids, rows in self.store.contents():
            chosen = keep[ids]
            thin.store.add(number[ids[chosen]].astype(np.int64), rows[chosen])
        return thin

    def to_bytes(self) -> memoryview:
        """Everything but the keys."""
        buffer = io.BytesIO()
        buffer.write(_HEAD.pack(0))
        np.savez(buffer, **{name: getattr(self, name) for name in _ARRAYS})
        size = buffer.tell() - _HEAD.size
        buffer.write(self.store.to_bytes())
        buffer.seek(0)
        buffer.write(_HEAD.pack(size))
        return buffer.getbuffer()

    @classmethod
    def from_bytes(
        cls, data: bytes | memoryview, keys: Ints, settings: StoreSettings
    ) -> DescribedRows:
        """What `to_bytes` wrote. Raises RuntimeError or ValueError on anything else."""
        view = memoryview(data)
        if len(view) < _HEAD.size:
            raise ValueError(f"expected descriptors, found {len(view)} bytes")
        end = _HEAD.size + _HEAD.unpack_from(view)[0]
        found = cls.__new__(cls)
        found.keys, found._settings = keys.tolist(), settings
        try:
            with np.load(io.BytesIO(view[_HEAD.size : end]), allow_pickle=False) as arrays:
                for name in _ARRAYS:
                    setattr(found, name, arrays[name])
        except (BadZipFile, KeyError, EOFError, OSError) as error:
            raise ValueError(f"descriptors: {error}") from error
        found.store = VectorStore.from_bytes(view[end:], settings)
        if len(found.store) != len(found.place):
            raise ValueError(f"expected {len(found.place)} rows, found {len(found.store)}")
        return found


_EDGES = (5, 95)  # per cent: a single stray point must not move the middle


def from_middle(features: LocalFeatures) -> Floats:
    """(n, 2) in pixels of the common body size, from the middle of the points' extent."""
    if not len(features):
        return np.zeros((0, 2), dtype=np.float32)
    middle = np.percentile(features.xy_px, _EDGES, axis=0).mean(axis=0)
    return np.asarray((features.xy_px - middle) / features.unit_px, dtype=np.float32)
