"""The folder of bundles: ``data_dir/bundles/<sha256>/``, whole or not at all, never changed."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "bundles"
INCOMING = ".incoming"
STALE_SECONDS = 3600.0


class Shelf:
    """Bundles by their content. Files are written beside, synced, then renamed as one folder."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / FOLDER
        self._incoming = self.root / INCOMING

    def place(self, sha256: str) -> Path:
        """Where the bundle of this content is or would be."""
        return self.root / sha256

    @contextmanager
    def beside(self) -> Iterator[Path]:
        """An empty folder beside, gone after the block unless it was put in its place."""
        self._sweep()
        folder = self._incoming / uuid.uuid4().hex
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, folder: Path, sha256: str) -> Path:
        """Rename a folder into its place; one that is there already stays."""
        target = self.place(sha256)
        if not target.exists():
            _sync(folder)
            try:
                folder.rename(target)
            except OSError:
                if not target.is_dir():  # else another process was first, with the same content
                    raise
            _sync(self.root)
        return target

    def drop(self, sha256: str) -> None:
        """Take a bundle away: out of its place at once, then its files."""
        hidden = self._incoming / f"{sha256}.{uuid.uuid4().hex}"
        hidden.parent.mkdir(parents=True, exist_ok=True)
        if self.place(sha256).exists():
            self.place(sha256).rename(hidden)
            shutil.rmtree(hidden, ignore_errors=True)

    def _sweep(self) -> None:
        """What killed writers left."""
        for left in self._incoming.glob("*"):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
