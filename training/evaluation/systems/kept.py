"""Scores of pairs of pictures, each computed once and kept on disk by content and method."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np

from training.evaluation.systems.contract import Entries, Floats, Task

Pair = tuple[str, str]
Compare = Callable[[str, str], float]
Several = Callable[[str, str], Sequence[float]]
CHUNK = 512
"""Pairs between two writings: what a run that is cut off loses at most."""


def entry_scores(
    task: Task,
    method: str,
    entries: Entries,
    ready: Callable[[set[str]], Compare],
) -> Floats:
    """(k,) scores of entries; `entry_table` with one column."""

    def several(keys: set[str]) -> Several:
        compare = ready(keys)
        return lambda a, b: (compare(a, b),)

    return entry_table(task, (method,), entries, several)[:, 0]


def entry_table(
    task: Task,
    methods: Sequence[str],
    entries: Entries,
    ready: Callable[[set[str]], Several],
) -> Floats:
    """(k, len(methods)) scores of entries, of which only those that are not kept are computed.

    Each unordered pair is compared once, in the order of the animals' keys. ``ready`` gets the
    keys of all animals that have to be compared and returns what compares two of them.
    """
    keys = np.array([a.key for a in task.animals])
    first = keys[task.plan.queries[entries[:, 0]]].tolist()
    second = keys[task.plan.gallery[entries[:, 1]]].tolist()
    pairs: list[Pair] = [(min(p), max(p)) for p in zip(first, second, strict=True)]
    with closing(_open(task.cache)) as database:
        known = [_read(database, method) for method in methods]
        missing = sorted({p for p in pairs if any(p not in column for column in known)})
        if missing:
            compare = ready({key for pair in missing for key in pair})
            for found in _computed(task, missing, compare):
                for k, method in enumerate(methods):
                    column = {pair: row[k] for pair, row in found.items()}
                    _write(database, method, column)
                    known[k] |= column
    rows = [[column[p] for column in known] for p in pairs]
    return np.array(rows, dtype=np.float32).reshape(-1, len(methods))


def _computed(
    task: Task, missing: list[Pair], compare: Several
) -> Iterator[dict[Pair, Sequence[float]]]:
    with ThreadPoolExecutor(task.threads) as pool:
        for start in range(0, len(missing), CHUNK):
            part = missing[start : start + CHUNK]
            scores = pool.map(lambda pair: compare(*pair), part)
            yield dict(zip(part, scores, strict=True))
            task.told("pairs", start + len(part), len(missing))


def _open(cache: Path | None) -> sqlite3.Connection:
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
    where = str(cache / "pairs.sqlite") if cache else ":memory:"
    database = sqlite3.connect(where, timeout=60)
    database.execute(
        "create table if not exists pair (method text, a text, b text, score real, "
        "primary key (method, a, b)) without rowid"
    )
    return database


def _read(database: sqlite3.Connection, method: str) -> dict[Pair, float]:
    rows = database.execute("select a, b, score from pair where method = ?", (method,))
    return {(a, b): score for a, b, score in rows}


def _write(database: sqlite3.Connection, method: str, found: dict[Pair, float]) -> None:
    rows = [(method, a, b, score) for (a, b), score in found.items()]
    with database:
        database.executemany("insert or replace into pair values (?, ?, ?, ?)", rows)
