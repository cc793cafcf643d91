"""Verified local matches of two pictures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from reid.pipeline.methods import LocalMethod, load_method
from reid.types import LocalFeatures
from training.evaluation.systems.contract import Entries, Floats, Task, all_entries
from training.evaluation.systems.features import features_of

CHUNK = 512


@dataclass(frozen=True)
class LocalComparer:
    """log(1 + ``pattern``) of verified matches: the same order, without the long tail that would
    rule a linear fit.

    Each unordered pair of pictures is compared once, in the order of their keys, so that a score
    is symmetric; scores are kept on disk by both keys and method.
    """

    name: str = "rootsift"
    score: str = "pattern"
    dense: bool = field(default=False, init=False)

    @cached_property
    def stages(self) -> LocalMethod:
        """Extractor, matcher and verifier."""
        return load_method(self.name)

    @property
    def method(self) -> str:
        """Features, matcher, verifier and their settings."""
        stages = self.stages
        return f"{stages.local.method}|{stages.matcher!r}|{stages.verifier!r}|{self.score}"

    def matrix(self, task: Task) -> Floats:
        """(n, m), every allowed pair: for small sets only."""
        entries = all_entries(task.plan)
        out = np.zeros(task.plan.allowed.shape, dtype=np.float32)
        out[entries[:, 0], entries[:, 1]] = self.entries(task, entries)
        return out

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) log(1 + score); see `Comparer`."""
        rows = np.stack([task.plan.queries[entries[:, 0]], task.plan.gallery[entries[:, 1]]], 1)
        keys = [a.key for a in task.animals]
        pairs = [tuple(sorted((keys[a], keys[b]))) for a, b in rows]
        with _kept(task.cache, self.method) as kept:
            known = kept.read()
            missing = sorted({(a, b) for a, b in pairs if (a, b) not in known})
            for found in self._compared(task, missing):
                kept.write(found)
                known |= found
        return np.log1p(np.array([known[a, b] for a, b in pairs], dtype=np.float32))

    def _compared(
        self, task: Task, missing: list[tuple[str, str]]
    ) -> Iterator[dict[tuple[str, str], float]]:
        needed = {key for pair in missing for key in pair}
        animals = list({a.key: a for a in task.animals if a.key in needed}.values())
        features = dict(
            zip(
                (a.key for a in animals), features_of(animals, self.stages.local, task), strict=True
            )
        )
        with ThreadPoolExecutor(task.threads) as pool:
            for start in range(0, len(missing), CHUNK):
                part = missing[start : start + CHUNK]
                scores = pool.map(lambda p: self._pair(features[p[0]], features[p[1]]), part)
                yield dict(zip(part, scores, strict=True))
                task.told(f"pairs by {self.name}", start + len(part), len(missing))

    def _pair(self, a: LocalFeatures, b: LocalFeatures) -> float:
        matches = self.stages.matcher.match(a, b)
        return self.stages.verifier.verify(a, b, matches).scores[self.score]


class _Scores:
    """Scores of pairs by one method in a small database; safe to be cut off at any time."""

    def __init__(self, connection: sqlite3.Connection, method: str) -> None:
        self._connection, self._method = connection, method
        connection.execute(
            "create table if not exists pair (method text, a text, b text, score real, "
            "primary key (method, a, b)) without rowid"
        )

    def read(self) -> dict[tuple[str, str], float]:
        rows = self._connection.execute(
            "select a, b, score from pair where method = ?", (self._method,)
        )
        return {(a, b): score for a, b, score in rows}

    def write(self, found: dict[tuple[str, str], float]) -> None:
        rows = [(self._method, a, b, score) for (a, b), score in found.items()]
        with self._connection:
            self._connection.executemany("insert or replace into pair values (?, ?, ?, ?)", rows)


@contextmanager
def _kept(cache: Path | None, method: str) -> Iterator[_Scores]:
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
    where = str(cache / "pairs.sqlite") if cache else ":memory:"
    with closing(sqlite3.connect(where, timeout=60)) as connection:
        yield _Scores(connection, method)
