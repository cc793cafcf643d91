"""Bringing a backup back: beside, checked, then renamed; never over anything."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reid.backup.make import CATALOGUE, Progress
from reid.backup.manifest import Manifest
from reid.backup.place import Place, copy_hashed, sync_folder
from reid.catalogue import Catalogue
from reid.catalogue.copying import (
    copy_rows,
    forget_sessions,
    reading,
    row_counts,
    writing,
)
from reid.catalogue.faults import translated
from reid.catalogue.mediastore import MediaStore
from reid.catalogue.moment import media_of
from reid.errors import BackupError

HALF = ".restoring"
"""In a folder whose rows are still on their way to a server."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Where it is now; ``files`` were copied."""

    manifest: Manifest
    data_dir: Path
    files: int


def restore(
    root: Path,
    data_dir: Path,
    *,
    database_url: str | None = None,
    snapshot: str | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Bring a snapshot (the newest) back into a new data directory, or into an empty database.

    Every file is hashed on its way. Older tables are brought to this version's; people have to
    sign in again, and keys are as they were then. Interrupted at any moment, there is nothing in
    the place of ``data_dir``, or everything.

    Raises:
        BackupError: something is there already, or the backup is not whole.
        StorageFullError: no room; nothing was restored.
    """
    told = progress or (lambda _stage, _done, _total: None)
    target = data_dir.absolute()
    with translated(root):
        place = Place.find(root)
        folder, manifest = place.snapshot(snapshot)
    with translated(target.parent), _beside(target) as beside:
        _refuse_taken(target, database_url)
        files = _bring(place, folder, manifest, beside, told)
        told("checking what is known", 0, 1)
        with Catalogue.open(beside) as catalogue:
            forget_sessions(catalogue.engine)
            _check(catalogue)
            if database_url is not None:
                _to_server(catalogue, database_url, beside, target)
                return Restored(manifest, target, files)
        _rename(beside, target)
    return Restored(manifest, target, files)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder beside the target, empty; gone afterwards unless it was renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}{HALF}")
    with beside.with_name(f"{beside.name}.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupError(f"{target}: another restore goes there; wait") from error
        shutil.rmtree(beside, ignore_errors=True)  # of one that was interrupted
        beside.mkdir()
        try:
            yield beside
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            Path(lock.name).unlink(missing_ok=True)


def _refuse_taken(target: Path, url: str | None) -> None:
    """Raise unless there is nothing in the place; a restore that was cut off there is cleared."""
    if (target / HALF).is_file():
        _clear_half(target, url)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(
            f"{target}: expected nothing or an empty folder, found something there; restore "
            "beside it, look at that, then rename"
        )


def _clear_half(target: Path, url: str | None) -> None:
    """What a restore to a server left that was cut off: its rows are all there, or none is."""
    if url is None:
        raise BackupError(
            f"{target}: a restore to a database server was cut off here; give its URL again"
        )
    with Catalogue.open(url, data_dir=target) as server, reading(server.engine) as connection:
        empty = not any(row_counts(connection).values())
    if not empty:
        (target / HALF).unlink()
        raise BackupError(f"{target}: was restored already, to the end; use it as it is")
    shutil.rmtree(target)


def _bring(place: Place, folder: Path, manifest: Manifest, beside: Path, told: Progress) -> int:
    told("copying the catalogue", 0, 1)
    _copy(folder / CATALOGUE, beside / CATALOGUE, manifest.catalogue_sha256)
    store = MediaStore(beside / "media")
    media = [sha for sha, _ in media_of(beside / CATALOGUE) if sha not in set(manifest.lost)]
    wanted = [(sha, store.path(sha)) for sha in media]
    wanted += [(o.sha256, _inside(beside, o.path)) for o in manifest.outputs]
    for number, (sha256, path) in enumerate(wanted):
        told("copying files", number, len(wanted))
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(place.path(sha256), path, sha256)
    told("copying files", len(wanted), len(wanted))
    return len(wanted)


def _inside(beside: Path, named: str) -> Path:
    path = (beside / named).resolve()
    if not path.is_relative_to(beside.resolve()):
        raise BackupError(f"manifest: {named!r} leads out of the data directory; nothing restored")
    return path


def _copy(source: Path, target: Path, sha256: str) -> None:
    try:
        found = copy_hashed(source, target)
    except FileNotFoundError as error:
        raise BackupError(f"the backup is not whole: {source} is missing; verify it") from error
    if found != sha256:
        raise BackupError(f"the backup is not whole: {source} was altered; verify it")


def _check(catalogue: Catalogue) -> None:
    wrong = catalogue.check_identities()
    if wrong:
        raise BackupError(
            f"the backup is not whole: {len(wrong)} identities are not what follows from their "
            "history; choose an earlier snapshot"
        )


def _rename(beside: Path, target: Path) -> None:
    if target.is_dir():
        target.rmdir()
    beside.replace(target)
    sync_folder(target.parent)


def _to_server(catalogue: Catalogue, url: str, beside: Path, target: Path) -> None:
    """Rows in one transaction, which is committed when the folder of media is in its place."""
    with (
        Catalogue.open(url, data_dir=beside) as server,
        reading(catalogue.engine) as source,
        writing(server.engine) as into,
    ):
        copy_rows(source, into, keep=False)
        source.close()
        catalogue.close()
        for left in beside.glob(f"{CATALOGUE}*"):
            left.unlink()
        (beside / HALF).touch()
        _rename(beside, target)
        into.commit()
    (target / HALF).unlink()
