"""Inverted files that stay where they were saved: mapped into memory, shared by all processes.

FAISS reads them without a copy (`ZeroCopyIOReader`) but cannot add to what it does not own, so new
rows go into a second index with the same lists' centres and codes. Both together find exactly what
one index would: which lists are looked into and every distance follow from centres and codes alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.index.inverted import Floats, Ints, StoreSettings, empty_like
from reid.index.quiet import faiss

Bytes = NDArray[np.uint8]


class Mapped:
    """An inverted file as it was saved, and what was added since; ``kept`` holds its bytes."""

    def __init__(self, saved: Any, kept: Bytes, settings: StoreSettings) -> None:
        self.saved, self._kept = saved, kept
        self.added = empty_like(saved, settings)

    def whole(self) -> Any:
        """Both in one index of its own memory; this one stays as it is."""
        found = faiss.deserialize_index(self._kept)
        if self.added.ntotal:
            found.merge_from(faiss.clone_index(self.added), 0)
        return found


def opened(content: Bytes, settings: StoreSettings) -> Any:
    """A saved index: an inverted file as `Mapped`, a flat one in its own memory."""
    kinds: Any = faiss  # its stubs do not know the reader
    found = kinds.read_index(kinds.ZeroCopyIOReader(faiss.swig_ptr(content), content.size))
    if isinstance(found, faiss.IndexIVF):
        return Mapped(found, content, settings)
    return faiss.deserialize_index(content)


def closest(finds: list[tuple[Floats, Ints]], k: int) -> tuple[Floats, Ints]:
    """The first ``k`` of several finds (n, any), nearest first, equal distances by id.

    As FAISS itself orders them; what is not there has id -1 and a distance beyond all.
    """
    squared, ids = (np.concatenate(which, axis=1) for which in zip(*finds, strict=True))
    squared = np.where(ids < 0, np.inf, squared).astype(np.float32)
    order = np.lexsort((ids, squared), axis=1)[:, :k]
    return np.take_along_axis(squared, order, axis=1), np.take_along_axis(ids, order, axis=1)
