"""Nearest neighbours among the vectors of one flank and one fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from reid.errors import InputError, NotFoundError, SearchError
from reid.index.inverted import Floats, Ints
from reid.index.locks import ReadWriteLock
from reid.index.storage import Section, read_sections, write_sections
from reid.index.store import StoreSettings, VectorStore
from reid.index.values import Neighbours, VectorBatch
from reid.types import Embedding, Flank

T = TypeVar("T")
_REBUILD = "run `reid index rebuild`"


class FlankIndex:
    """Vectors of one flank; cosines, exact up to `StoreSettings.exact_up_to`.

    Any number of threads may search; changes wait for them. Vectors travel as `VectorBatch` and
    `Embedding`, which carry their fingerprint, so another network's can never get in.
    """

    def __init__(
        self, *, flank: Flank, fingerprint: str, dim: int, settings: StoreSettings | None = None
    ) -> None:
        """An empty index. Raises InputError for a dim below 1 or an empty fingerprint."""
        if dim < 1 or not fingerprint:
            raise InputError(f"index: expected a fingerprint and a dim of at least 1, found {dim}")
        self.flank, self.fingerprint, self.dim = flank, fingerprint, dim
        self._settings = settings or StoreSettings()
        self._store = VectorStore(dim, self._settings)
        self._ids: set[int] = set()
        self._broken = ""
        self._lock = ReadWriteLock()

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, item: int) -> bool:
        return item in self._ids

    @property
    def newest(self) -> int:
        """The highest id; 0 where there is none."""
        return max(self._ids, default=0)

    @property
    def kind(self) -> str:
        """``"exact"`` or ``"ivf"``."""
        return self._store.kind

    def add(self, batch: VectorBatch) -> None:
        """Add vectors under new ids.

        Raises:
            SearchError: of another fingerprint or dim, or FAISS failed (then every later search
                raises too, until a rebuild).
            InputError: an id that is already there.
        """
        self._check_kind(batch.fingerprint, batch.vectors.shape[1])
        new = set(batch.ids.tolist())
        with self._lock.writing():
            if twice := self._ids & new:
                raise InputError(
                    f"index {self.flank}: ids already there: {sorted(twice)[:5]}; remove them first"
                )
            self._change(lambda: self._store.add(batch.ids, batch.vectors))
            self._ids |= new

    def remove(self, ids: Sequence[int]) -> None:
        """Forget vectors.

        Raises:
            NotFoundError: an id that is not there; nothing is removed.
            SearchError: FAISS failed.
        """
        gone = set(ids)
        with self._lock.writing():
            if missing := gone - self._ids:
                raise NotFoundError(f"index {self.flank}: no vector of id {sorted(missing)[:5]}")
            self._change(lambda: self._store.remove(np.array(sorted(gone), dtype=np.int64)))
            self._ids -= gone

    def search(self, query: Embedding, k: int) -> Neighbours:
        """The ``k`` nearest (all, when there are fewer); empty only when nothing is stored.

        Raises:
            SearchError: another fingerprint or dim, a broken index, or FAISS failed.
            InputError: ``k`` below 1.
        """
        ids, cosines = self.nearest(query, k)
        return Neighbours.ranked(ids, cosines, (len(ids),), (self.flank,), k)

    def nearest(self, query: Embedding, k: int) -> tuple[Ints, Floats]:
        """As `search`, in no certain order: ids and cosines."""
        self._check_kind(query.fingerprint, len(query.vector))
        if k < 1:
            raise InputError(f"k: expected at least 1, found {k}")
        with self._lock.reading():
            self._check_whole()
            wanted = min(k, len(self._ids))
            if not wanted:
                return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
            ids, cosines = self._guarded(lambda: self._store.search(query.vector, wanted))
        if len(ids) != wanted:  # a search that came back short is a failed search
            raise SearchError(
                f"index {self.flank}: expected {wanted} neighbours, FAISS gave {len(ids)}; "
                f"{_REBUILD}"
            )
        return ids, cosines

    def rebuild(self, chunks: Iterable[VectorBatch]) -> None:
        """Replace everything by what the iterator gives; on an error the old index stays.

        Raises as ``add``, and whatever the iterator raises.
        """
        fresh = FlankIndex(
            flank=self.flank, fingerprint=self.fingerprint, dim=self.dim, settings=self._settings
        )
        for chunk in chunks:
            fresh.add(chunk)
        with self._lock.writing():
            self._store, self._ids, self._broken = fresh._store, fresh._ids, ""

    def save(self, path: Path) -> None:
        """Write beside, then rename: the file is the old one or the new one, never half.

        Raises:
            StorageFullError, SearchError: it could not be written; a broken index is not.
        """
        write_sections(path, [self.section()])

    def section(self) -> Section:
        """This index as bytes with what is needed to check them."""
        with self._lock.reading():
            self._check_whole()
            ids = np.array(sorted(self._ids), dtype=np.int64)
            data = self._guarded(self._store.to_bytes)
            return Section(str(self.flank), self.fingerprint, self.dim, ids, data)

    @classmethod
    def load(
        cls, path: Path, *, fingerprint: str, settings: StoreSettings | None = None
    ) -> FlankIndex:
        """Read what `save` wrote.

        Raises:
            SearchError: missing, damaged, or of another fingerprint.
        """
        sections = read_sections(path)
        if len(sections) != 1:
            raise SearchError(f"{path}: expected one flank, found {len(sections)}; {_REBUILD}")
        return cls.from_section(sections[0], fingerprint=fingerprint, settings=settings)

    @classmethod
    def from_section(
        cls,
        section: Section,
        *,
        fingerprint: str,
        dim: int | None = None,
        settings: StoreSettings | None = None,
    ) -> FlankIndex:
        """The index of a section; ``dim`` None takes any. Raises SearchError as ``load``."""
        index = cls(
            flank=Flank(section.flank),
            fingerprint=section.fingerprint,
            dim=section.dim,
            settings=settings,
        )
        index._check_kind(fingerprint, dim or section.dim)
        data, chosen = section.data, index._settings
        index._store = index._guarded(lambda: VectorStore.from_bytes(data, chosen))
        index._ids = set(section.ids.tolist())
        if (len(index._store), index._store.dim) != (len(index._ids), section.dim):
            raise SearchError(f"index {section.flank}: its parts disagree; {_REBUILD}")
        return index

    def _check_kind(self, fingerprint: str, dim: int) -> None:
        if (fingerprint, dim) != (self.fingerprint, self.dim):
            raise SearchError(
                f"index {self.flank}: holds vectors of fingerprint {self.fingerprint} and dim "
                f"{self.dim}, found {fingerprint} and {dim}; vectors of different weights or "
                f"preprocessing cannot be compared: embed with the same bundle, or {_REBUILD}"
            )

    def _check_whole(self) -> None:
        if self._broken:
            raise SearchError(f"index {self.flank}: broken by {self._broken}; {_REBUILD}")

    def _change(self, action: Callable[[], object]) -> None:
        self._check_whole()
        try:
            self._guarded(action)
        except SearchError as error:
            self._broken = str(error)  # half done, perhaps: nothing may be found in it any more
            raise

    def _guarded(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except (RuntimeError, ValueError, AssertionError, MemoryError) as error:
            raise SearchError(f"index {self.flank}: FAISS failed: {error}; {_REBUILD}") from error
