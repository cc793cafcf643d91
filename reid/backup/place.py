"""The folder of backups: files by content, snapshots by moment, one writer at a time."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reid.backup.manifest import FORMAT, NAME, Manifest, read_manifest
from reid.errors import BackupError

MARK = "leopard-reid-backup.json"
INCOMING = ".incoming"
PIECE = 1 << 20


class Place:
    """A folder of backups. Use ``Place.begin`` to write and ``Place.find`` to read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.snapshots_dir = root / "snapshots"
        self._files = root / "files"
        self._incoming = self._files / INCOMING

    @classmethod
    def find(cls, root: Path) -> Place:
        """A folder that holds backups.

        Raises:
            BackupError: it does not.
        """
        try:
            told = json.loads((root / MARK).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BackupError(
                f"{root}: expected a folder that `reid backup` made, found no {MARK}; name another"
            ) from error
        if told.get("format") != FORMAT:
            raise BackupError(
                f"{root}: expected format {FORMAT}, found {told.get('format')}: made by another "
                "version of leopard-reid"
            )
        return cls(root)

    @classmethod
    def begin(cls, root: Path) -> Place:
        """The folder of backups, made where there is nothing.

        Raises:
            BackupError: something else is there.
        """
        if (root / MARK).exists():
            return cls.find(root)
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise BackupError(
                f"{root}: expected nothing, an empty folder or a folder of backups, found "
                "something else; name another place"
            )
        root.mkdir(parents=True, exist_ok=True)
        write_whole(root / MARK, json.dumps({"format": FORMAT}).encode())
        return cls(root)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in this folder; what an interrupted backup left is removed.

        Raises:
            BackupError: another backup is being made.
        """
        with (self.root / ".lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BackupError(f"{self.root}: another backup is being made; wait") from error
            self._clean()
            yield

    def _clean(self) -> None:
        shutil.rmtree(self._incoming, ignore_errors=True)
        for left in self.snapshots_dir.glob(f"{INCOMING}-*"):
            shutil.rmtree(left)

    def path(self, sha256: str) -> Path:
        """Where the file with this content is or would be."""
        return self._files / sha256[:2] / sha256[2:4] / sha256

    def holds(self, sha256: str, size_bytes: int) -> bool:
        """Whether there is a file of this name and size; its content is not read."""
        path = self.path(sha256)
        return path.is_file() and path.stat().st_size == size_bytes

    def keep(self, source: Path, sha256: str | None = None) -> str | None:
        """Copy a file in; its sha256, or None when that is not the one expected.

        Raises:
            OSError: from the disk; nothing is left.
        """
        self._incoming.mkdir(parents=True, exist_ok=True)
        beside = self._incoming / uuid.uuid4().hex
        try:
            found = copy_hashed(source, beside)
            if sha256 is not None and found != sha256:
                return None
            target = self.path(found)
            target.parent.mkdir(parents=True, exist_ok=True)
            beside.replace(target)
            sync_folder(target.parent)
            return found
        finally:
            beside.unlink(missing_ok=True)

    def begin_snapshot(self, name: str) -> Path:
        """A folder beside, for a snapshot that is being made."""
        folder = self.snapshots_dir / f"{INCOMING}-{name}"
        folder.mkdir(parents=True)
        return folder

    def end_snapshot(self, folder: Path, manifest: Manifest) -> Path:
        """Write the manifest and rename the snapshot into place."""
        write_whole(folder / NAME, manifest.text().encode())
        target = self.snapshots_dir / manifest.id
        folder.replace(target)
        sync_folder(self.snapshots_dir)
        return target

    def drop(self, manifest: Manifest) -> None:
        """Forget a snapshot; its files stay, for others may name them."""
        hidden = self.snapshots_dir / f"{INCOMING}-{manifest.id}"
        (self.snapshots_dir / manifest.id).replace(hidden)
        shutil.rmtree(hidden)

    def snapshots(self) -> list[Manifest]:
        """All snapshots, oldest first.

        Raises:
            BackupError: one of them cannot be read.
        """
        folders = [p for p in self.snapshots_dir.glob("*") if not p.name.startswith(".")]
        return [read_manifest(folder) for folder in sorted(folders)]

    def snapshot(self, name: str | None) -> tuple[Path, Manifest]:
        """One snapshot by its id, or the newest.

        Raises:
            BackupError: there is none.
        """
        if name is None:
            names = sorted(p.name for p in self.snapshots_dir.glob("*") if p.name[0] != ".")
            if not names:
                raise BackupError(f"{self.root}: expected a snapshot, found none; back up first")
            name = names[-1]
        folder = self.snapshots_dir / name
        if Path(name).name != name or not folder.is_dir():
            raise BackupError(
                f"{self.root}: no snapshot {name!r}; `reid backup list` names those that there are"
            )
        return folder, read_manifest(folder)


def copy_hashed(source: Path, target: Path) -> str:
    """Copy a file piece by piece, synced; its sha256."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("xb") as writing:
        while piece := reading.read(PIECE):
            digest.update(piece)
            writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def hash_file(path: Path) -> str:
    """sha256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file beside and rename it into place."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
