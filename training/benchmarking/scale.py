"""Search against the size of a catalogue: recall beside the exact oracle, time, memory.

``python -m training.benchmarking.scale`` prints the table alone. Rows are synthetic: views of
points (descriptors) or pictures of animals (embeddings), ten of each, so that a query has true
neighbours as in a catalogue. One store grows through all sizes, as a catalogue's does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from reid.index import use_threads as faiss_threads
from reid.index.store import StoreSettings, VectorStore
from reid.index.voting import DESCRIPTORS
from training.benchmarking.ground import Ground
from training.benchmarking.memory import peak_gib
from training.evaluation.tables import table

SIZES = (1_000, 10_000, 50_000, 100_000, 1_000_000)
VIEWS = 10
CHUNK = 10_000
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is searched: ``dim`` numbers a row, ``asked`` rows at once, ``k`` neighbours of each.

    ``rank`` dimensions carry what differs between points; ``noise`` is the length of what differs
    between views of one, against 1; ``positive``: numbers below 0 do not occur.
    """

    name: str
    dim: int
    asked: int
    k: int
    settings: StoreSettings
    rank: int
    noise: float
    positive: bool

    def rows(self, chunk: int, count: int = CHUNK) -> Floats:
        """Unit rows of one chunk: ten views of each point, side by side."""
        rng = np.random.default_rng([11, self.dim, chunk])
        basis = np.random.default_rng([12, self.dim]).standard_normal(
            (self.rank, self.dim), dtype=np.float32
        )
        points = rng.standard_normal((-(-count // VIEWS), self.rank), dtype=np.float32) @ basis
        points = self._unit(points)
        return self.views(np.repeat(points, VIEWS, axis=0)[:count], rng)

    def views(self, points: Floats, rng: np.random.Generator) -> Floats:
        """Other views of points."""
        moved = rng.standard_normal(points.shape, dtype=np.float32)
        return self._unit(points + moved * np.float32(self.noise / self.dim**0.5))

    def _unit(self, rows: Floats) -> Floats:
        kept = np.maximum(rows, 0) if self.positive else rows
        return np.asarray(
            kept / np.maximum(np.linalg.norm(kept, axis=1, keepdims=True), 1e-9), dtype=np.float32
        )


def descriptors() -> Kind:
    """A picture of 760 RootSIFT points, the mean on nyala, and LNBNN's six neighbours."""
    return Kind("descriptors (LNBNN)", 128, 760, 6, DESCRIPTORS, 48, 0.5, positive=True)


def embeddings(dim: int) -> Kind:
    """One picture; candidates are made of the ten nearest."""
    return Kind("embeddings", dim, 1, 10, StoreSettings(), 64, 0.8, positive=True)


@dataclass(frozen=True, slots=True)
class AtSize:
    """One size: seconds to build all of it, ms a query picture, recall of first and of ``k``."""

    name: str
    size: int
    store: str
    build_s: float
    query_ms: float
    first: float
    recall: float
    held_bytes: int


def grown(kind: Kind, sizes: tuple[int, ...] = SIZES, *, queries: int = 100) -> Iterator[AtSize]:
    """The store at each size, against brute force over all rows."""
    store, took, start = VectorStore(kind.dim, kind.settings), 0.0, 0
    source = kind.rows(0, min(CHUNK, sizes[0]))[:: max(1, sizes[0] // queries)][:queries]
    asked = kind.views(source, np.random.default_rng(13))
    oracle = _Oracle(asked, kind.k)
    for size in sizes:
        while start < size:
            rows = kind.rows(start // CHUNK)[: size - start] if start % CHUNK == 0 else None
            if rows is None:  # the rest of a chunk that a smaller size began
                rows = kind.rows(start // CHUNK)[start % CHUNK : start % CHUNK + size - start]
            ids = np.arange(start, start + len(rows))
            oracle.see(ids, rows)
            begin = time.perf_counter()
            store.add(ids, rows)
            took += time.perf_counter() - begin
            start += len(rows)
        yield _measured(kind, store, took, oracle)


class _Oracle:
    """The exact neighbours of everything seen so far."""

    def __init__(self, asked: Floats, k: int) -> None:
        self.asked, self._k = asked, k
        self._cosines = np.zeros((len(asked), 0), dtype=np.float32)
        self.ids = np.zeros((len(asked), 0), dtype=np.int64)

    def see(self, ids: NDArray[np.int64], rows: Floats) -> None:
        cosines = np.concatenate([self._cosines, self.asked @ rows.T], axis=1)
        every = np.concatenate([self.ids, np.broadcast_to(ids, (len(self.asked), len(ids)))], 1)
        best = np.argsort(-cosines, axis=1, kind="stable")[:, : self._k]
        self._cosines = np.take_along_axis(cosines, best, axis=1)
        self.ids = np.take_along_axis(every, best, axis=1)


def _measured(kind: Kind, store: VectorStore, took: float, oracle: _Oracle) -> AtSize:
    _, found = store.nearest(oracle.asked, kind.k)
    alike = [len(set(a) & set(b)) for a, b in zip(found, oracle.ids, strict=True)]
    repeats = -(-kind.asked // len(oracle.asked)) if kind.asked > 1 else 1
    picture = np.tile(oracle.asked, (repeats, 1))[: kind.asked]
    spans = []
    for _ in range(5):
        begin = time.perf_counter()
        store.nearest(picture, kind.k)
        spans.append(time.perf_counter() - begin)
    return AtSize(
        kind.name,
        len(store),
        store.kind,
        took,
        1000 * float(np.median(spans)),
        float(np.mean([a[0] in set(b) for a, b in zip(oracle.ids, found, strict=True)])),
        sum(alike) / (len(alike) * kind.k),
        store.held_bytes,
    )


TEXT = """One store that grows through all sizes, against brute force over the same rows. *first*:
share of the queries whose nearest row was found among the neighbours asked for; *recall*: share of
all exact neighbours (6 of a descriptor, 10 of an embedding). A query picture is one embedding, or
760 descriptors. *exact* is the flat index, *ivf* the inverted file with one byte a number: a store
turns from one into the other beyond {exact:,} embeddings or {described:,} descriptors, where
comparing every row costs more than the recall below is worth.

{scale}

The process that held these stores peaked at {scale_gib:.2f} GiB, laying a million rows anew
included.
"""


def scale_section(ground: Ground) -> str:
    """The table, from a process of its own."""
    most = 10_000 if ground.small else SIZES[-1]
    scale, gib = scale_table(1280, threads=ground.threads, most=most)
    limits = StoreSettings().exact_up_to, DESCRIPTORS.exact_up_to
    return TEXT.format(scale=scale, scale_gib=gib, exact=limits[0], described=limits[1])


def scale_table(dim: int, *, threads: int, most: int) -> tuple[str, float]:
    """The table and the most memory in GiB."""
    command = [sys.executable, "-m", "training.benchmarking.scale", "--json"]
    done = subprocess.run(
        [*command, "--dim", str(dim), "--threads", str(threads), "--most", str(most)],
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout)
    return as_table([AtSize(**row) for row in told["rows"]]), float(told["peak_gib"])


def as_table(rows: list[AtSize]) -> str:
    """For people."""
    head = ("what", "rows", "store", "built, s", "query picture, ms", "first", "recall", "MB")
    cells = [
        (
            row.name,
            f"{row.size:,}",
            row.store,
            f"{row.build_s:.1f}",
            f"{row.query_ms:.1f}",
            f"{row.first:.3f}",
            f"{row.recall:.3f}",
            f"{row.held_bytes / 1e6:,.0f}",
        )
        for row in rows
    ]
    return table(head, cells)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dim", type=int, default=1280, help="numbers of an embedding")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    use_threads(asked.threads)
    sizes = tuple(size for size in SIZES if size <= asked.most)
    rows = [row for kind in (descriptors(), embeddings(asked.dim)) for row in grown(kind, sizes)]
    if asked.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "peak_gib": peak_gib()}))
    else:
        print(as_table(rows), f"\npeak {peak_gib():.2f} GiB")


def use_threads(threads: int) -> None:
    """For FAISS, its BLAS and numpy's."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
    faiss_threads(threads)


if __name__ == "__main__":
    main()
