"""A file that somebody sent: unpacked where it is a zip, and what in it is the source."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from reid.errors import InputError
from reid.importers.deployments import BESIDE, TAKING
from reid.importers.files import parts_of
from reid.importers.load import importer_for

MOST_TIMES, FREE_BYTES, MOST_FILES = 50, 100_000_000, 200_000
"""A zip may hold 100 MB or 50 times its size, whichever is more, in so many files."""


def unpacked(file: Path, into: Path) -> Path:
    """The folder of a zip file's content, or the folder of any other file.

    Raises:
        InputError: it is damaged, too large unpacked, or leads out of its folder.
    """
    if file.suffix.lower() != ".zip":
        return file.parent
    try:
        with zipfile.ZipFile(file) as archive:
            every = [info for info in archive.infolist() if not info.is_dir()]
            _check(every, file)
            for info in every:
                _unpack(archive, info, into)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise InputError(f"{file.name}: expected a zip file that can be read: {error}") from error
    inside = [child for child in into.iterdir() if child.name != "__MACOSX"]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else into


def _check(every: list[zipfile.ZipInfo], file: Path) -> None:
    most = max(FREE_BYTES, MOST_TIMES * file.stat().st_size)
    size = sum(info.file_size for info in every)
    if size > most or len(every) > MOST_FILES:
        raise InputError(
            f"{file.name}: expected at most {most // 1_000_000} MB in {MOST_FILES:,} files, found "
            f"{size // 1_000_000} MB in {len(every):,}; send it in parts"
        )


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, into: Path) -> None:
    """What a zip says of sizes is checked while it is read: it ends where it said it would."""
    parts = parts_of(info.filename)
    if parts is None:
        raise InputError(f"{info.filename!r}: expected a path inside the zip file")
    target = into.joinpath(*parts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
    except OSError as error:
        told = f"expected a file that can be unpacked: {error.strerror}"
        raise InputError(f"{info.filename!r}: {told}") from error


def source_in(place: Path, name: str | None = None) -> Path:
    """What in a folder is to be read: the folder itself where it is a package, else the one file.

    ``deployments.csv`` beside results that take it is no second one: see `deployments_in`.

    Raises:
        InputError: nothing in it looks like a format, or several files do.
    """
    if place.is_file() or _kind(place, name):
        return place
    kinds = {child: _kind(child, name) for child in sorted(place.iterdir()) if child.is_file()}
    joined = deployments_in(place) if {*kinds.values()} & {*TAKING} else None
    found = [child for child, kind in kinds.items() if kind and child != joined]
    if len(found) > 1:
        told = ", ".join(child.name for child in found[:5])
        raise InputError(f"expected one table or document, found {len(found)}: {told}")
    return found[0] if found else place


def deployments_in(place: Path) -> Path | None:
    """The table of deployments in a folder, by its name in any case; None: there is none."""
    tables = (c for c in sorted(place.iterdir()) if c.is_file() and c.name.casefold() == BESIDE)
    return next(tables, None)


def _kind(path: Path, name: str | None) -> str:
    """The format that a file or folder looks like, "" for none.

    Folders that only look like a folder an individual are the last thing to be taken.
    """
    try:
        kind, importer = importer_for(path, name)
    except InputError:
        return ""
    fits = (kind != "folders" or name == "folders") and importer.matches(path)
    return kind if fits else ""
