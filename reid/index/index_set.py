"""The three indexes of one fingerprint: left, right, unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from reid.errors import InputError, NotFoundError, SearchError
from reid.index.flank_index import FlankIndex
from reid.index.locks import ReadWriteLock
from reid.index.storage import Section
from reid.index.store import StoreSettings
from reid.index.values import Neighbours, VectorBatch
from reid.types import Embedding, Flank

SIDES = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN)


def searched(flank: Flank) -> tuple[Flank, ...]:
    """Which indexes a query of this flank looks into.

    A known side meets its own and the unknown; anything else might match any. Left against right
    says nothing, so they never meet.
    """
    return (flank, Flank.UNKNOWN) if flank in (Flank.LEFT, Flank.RIGHT) else SIDES


class IndexSet:
    """Vectors of one fingerprint by flank; ids are unique over the whole set.

    Front and back views show no flank and are kept among the unknown. Thread-safe: searches run
    side by side, changes are seen whole.
    """

    def __init__(
        self, *, fingerprint: str, dim: int, settings: StoreSettings | None = None
    ) -> None:
        """An empty set. Raises as `FlankIndex`."""
        self.fingerprint, self.dim = fingerprint, dim
        self._settings = settings
        self._lock = ReadWriteLock()
        self._parts = self._empty()

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts.values())

    def __contains__(self, item: int) -> bool:
        return any(item in part for part in self._parts.values())

    @property
    def newest(self) -> int:
        """The highest id; 0 where there is none."""
        return max((part.newest for part in self._parts.values()), default=0)

    def counts(self) -> dict[Flank, int]:
        """Vectors in each index."""
        return {flank: len(part) for flank, part in self._parts.items()}

    def add(self, flank: Flank, batch: VectorBatch) -> None:
        """Add under new ids. Raises as `FlankIndex.add`, also for an id of another flank."""
        with self._lock.writing():
            _add(self._parts, flank, batch)

    def remove(self, ids: Sequence[int]) -> None:
        """Forget ids of any flank. Raises NotFoundError before anything is removed."""
        with self._lock.writing():
            if missing := [item for item in ids if item not in self]:
                raise NotFoundError(f"index: no vector of id {sorted(missing)[:5]}")
            for part in self._parts.values():
                part.remove([item for item in set(ids) if item in part])

    def search(self, query: Embedding, flank: Flank, k: int) -> Neighbours:
        """The ``k`` nearest over the indexes of `searched`; each find names its flank.

        Raises:
            SearchError: as `FlankIndex.search`; one failing part fails the whole search, since
                the missing half might hold the match.
            InputError: ``k`` below 1.
        """
        sides = searched(flank)
        with self._lock.reading():
            finds = [self._parts[side].nearest(query, k) for side in sides]
        ids, cosines = (np.concatenate(every) for every in zip(*finds, strict=True))
        ends = list(accumulate(len(found) for found, _ in finds))
        return Neighbours.ranked(ids, cosines, ends, sides, k)

    def rebuild(self, chunks: Iterable[tuple[Flank, VectorBatch]]) -> None:
        """Replace everything by what the iterator gives; on an error the old set stays."""
        parts = self._empty()
        for flank, batch in chunks:
            _add(parts, flank, batch)
        with self._lock.writing():
            self._parts = parts

    def sections(self) -> list[Section]:
        """All of it as bytes, of one moment. Raises as `FlankIndex.section`."""
        with self._lock.reading():
            return [part.section() for part in self._parts.values()]

    @classmethod
    def of_sections(
        cls,
        sections: Iterable[Section],
        *,
        fingerprint: str,
        dim: int,
        settings: StoreSettings | None = None,
    ) -> IndexSet:
        """What `sections` gave.

        Raises:
            SearchError: damaged, of another fingerprint or dim, or a flank is not there.
        """
        found = cls(fingerprint=fingerprint, dim=dim, settings=settings)
        parts = [
            FlankIndex.from_section(section, fingerprint=fingerprint, dim=dim, settings=settings)
            for section in sections
        ]
        there = [part.flank for part in parts]
        if sorted(there) != sorted(SIDES):
            raise SearchError(
                f"index {fingerprint}: expected the flanks {', '.join(SIDES)}, found "
                f"{', '.join(there)}; run `reid index rebuild`"
            )
        found._parts = {part.flank: part for part in parts}
        return found

    def _empty(self) -> dict[Flank, FlankIndex]:
        facts = {"fingerprint": self.fingerprint, "dim": self.dim, "settings": self._settings}
        return {side: FlankIndex(flank=side, **facts) for side in SIDES}  # type: ignore[arg-type]


def _add(parts: dict[Flank, FlankIndex], flank: Flank, batch: VectorBatch) -> None:
    side = flank if flank in SIDES else Flank.UNKNOWN
    others = [part for part in parts.values() if part.flank is not side]
    for item in batch.ids.tolist():
        if any(item in part for part in others):
            raise InputError(f"index: id {item} is already there under another flank; remove it")
    parts[side].add(batch)
