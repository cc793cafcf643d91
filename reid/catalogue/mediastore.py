"""Files by their content: ``data_dir/media/ab/cd/<sha256>``, whole or not at all.

A file is first written beside (``media/.incoming``) and synced; only inside the transaction that
stores its row it is renamed into place. A kill or a full disk leaves at most a file that
``Catalogue.sweep`` removes.
"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reid.errors import CatalogueError

PROBE_BYTES = 4096
STALE_SECONDS = 3600.0  # no writer needs an hour between writing beside and renaming


class Staged:
    """Files written beside, by sha256; ``placed`` are those that were renamed into place."""

    def __init__(self) -> None:
        self.waiting: dict[str, Path] = {}
        self.placed: list[str] = []


class MediaStore:
    """The folder of files."""

    def __init__(self, root: Path) -> None:
        """``root`` is made with the first file."""
        self.root = root
        self._incoming = root / ".incoming"

    def path(self, sha256: str) -> Path:
        """Where the file with this content is or would be."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def staging(self, contents: Iterable[bytes]) -> Iterator[Staged]:
        """Write every distinct content beside; what was not placed is gone after the block.

        Raises:
            OSError: from the disk (full, read-only); the part written is removed.
        """
        staged = Staged()
        try:
            for content in contents:
                self._stage(content, staged)
            yield staged
        finally:
            for path in staged.waiting.values():
                path.unlink(missing_ok=True)

    def _stage(self, content: bytes, staged: Staged) -> None:
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in staged.waiting:
            return
        self._incoming.mkdir(parents=True, exist_ok=True)
        path = self._incoming / f"{sha256}.{uuid.uuid4().hex}"
        staged.waiting[sha256] = path  # known before it exists, so that a failure removes it
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def place(self, staged: Staged) -> None:
        """Rename what is staged into place; call inside the transaction that stores the rows."""
        for sha256, source in staged.waiting.items():
            target = self.path(sha256)
            if target.exists() and target.stat().st_size == source.stat().st_size:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.placed.append(sha256)
            source.replace(target)
            sync_folder(target.parent)

    def read(self, sha256: str) -> bytes:
        """The content, checked against its name.

        Raises:
            CatalogueError: the file is missing or was altered.
        """
        path = self.path(sha256)
        restore = "Restore it from a backup of the data directory."
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise CatalogueError(f"media file {path} is missing. {restore}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise CatalogueError(f"media file {path} was altered: sha256 is {found}. {restore}")
        return content

    def remove(self, sha256: str) -> int:
        """Delete the file; returns the bytes freed."""
        path = self.path(sha256)
        size = path.stat().st_size if path.exists() else 0
        path.unlink(missing_ok=True)
        return size

    def probe(self) -> None:
        """Write a small file beside, sync it and take it away.

        Raises:
            OSError: from the disk (full, read-only).
        """
        for folder in (self.root, self._incoming):  # not those above: who lost them must know
            folder.mkdir(exist_ok=True)
        path = self._incoming / f"probe.{uuid.uuid4().hex}"
        try:
            with path.open("xb") as file:
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            path.unlink(missing_ok=True)

    def placed_files(self) -> Iterator[str]:
        """sha256 of every file in place."""
        for path in self.root.glob("??/??/*"):
            yield path.name

    def remove_stale(self) -> tuple[int, int]:
        """Delete files that a killed writer left beside; returns how many and their bytes."""
        count = size = 0
        for path in self._incoming.glob("*"):
            status = path.stat()
            if time.time() - status.st_mtime > STALE_SECONDS:
                count, size = count + 1, size + status.st_size
                path.unlink(missing_ok=True)
        return count, size


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` survive a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
