"""Where the files of a survey lie: beside it, in a zip, under a folder that is given."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from reid.errors import TableError
from reid.image import DEFAULT_LIMITS

DESCRIPTOR = "datapackage.json"
MARKERS = (DESCRIPTOR, "deployments.csv")
"""Files by which the folder of a package is found in a zip file, first one first."""
BEGINNING = 1 << 18
"""Bytes; notes of cameras, 64 kB at most each, lie before the picture."""
_JPEG = b"\xff\xd8"
Open = Callable[[str], BinaryIO]
_WINDOWS = re.compile(r"[A-Za-z]:/|//")


class Files:
    """Files by the path that a source gives; reads nothing outside of its roots.

    ``roots`` are folders, or zip files. An absolute path of another machine is looked for by its
    end, longest first, below the folders.
    """

    def __init__(self, *roots: Path) -> None:
        self.roots = roots
        self._zips: dict[Path, tuple[zipfile.ZipFile, str]] = {}

    def content(self, path: str) -> bytes | str:
        """The bytes of a file, or in words why there are none."""
        found = self._find(path)
        return found if isinstance(found, str) else found.read()

    def beginning(self, path: str) -> bytes | str:
        """As ``content``, of a JPEG as much as can hold what its camera noted; others whole."""
        found = self._find(path)
        if isinstance(found, str):
            return found
        begun = found.read(BEGINNING)
        return begun if isinstance(begun, str) or begun[:2] == _JPEG else found.read()

    def trouble(self, path: str) -> str:
        """Why a file cannot be read, without reading it; "" where it lies there."""
        found = self._find(path)
        return found if isinstance(found, str) else found.trouble

    def inside(self, path: str) -> PurePosixPath | None:
        """Where below the roots a file lies, whether it can be read or not; None: nowhere."""
        parts = None if "://" in path else parts_of(path)
        for inside in self._tries(path, parts) if parts else ():
            if any(self._at(root, inside) for root in self.roots):
                return inside
        return None

    def _find(self, path: str) -> _Found | str:
        if "://" in path:
            return "a URL: fetch the file and send it along, or give its folder (--files)"
        parts = parts_of(path)
        if parts is None:
            return "expected a path below the source, found one that leads out of it"
        for inside in self._tries(path, parts):
            for root in self.roots:
                found = self._at(root, inside)
                if found is not None:
                    return found
        return "no file at this path; send it along, or give the folder of the files (--files)"

    def _tries(self, path: str, parts: tuple[str, ...]) -> list[PurePosixPath]:
        if not _is_absolute(path):
            return [PurePosixPath(*parts)]
        return [PurePosixPath(*parts[k:]) for k in range(len(parts))]

    def _at(self, root: Path, inside: PurePosixPath) -> _Found | None:
        if root.is_file():
            return self._in_zip(root, inside)
        file = root / inside
        if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
            return None
        return _Found(file.stat().st_size, lambda: file.open("rb"))

    def _in_zip(self, root: Path, inside: PurePosixPath) -> _Found | None:
        if root not in self._zips:
            archive = zipfile.ZipFile(root)
            self._zips[root] = archive, folder_in(archive)
        archive, base = self._zips[root]
        try:
            info = archive.getinfo(f"{base}{inside}")
        except KeyError:
            return None
        return _Found(info.file_size, lambda: archive.open(info))


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that lies there, not read yet."""

    size: int
    open: Callable[[], IO[bytes]]

    @property
    def trouble(self) -> str:
        if not self.size:
            return "0 bytes: the file is empty"
        most = DEFAULT_LIMITS.max_bytes
        return f"expected at most {most} bytes, found {self.size}" if self.size > most else ""

    def read(self, most: int = -1) -> bytes | str:
        if self.trouble:
            return self.trouble
        try:
            with self.open() as stream:
                return stream.read(most)
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            return f"cannot be read from the zip file: {error}"


def opener(where: Path) -> tuple[Open, Path]:
    """How files of a package are opened by name, and what their paths are relative to.

    Raises:
        TableError: neither a folder nor a zip file.
    """
    if where.is_dir():
        return lambda name: (where / name).open("rb"), where
    try:
        archive = zipfile.ZipFile(where)
    except (zipfile.BadZipFile, OSError) as error:
        raise TableError(f"{where.name}: expected a folder or a zip file: {error}") from error
    base = folder_in(archive)

    def open_file(name: str) -> BinaryIO:
        try:
            return archive.open(base + name)  # type: ignore[return-value]
        except KeyError:
            raise FileNotFoundError(name) from None

    return open_file, where


def names_in(where: Path) -> list[str]:
    """Names of the files of a package's folder, or of that folder in a zip file."""
    if where.is_dir():
        return sorted(child.name for child in where.iterdir() if child.is_file())
    if not zipfile.is_zipfile(where):
        return []
    with zipfile.ZipFile(where) as archive:
        base = folder_in(archive)
        inside = [n.removeprefix(base) for n in archive.namelist() if n.startswith(base)]
    return sorted(name for name in inside if name and "/" not in name)


def folder_in(archive: zipfile.ZipFile) -> str:
    """The folder of a zip file that its package is in, with its slash; "" at the top."""
    for marker in MARKERS:
        inside = [name for name in archive.namelist() if name.rpartition("/")[2] == marker]
        if inside:
            return min(inside, key=len).removesuffix(marker)
    return ""


def parts_of(path: str) -> tuple[str, ...] | None:
    """The parts of a path without its root or drive; None for one with ``..``."""
    text = path.replace("\\", "/")
    parts = PurePosixPath(_WINDOWS.sub("", text, count=1) if _is_absolute(text) else text).parts
    inside = tuple(part for part in parts if part not in ("/", "."))
    return None if ".." in inside or not inside or "\0" in path else inside


def _is_absolute(path: str) -> bool:
    text = path.replace("\\", "/")
    return text.startswith("/") or bool(_WINDOWS.match(text))
