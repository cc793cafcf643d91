"""How FAISS keeps many rows: the lists of an inverted file, and what is in an index."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reid.index.quiet import faiss

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_ROUNDS = 8  # of k-means: FAISS's own 25 take most of the build and change no neighbour that counts
_TRAINING_A_LIST = 40  # FAISS warns below 39 points a list
_CHUNK_BYTES = 64 << 20
_BEYOND = 0.1  # of the range of a number in training: later rows may reach a little farther


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """When a store stops being exact, and how far it then looks.

    Up to ``exact_up_to`` rows every one is compared (50,000 of 1,280 numbers are 256 MB). Beyond,
    ``lists_per_root`` * sqrt(n) lists are made, and ``probed_share`` of them, at least
    ``least_probes``, looked into (1.0: all). ``byte_codes`` keeps one byte a number there instead
    of four: a million rows of 1,280 numbers are 1.3 GB.
    """

    exact_up_to: int = 50_000
    lists_per_root: float = 1.0
    probed_share: float = 0.1
    least_probes: int = 8
    byte_codes: bool = True


def laid_out(old: Any, settings: StoreSettings) -> Any:
    """The rows of an index in an inverted file made for their number. Seeded."""
    count = int(old.ntotal)
    wanted = round(settings.lists_per_root * math.sqrt(count))
    lists = max(1, min(wanted, count // _TRAINING_A_LIST))
    sample = _sample(old, min(count, _TRAINING_A_LIST * lists))
    new = _empty(_centres(sample, lists), lists, settings)
    if settings.byte_codes:
        _share_ranges(old, new, sample)
    new.is_trained = True
    new.nprobe = min(lists, max(settings.least_probes, math.ceil(settings.probed_share * lists)))
    for ids, rows in contents(old):
        new.add_with_ids(rows, ids)
    return new


def empty_like(old: Any, settings: StoreSettings) -> Any:
    """An inverted file with the lists' centres and codes of another, and nothing in it."""
    lists = int(old.nlist)
    centres = np.asarray(faiss.downcast_index(old.quantizer).reconstruct_n(0, lists))
    new = _empty(centres, lists, settings)
    if isinstance(old, faiss.IndexIVFScalarQuantizer):
        _share_ranges(old, new, centres)
    new.is_trained = True
    new.nprobe = old.nprobe
    return new


def contents(index: Any) -> Iterator[tuple[Ints, Floats]]:
    """Ids and rows by ascending id, in chunks."""
    ids, codes = _codes(index)
    chunk = max(1, _CHUNK_BYTES // (4 * int(index.d)))
    for start in range(0, len(ids), chunk):
        part = slice(start, start + chunk)
        yield ids[part], _decoded(index, codes[part])


def _empty(centres: Floats, lists: int, settings: StoreSettings) -> Any:
    dim = centres.shape[1]
    coarse = faiss.IndexFlatL2(dim)
    kinds: Any = faiss
    coarse.add(centres)
    if not settings.byte_codes:
        return kinds.IndexIVFFlat(coarse, dim, lists, faiss.METRIC_L2)
    # Codes of the rows themselves and not of what a list's centre leaves: decoding and encoding
    # again gives the same bytes, so laying the lists anew loses nothing.
    byte = faiss.ScalarQuantizer.QT_8bit
    return kinds.IndexIVFScalarQuantizer(coarse, dim, lists, byte, faiss.METRIC_L2, False)


def _centres(sample: Floats, lists: int) -> Floats:
    found = faiss.Kmeans(
        sample.shape[1], lists, niter=_ROUNDS, seed=0, max_points_per_centroid=len(sample)
    )
    found.cp.min_points_per_centroid = 1
    found.train(sample)
    return np.asarray(found.centroids, dtype=np.float32)


def _share_ranges(old: Any, new: Any, sample: Floats) -> None:
    """Each number's range of values: measured once, then kept."""
    if isinstance(old, faiss.IndexIVFScalarQuantizer):
        faiss.copy_array_to_vector(faiss.vector_to_array(old.sq.trained), new.sq.trained)
        return
    new.sq.rangestat_arg = _BEYOND
    new.sq.train(sample)


def _sample(index: Any, count: int) -> Floats:
    """About ``count`` rows, spread evenly over the ids."""
    ids, codes = _codes(index)
    chosen = np.linspace(0, len(ids) - 1, count).astype(np.int64)
    return _decoded(index, codes[chosen])


def _codes(index: Any) -> tuple[Ints, NDArray[np.uint8]]:
    """Ids ascending and their bytes (n, code size)."""
    if isinstance(index, faiss.IndexIDMap2):
        ids = faiss.vector_to_array(index.id_map)
        size = 4 * int(index.d)
        flat = faiss.downcast_index(index.index)
        codes = faiss.vector_to_array(flat.codes).view(np.uint8).reshape(-1, size)  # type: ignore[attr-defined]
    else:
        parts = [_list(index, k) for k in range(int(index.nlist))]
        ids = np.concatenate([part[0] for part in parts])
        codes = np.concatenate([part[1] for part in parts])
    order = np.argsort(ids, kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        ids, codes = ids[order], codes[order]
    return ids.astype(np.int64, copy=False), codes


def _list(index: Any, number: int) -> tuple[Ints, NDArray[np.uint8]]:
    lists, size = index.invlists, int(index.code_size)
    count = int(lists.list_size(number))
    if not count:
        return np.empty(0, dtype=np.int64), np.empty((0, size), dtype=np.uint8)
    codes = faiss.rev_swig_ptr(lists.get_codes(number), count * size).reshape(count, size)
    return faiss.rev_swig_ptr(lists.get_ids(number), count).copy(), codes


def _decoded(index: Any, codes: NDArray[np.uint8]) -> Floats:
    if isinstance(index, faiss.IndexIVFScalarQuantizer):
        return np.asarray(index.sq.decode(np.ascontiguousarray(codes)), dtype=np.float32)
    return np.ascontiguousarray(codes).view(np.float32).reshape(len(codes), int(index.d))
