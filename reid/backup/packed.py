"""A backup in one file: a tar of a folder with one snapshot."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reid.errors import BackupError

SUFFIX = ".tar"


def is_packed(where: Path) -> bool:
    """Whether a place is one file, by its name."""
    return where.suffix == SUFFIX


@contextmanager
def opened(where: Path) -> Iterator[Path]:
    """The folder of backups behind a place, unpacked for the length of the block if need be.

    Raises:
        BackupError: a file that is no backup.
    """
    if not is_packed(where):
        yield where
        return
    with tempfile.TemporaryDirectory(prefix=f".{where.name}.", dir=where.parent) as folder:
        try:
            with tarfile.open(where) as packed:
                packed.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise BackupError(f"{where}: expected a backup in one file: {error}") from error
        yield Path(folder)


@contextmanager
def packing(where: Path) -> Iterator[Path]:
    """An empty folder that is packed into a new file when the block ends well.

    Raises:
        BackupError: something is there already.
    """
    if where.exists():
        raise BackupError(f"{where}: expected nothing, found a file; name another")
    where.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{where.name}.", dir=where.parent) as folder:
        inside, beside = Path(folder) / "backup", Path(folder) / "packed"
        yield inside
        (inside / ".lock").unlink(missing_ok=True)
        with tarfile.open(beside, "w") as packed:
            packed.add(inside, arcname=".")
        shutil.rmtree(inside)
        beside.replace(where)
