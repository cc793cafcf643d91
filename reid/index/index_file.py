"""The file of an index: read by anybody, written by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from reid.errors import SearchError
from reid.index.storage import Section, read_extent, read_index, told_failures, write_sections
from reid.types import Extent

WAIT_S = 120.0
"""Writing a million vectors takes seconds; whoever holds the lock for longer hangs."""


class IndexFile:
    """One file that is replaced whole, and a lock beside it that a killed process lets go of.

    The lock is the system's own (``flock``), so nobody has to find out who is dead. Readers need
    none: they see the old file or the new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = path.with_name(f"{path.name}.lock")

    def read(self) -> tuple[Extent, list[Section]]:
        """How far it reaches, and what is in it. Raises SearchError as `read_index`."""
        return read_index(self.path)

    def write(
        self,
        extent: Extent,
        sections: Callable[[], Sequence[Section]],
        *,
        is_newer: Callable[[Extent], bool] = lambda _: False,
        wait: bool = False,
    ) -> bool:
        """Replace the file, and clear away what a killed writer left; True when it was written.

        False where another process is writing (unless ``wait``), or where what is there
        ``is_newer``: the file never goes back.

        Raises:
            StorageFullError, SearchError: it could not be written; the old file is as it was.
        """
        with told_failures(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(self._lock, timeout=WAIT_S if wait else 0):
                    return self._write(extent, sections, is_newer)
            except Timeout as error:
                if wait:
                    raise SearchError(
                        f"{self.path}: another process has been writing it for {WAIT_S:.0f} s; "
                        "try again"
                    ) from error
                return False

    def _write(
        self,
        extent: Extent,
        sections: Callable[[], Sequence[Section]],
        is_newer: Callable[[Extent], bool],
    ) -> bool:
        for left in self.path.parent.glob(f".{self.path.name}.*"):
            left.unlink(missing_ok=True)  # nobody else writes: whoever began it is dead
        try:
            there = read_extent(self.path)
        except SearchError:
            there = None
        if there is not None and is_newer(there):
            return False
        write_sections(self.path, sections(), extent)
        return True
