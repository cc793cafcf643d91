"""Our index over bare FAISS: ``python -m training.benchmarking.overhead``, a process of its own.

The same FAISS indexes hold the same rows and are asked the same, once through
`reid.index.IndexSet` and once directly; what differs is what this package adds: locks, checks,
merging flanks, ranking.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from reid.index import IndexSet, VectorBatch
from reid.types import Embedding, Flank
from training.benchmarking.ground import Ground
from training.benchmarking.scale import CHUNK, embeddings, use_threads
from training.evaluation.tables import table

SIZES, SMALL = (10_000, 100_000, 1_000_000), (2_000, 10_000)
UNKNOWN_SHARE = 10
"""One embedding in so many is of no known flank, and searched beside those of the query's."""
NEAREST, ASKED, ROUNDS = 200, 40, 15
PRINT = "0123456789abcdef"
TEXT = """An embedding of {dim} numbers looks for its {nearest} nearest through
`reid.index.IndexSet` (two flanks searched and merged, locks, checks, ranking), and in the same
FAISS indexes directly, one after the other; {asked} queries in turns, the mean of each query's
best of {rounds} rounds.

{table}
"""


@dataclass(frozen=True, slots=True)
class Overhead:
    """Milliseconds a query at a size."""

    size: int
    store: str
    ours_ms: float
    bare_ms: float

    @property
    def ratio(self) -> float:
        """Ours over bare FAISS."""
        return self.ours_ms / self.bare_ms


def overheads(dim: int, sizes: tuple[int, ...]) -> list[Overhead]:
    """One index that grows through the sizes."""
    kind, index, held = embeddings(dim), IndexSet(fingerprint=PRINT, dim=dim), 0
    asked = kind.views(kind.rows(0)[:ASKED], np.random.default_rng(13))
    found = []
    for size in sizes:
        while held < size:
            rows = kind.rows(held // CHUNK)[held % CHUNK :][: size - held]
            ids = np.arange(held, held + len(rows), dtype=np.int64)
            unknown = ids % UNKNOWN_SHARE == 0
            for flank, chosen in ((Flank.LEFT, ~unknown), (Flank.UNKNOWN, unknown)):
                index.add(flank, VectorBatch(ids[chosen], rows[chosen], PRINT))
            held += len(rows)
        found.append(_measured(index, asked, size))
    return found


def _measured(index: IndexSet, asked: np.ndarray, size: int) -> Overhead:
    sides = (Flank.LEFT, Flank.UNKNOWN)
    parts = [part for side in sides for part in index._parts[side]._store.indexes]
    queries = [Embedding(row, PRINT) for row in asked]
    rows = [row[None] for row in asked]

    def ours(k: int) -> None:
        index.search(queries[k], Flank.LEFT, NEAREST)

    def bare(k: int) -> None:
        for part in parts:
            part.search(rows[k], NEAREST)

    best = in_turns({"ours": ours, "bare": bare}, len(rows))
    return Overhead(size, index._parts[Flank.LEFT].kind, best["ours"], best["bare"])


def in_turns(works: dict[str, Callable[[int], None]], count: int) -> dict[str, float]:
    """Milliseconds of each work, mean over ``count`` queries of the best of all rounds.

    Query by query in turns: what else the machine does disturbs both alike, and the best is what
    it did not disturb.
    """
    best = {name: np.full(count, np.inf) for name in works}
    for _ in range(ROUNDS):
        for k in range(count):
            for name, work in works.items():
                start = time.perf_counter()
                work(k)
                best[name][k] = min(best[name][k], 1000 * (time.perf_counter() - start))
    return {name: float(found.mean()) for name, found in best.items()}


def overhead_section(ground: Ground) -> str:
    """The table, from a process of its own."""
    sizes = SMALL if ground.small else SIZES
    command = [sys.executable, "-m", "training.benchmarking.overhead", "--json"]
    more = ["--threads", str(ground.threads), "--sizes", *map(str, sizes)]
    done = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
    rows = [Overhead(**row) for row in json.loads(done.stdout)]
    return TEXT.format(dim=1280, nearest=NEAREST, asked=ASKED, rounds=ROUNDS, table=as_table(rows))


def as_table(rows: list[Overhead]) -> str:
    """For people."""
    head = ("embeddings", "store", "ours, ms", "bare FAISS, ms", "ours / bare (aim: 1.1)")
    cells = [
        (f"{r.size:,}", r.store, f"{r.ours_ms:.2f}", f"{r.bare_ms:.2f}", f"**{r.ratio:.3f}**")
        for r in rows
    ]
    return table(head, cells)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dim", type=int, default=1280)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    use_threads(asked.threads)
    rows = overheads(asked.dim, tuple(asked.sizes))
    print(json.dumps([asdict(row) for row in rows]) if asked.json else as_table(rows))


if __name__ == "__main__":
    main()
