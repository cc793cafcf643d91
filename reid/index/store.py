"""Rows of numbers by id, nearest first: FAISS, and nothing else in this project knows it.

A `VectorStore` is exact (flat) while small. Above `StoreSettings.exact_up_to` it turns into an
inverted file (IVF: Jégou et al. 2011) of one byte a number, whose lists are laid anew each time it
has grown fourfold. IVF and not HNSW, because FAISS cannot remove from HNSW and a catalogue must be
able to forget. What is in it follows from the rows and their order alone, not from how many were
added at once. Not thread-safe; whoever owns it locks around it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.index.inverted import Floats, Ints, StoreSettings, contents, laid_out
from reid.index.mapped import Mapped, closest, opened
from reid.index.quiet import faiss

__all__ = ["StoreSettings", "VectorStore"]

_HEAD = struct.Struct("<q")  # the number of rows at which the lists are laid anew
_GROWTH = 4


class VectorStore:
    """Rows (dim,) float32 by id, by Euclidean distance. Callers have checked shapes and ids."""

    def __init__(self, dim: int, settings: StoreSettings) -> None:
        self._settings = settings
        self._held: Any = faiss.IndexIDMap2(faiss.IndexFlatL2(dim))
        self._limit = settings.exact_up_to

    @property
    def kind(self) -> str:
        """``"exact"`` or ``"ivf"``."""
        return "exact" if isinstance(self._held, faiss.IndexIDMap2) else "ivf"

    @property
    def mapped(self) -> bool:
        """Whether what was saved stays in its file."""
        return isinstance(self._held, Mapped)

    @property
    def indexes(self) -> list[Any]:
        """FAISS' own: what was saved and is mapped, and what grows."""
        return [self._held.saved, self._held.added] if self.mapped else [self._held]

    @property
    def dim(self) -> int:
        """Length of a row."""
        return int(self._growing.d)

    @property
    def held_bytes(self) -> int:
        """Bytes of rows, ids and lists' centres in memory, those of a mapped file too."""
        ivf = self.kind == "ivf"
        row = int(self._growing.code_size) if ivf else 4 * self.dim
        centres = 4 * self.dim * int(self._growing.nlist) * len(self.indexes) if ivf else 0
        return len(self) * (row + 8) + centres

    def __len__(self) -> int:
        return sum(int(index.ntotal) for index in self.indexes)

    def add(self, ids: Ints, rows: Floats) -> None:
        """Add; lists are laid at exact numbers of rows, whatever comes in one call."""
        start = 0
        while start < len(ids):
            if len(self) >= self._limit:
                self._held = laid_out(self._whole(), self._settings)
                self._limit = len(self) * _GROWTH
            end = start + self._limit - len(self)
            part = np.ascontiguousarray(rows[start:end], dtype=np.float32)
            self._growing.add_with_ids(part, np.ascontiguousarray(ids[start:end]))
            start = end

    def remove(self, ids: Ints) -> int:
        """Remove; the number removed."""
        self._held = self._whole()  # a mapped file cannot forget
        return int(self._held.remove_ids(np.ascontiguousarray(ids)))

    def search(self, row: Floats, k: int) -> tuple[Ints, Floats]:
        """Ids (m,) and cosines (m,) of unit rows, m = min(k, len), in no certain order."""
        squared, ids = self.nearest(row[None], k)
        if ids[0, -1] >= 0:
            return ids[0], 1 - squared[0] / 2
        if self.kind == "ivf":  # the probed lists hold too few: look into all
            squared, ids = self.nearest(row[None], k, probes=int(self._growing.nlist))
        found = ids[0] >= 0
        return ids[0][found], 1 - squared[0][found] / 2

    def nearest(
        self,
        rows: Floats,
        k: int,
        *,
        allowed: NDArray[np.uint8] | None = None,
        probes: int | None = None,
    ) -> tuple[Floats, Ints]:
        """Squared distances and ids (n, k), nearest first; id -1 where there are too few.

        ``allowed`` has one bit for each id from 0, packed little-endian; None: all.
        """
        asked = np.ascontiguousarray(rows, dtype=np.float32)
        how = None if allowed is None and probes is None else self._how(allowed, probes)
        finds = [index.search(asked, k, params=how) for index in self.indexes]
        return finds[0] if len(finds) == 1 else closest(finds, k)

    def _how(self, allowed: NDArray[np.uint8] | None, probes: int | None) -> Any:
        """Parameters of the call, not of the index: readers run side by side.

        Only where they say something: with empty ones a flat index takes a fifth longer.
        """
        kinds: Any = faiss  # its stubs do not know the keywords
        given: dict[str, Any] = {}
        if allowed is not None:  # given by keyword: FAISS then keeps it as long as the parameters
            given["sel"] = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(allowed))
        if self.kind == "exact":
            return kinds.SearchParameters(**given)
        return kinds.SearchParametersIVF(nprobe=probes or self._growing.nprobe, **given)

    def contents(self) -> Iterator[tuple[Ints, Floats]]:
        """Everything in it by ascending id, some ten thousand rows at a time."""
        return contents(self._whole())

    def to_bytes(self) -> memoryview:
        """FAISS' own format behind the store's state."""
        found = faiss.serialize_index(self._whole())
        whole: Any = np.concatenate([_bytes(_HEAD.pack(self._limit)), found])
        return memoryview(whole)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, settings: StoreSettings) -> VectorStore:
        """What `to_bytes` wrote; an inverted file stays in ``data``, which may be a mapped file.

        Raises RuntimeError or ValueError on anything else.
        """
        if len(data) < _HEAD.size:
            raise ValueError(f"expected a store, found {len(data)} bytes")
        store = cls.__new__(cls)
        store._settings = settings
        (store._limit,) = _HEAD.unpack_from(data)
        store._held = opened(_bytes(memoryview(data)[_HEAD.size :]), settings)
        known = store.mapped or isinstance(store._held, faiss.IndexIDMap2)
        if not known or store._growing.metric_type != faiss.METRIC_L2:
            raise ValueError(f"not an index of this package: {type(store._held)}")
        return store

    @property
    def _growing(self) -> Any:
        return self.indexes[-1]

    def _whole(self) -> Any:
        """One index of our own memory."""
        return self._held.whole() if self.mapped else self._held


def _bytes(data: bytes | memoryview) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)
