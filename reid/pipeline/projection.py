"""An index in memory and in its file, kept in step with the catalogue by every process alone."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence, Sized
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from reid.errors import CatalogueError, SearchError
from reid.index import IndexFile, Section
from reid.pipeline.index_state import worth_saving
from reid.types import Extent


class Index(Sized, Protocol):
    """What is made from the catalogue."""

    def sections(self) -> Sequence[Section]:
        """All of it as bytes."""


I = TypeVar("I", bound=Index)  # noqa: E741


class Source(Protocol[I]):
    """How one kind of index is made from the catalogue, whose rows are only added to."""

    def empty(self) -> I:
        """An index of nothing."""

    def read(self, sections: Sequence[Section]) -> I:
        """What `Index.sections` gave. Raises SearchError."""

    def take_in(self, index: I, after: int) -> Iterator[tuple[int, str]]:
        """Add what is stored beyond a row, a chunk at a time; yields each one's last row and its
        stamp.
        """

    def extent(self, up_to: int | None = None) -> Extent:
        """What the catalogue holds."""

    def stamp(self, row: int) -> str:
        """What tells this row from another of its number."""


class Projection(Generic[I]):
    """An index that answers for what the catalogue holds now; safe to share between threads.

    Every process has its own in memory. The file only makes opening quick: it is read where it
    fits the catalogue, and written by one process at a time (`IndexFile`). What is in an index
    follows from the rows and their order alone, so all processes hold the same.
    """

    def __init__(self, source: Source[I], path: Path, *, least_to_save: int) -> None:
        self._source, self._file, self._least = source, IndexFile(path), least_to_save
        self._lock = threading.Lock()
        self._held: I | None = None
        self._last = self._saved = 0
        self._stamp = ""

    def __len__(self) -> int:
        """What is in it; 0 before it is first used."""
        held = self._held
        return 0 if held is None else len(held)

    def now(self) -> I:
        """The index, with all that was stored before this was called.

        Raises:
            SearchError: FAISS failed; the next call begins anew.
            CatalogueError: the database does not answer.
        """
        with self._lock:
            if self._held is None or self._source.stamp(self._last) != self._stamp:
                self._held = self._open()  # the second: another catalogue stands there now
            held = self._held
            try:
                self._catch_up(held)
            except SearchError:
                self._held = None  # half taken in, perhaps
                raise
            if worth_saving(len(held), self._saved, self._least):
                with contextlib.suppress(SearchError, CatalogueError):  # it is in memory
                    self._save(held)
            return held

    def rebuild(self) -> I:
        """Make it anew from the catalogue, in memory and in its file.

        Raises:
            SearchError, StorageFullError: it cannot be made or written.
        """
        with self._lock:
            self._held, held = None, self._begin()
            self._catch_up(held)
            self._save(held, anyway=True)
            self._held = held
            return held

    def _open(self) -> I:
        try:
            extent, sections = self._file.read()
            held = self._source.read(sections)
        except SearchError:  # a projection: a damaged one is made anew, never trusted
            return self._begin()
        if len(held) != extent.count or not self._fits(extent):
            return self._begin()
        self._last, self._stamp = extent.last, self._source.stamp(extent.last)
        self._saved = extent.count
        return held

    def _begin(self) -> I:
        self._last, self._saved, self._stamp = 0, 0, ""
        return self._source.empty()

    def _catch_up(self, held: I) -> None:
        for last, stamp in self._source.take_in(held, self._last):
            self._last, self._stamp = last, stamp

    def _fits(self, extent: Extent) -> bool:
        return self._source.extent(up_to=extent.last) == extent

    def _save(self, held: I, *, anyway: bool = False) -> None:
        extent = self._source.extent(up_to=self._last)
        if extent.count != len(held):
            self._held = None
            raise SearchError(
                f"index: expected the catalogue's {extent.count} rows, found {len(held)}; it is "
                "not written and will be made anew"
            )

        def is_newer(there: Extent) -> bool:
            return not anyway and there.last >= extent.last and self._fits(there)

        self._file.write(extent, held.sections, is_newer=is_newer, wait=anyway)
        self._saved = len(held)
