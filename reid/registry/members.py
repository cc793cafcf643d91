"""The files of a bundle: four fixed names, bounded sizes, no links, no folders."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from reid.registry.cause import Cause, refuse

MANIFEST, MODEL = "manifest.json", "model.safetensors"
CALIBRATION, CARD = "calibration.json", "card.md"
PAGE_BYTES = 1 << 20
"""A manifest, a calibration, a card: pages of text."""
MODEL_BYTES = 1 << 30
LIMITS: Mapping[str, int] = {
    MANIFEST: PAGE_BYTES,
    MODEL: MODEL_BYTES,
    CALIBRATION: PAGE_BYTES,
    CARD: PAGE_BYTES,
}
NEEDED = (MANIFEST, MODEL, CALIBRATION)
PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt", ".joblib", ".npy", ".npz")
PIECE = 1 << 20


def check_names(names: Iterable[str], limits: Mapping[str, int] = LIMITS) -> None:
    """Raise BundleRefusedError unless every name is one of a bundle's, and the needed are there."""
    found = list(names)
    for name in found:
        if name in limits:
            continue
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name:
            raise refuse(Cause.PATH_TRAVERSAL, f"{name!a} leads out of the bundle; not unpacked")
        if PurePosixPath(name.lower()).suffix in PICKLES:
            raise refuse(
                Cause.PICKLE,
                f"{name!a} may run code when it is read; keep weights as {MODEL} (safetensors)",
            )
        raise refuse(
            Cause.UNKNOWN_MEMBER, f"expected {', '.join(limits)} and nothing else, found {name!a}"
        )
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise refuse(Cause.UNKNOWN_MEMBER, f"{', '.join(twice)}: there twice")
    lacking = [name for name in (*NEEDED, *limits) if name in _needed(limits) - set(found)]
    if lacking:
        raise refuse(Cause.MISSING_MEMBER, f"expected {', '.join(dict.fromkeys(lacking))}")


def _needed(limits: Mapping[str, int]) -> set[str]:
    return {name for name in limits if name != CARD}


def copy_members(source: Path, target: Path) -> None:
    """Copy a directory's members, synced; nothing is followed out of it.

    Raises:
        BundleRefusedError: a name, kind or size of file that no bundle has.
        OSError: from the disk.
    """
    if not source.is_dir():
        raise refuse(Cause.NOT_A_BUNDLE, f"{source}: expected a bundle's directory, found none")
    check_names(entry.name for entry in os.scandir(source))
    for name in LIMITS:
        if (source / name).is_symlink() or (source / name).exists():
            _copy(source / name, target / name, LIMITS[name])


def _copy(source: Path, target: Path, most: int) -> None:
    try:
        handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if source.is_symlink():
            raise refuse(
                Cause.PATH_TRAVERSAL, f"{source.name} is a link; put a copy there instead"
            ) from error
        raise
    with os.fdopen(handle, "rb") as reading:
        status = os.fstat(reading.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise refuse(Cause.UNKNOWN_MEMBER, f"{source.name}: expected a plain file")
        check_size(source.name, status.st_size, most)
        with target.open("xb") as writing:
            while piece := reading.read(PIECE):
                writing.write(piece)
            writing.flush()
            os.fsync(writing.fileno())


def check_size(name: str, size: int, most: int) -> None:
    """Raise BundleRefusedError for a member that is larger than any such member is."""
    if size > most:
        raise refuse(Cause.ZIP_BOMB, f"{name}: expected at most {most} bytes, found {size}")


def hashes(directory: Path) -> dict[str, str]:
    """sha256 of every member that is there, by name."""
    found = {}
    for name in LIMITS:
        if (directory / name).is_file():
            with (directory / name).open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
