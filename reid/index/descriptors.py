"""Descriptors of a whole catalogue in one FAISS index, exact while small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray

from reid.errors import SearchError

T = TypeVar("T")
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DescriptorSettings:
    """Up to ``exact_up_to`` descriptors the search is exact; beyond, an inverted file of about
    ``4 sqrt(n)`` lists is searched in its ``probes`` nearest, with descriptors kept in one byte a
    number.
    """

    exact_up_to: int = 50_000
    probes: int = 24


_ROUNDS = 10  # of k-means: FAISS's own 25 take most of the build and change no vote that counts
_TRAINING_A_LIST = 40  # FAISS asks for 39 points a list and takes no more than 256


def build(parts: Sequence[Floats], settings: DescriptorSettings) -> faiss.Index:
    """An index of the rows of all parts (n, dim) in their order. Training is seeded."""
    count, dim = sum(map(len, parts)), parts[0].shape[1]
    if count <= settings.exact_up_to:
        index: faiss.Index = faiss.IndexFlatL2(dim)
    else:
        lists = max(1, int(4 * np.sqrt(count)))
        byte = faiss.ScalarQuantizer.QT_8bit
        index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatL2(dim), dim, lists, byte)
        index.nprobe = settings.probes
        index.cp.niter = _ROUNDS
        index.train(_sample(parts, min(count, _TRAINING_A_LIST * lists)))
    for part in parts:
        index.add(np.ascontiguousarray(part, dtype=np.float32))
    return index


def _sample(parts: Sequence[Floats], count: int) -> Floats:
    """Seeded, so that the same catalogue gives the same index."""
    share = count / max(1, sum(map(len, parts)))
    rng = np.random.default_rng(0)
    chosen = [part[rng.random(len(part)) < share * 1.05] for part in parts]
    return np.ascontiguousarray(np.concatenate(chosen), dtype=np.float32)


def nearest(
    index: faiss.Index, asked: Floats, k: int, allowed: NDArray[np.uint8] | None
) -> tuple[Floats, Ints]:
    """Squared distances and rows (q, k), nearest first; row -1 where there are too few.

    ``allowed`` has one bit for each stored row, packed little-endian; None: all.
    """
    if allowed is None:
        squared, rows = index.search(asked, k)
        return squared, rows
    selector = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(allowed))
    kinds: Any = faiss  # its stubs do not know the keywords of these two
    if isinstance(index, faiss.IndexIVF):
        how = kinds.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
    else:
        how = kinds.SearchParameters(sel=selector)
    squared, rows = index.search(asked, k, params=how)
    return squared, rows


def guarded(action: Callable[[], T]) -> T:
    """What FAISS answers; whatever it raises becomes `SearchError`."""
    try:
        return action()
    except (RuntimeError, ValueError, AssertionError, MemoryError) as error:
        raise SearchError(
            f"descriptor index: FAISS failed: {error}; build it again from the catalogue"
        ) from error
