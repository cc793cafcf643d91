"""What every comparer does, and what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from training.evaluation.retrieval.animals import Animal
from training.evaluation.retrieval.plan import Plan

Floats = NDArray[np.float32]
Entries = NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A plan with its animals measured.

    ``animals`` are in the order of ``plan.rows``. ``cache`` is a folder for what a rerun need not
    do again, None for nothing kept. ``done`` holds the matrices and entries that this run already
    has, by comparer's method.
    """

    plan: Plan
    animals: Sequence[Animal] = field(repr=False)
    cache: Path | None = None
    threads: int = 1
    progress: Progress | None = None
    done: dict[str, Floats] = field(default_factory=dict, repr=False)

    @property
    def asked(self) -> list[Animal]:
        """Animals of the queries (n)."""
        return [self.animals[k] for k in self.plan.queries]

    @property
    def found(self) -> list[Animal]:
        """Animals of the gallery (m)."""
        return [self.animals[k] for k in self.plan.gallery]

    def told(self, stage: str, done: int, total: int) -> None:
        """Report progress, if anybody wants to hear it."""
        if self.progress:
            self.progress(stage, done, total)

    def fingerprint(self) -> str:
        """16 hex digits over who may be compared with whom and every picture's content."""
        digest = hashlib.sha256("|".join(a.key for a in self.animals).encode())
        for part in (self.plan.queries, self.plan.gallery, np.packbits(self.plan.allowed)):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()[:16]


@runtime_checkable
class Comparer(Protocol):
    """Compares queries with the gallery; higher is more alike, any scale.

    ``method`` names algorithm, weights and settings. ``dense``: cheap enough for all of the
    gallery; others are asked only for entries that somebody shortlisted. ``llr``: scores are
    natural log-likelihood ratios as they come, and are judged as such. ``relative``: scores
    depend on who else is in the gallery: they order candidates, and are no evidence, for a fit in
    one catalogue says nothing about another.
    """

    @property
    def method(self) -> str:
        """Algorithm, weights and settings."""

    @property
    def dense(self) -> bool:
        """Whether `matrix` may be asked for."""

    @property
    def llr(self) -> bool:
        """Whether scores are log-likelihood ratios."""

    @property
    def relative(self) -> bool:
        """Whether scores depend on the rest of the gallery."""

    def matrix(self, task: Task) -> Floats:
        """(n, m) scores; what the plan does not allow may hold anything."""

    def entries(self, task: Task, entries: Entries) -> Floats:
        """(k,) scores of (k, 2) positions in queries and gallery."""


def all_entries(plan: Plan) -> Entries:
    """(k, 2) every allowed position."""
    return np.argwhere(plan.allowed)


def filled(comparer: Comparer, task: Task) -> Floats:
    """(n, m) of a comparer that only knows entries: all allowed ones asked, the rest 0."""
    entries = all_entries(task.plan)
    out = np.zeros(task.plan.allowed.shape, dtype=np.float32)
    out[entries[:, 0], entries[:, 1]] = comparer.entries(task, entries)
    return out
