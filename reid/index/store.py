"""FAISS, and nothing else in this package knows it.

A `VectorStore` is exact (flat inner product) while small, and turns into an inverted file (IVF:
Jégou et al. 2011) above `StoreSettings.exact_up_to`. IVF and not HNSW, because FAISS cannot remove
from HNSW and a catalogue must be able to forget. Not thread-safe; `FlankIndex` locks around it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

_MIN_TRAINING_PER_LIST = 39  # below this FAISS itself warns that k-means is not to be trusted


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """When a store stops being exact, and how far it then looks.

    Up to ``exact_up_to`` vectors every one is compared (50,000 of 1,280 numbers are 256 MB).
    Beyond, ``lists_per_root`` * sqrt(n) lists are made and ``probed_share`` of them looked into
    (1.0: exact again).
    """

    exact_up_to: int = 50_000
    lists_per_root: float = 2.0
    probed_share: float = 0.15


class VectorStore:
    """Unit vectors by id; inner product is the cosine. Callers have checked shapes and ids."""

    def __init__(self, dim: int, settings: StoreSettings) -> None:
        self._settings = settings
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    @property
    def kind(self) -> str:
        """``"exact"`` or ``"ivf"``."""
        return "exact" if isinstance(self._index, faiss.IndexIDMap2) else "ivf"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add; the first addition beyond ``exact_up_to`` turns the store into an inverted file."""
        self._index.add_with_ids(np.ascontiguousarray(vectors), np.ascontiguousarray(ids))
        if self.kind == "exact" and len(self) > self._settings.exact_up_to:
            self._index = _inverted(self._index, self._settings)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove; the number removed."""
        return int(self._index.remove_ids(np.ascontiguousarray(ids)))

    def search(
        self, vector: NDArray[np.float32], k: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids (m,) and cosines (m,), m = min(k, len), in no certain order."""
        k = min(k, len(self))
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        ids, cosines = self._search(vector, k, None)
        if len(ids) < k and self.kind == "ivf":  # the probed lists hold too few: look into all
            ids, cosines = self._search(vector, k, self._index.nlist)
        return ids, cosines

    def to_bytes(self) -> bytes:
        """FAISS' own format."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def from_bytes(cls, data: bytes, settings: StoreSettings) -> VectorStore:
        """What `to_bytes` wrote. Raises RuntimeError or ValueError on anything else."""
        store = cls.__new__(cls)
        store._settings = settings
        store._index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        known = isinstance(store._index, faiss.IndexIDMap2 | faiss.IndexIVFFlat)
        if not known or store._index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError(f"not an inner-product index of this package: {type(store._index)}")
        return store

    def _search(
        self, vector: NDArray[np.float32], k: int, probes: int | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        # parameters of the call, not of the index: readers run side by side
        parameters = None
        if probes is not None:
            parameters = faiss.SearchParametersIVF()
            parameters.nprobe = probes
        rows = np.ascontiguousarray(vector[None])
        cosines, ids = self._index.search(rows, k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found].astype(np.int64), cosines[0][found].astype(np.float32)


def _inverted(exact: Any, settings: StoreSettings) -> Any:
    """The same vectors and ids as an inverted file, trained on all of them."""
    count, dim = int(exact.ntotal), int(exact.d)
    vectors = exact.index.reconstruct_n(0, count)
    ids = faiss.vector_to_array(exact.id_map)
    wanted = round(settings.lists_per_root * math.sqrt(count))
    lists = max(1, min(wanted, count // _MIN_TRAINING_PER_LIST))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, lists, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add_with_ids(vectors, ids)
    index.nprobe = max(1, math.ceil(settings.probed_share * lists))
    return index
