"""Where the files of a survey lie: beside it, in a zip, under a folder that is given."""

from __future__ import annotations

import re
import zipfile
from functools import cached_property
from pathlib import Path, PurePosixPath

from reid.errors import ImageError
from reid.image import DEFAULT_LIMITS, probe

DESCRIPTOR = "datapackage.json"
_WINDOWS = re.compile(r"[A-Za-z]:/|//")


class Files:
    """Files by the path that a source gives; reads nothing outside of its roots.

    ``roots`` are folders, or zip files. An absolute path of another machine is looked for by its
    end, longest first, below the folders.
    """

    def __init__(self, *roots: Path) -> None:
        self.roots = roots

    def content(self, path: str) -> bytes | str:
        """The bytes of a file, or in words why there are none."""
        if "://" in path:
            return "a URL: fetch the file and give its folder with --files"
        parts = parts_of(path)
        if parts is None:
            return "expected a path below the source, found one that leads out of it"
        for inside in self._tries(path, parts):
            for root in self.roots:
                found = self._read(root, inside)
                if found is not None:
                    return found
        return "no file at this path; give the folder of the files with --files"

    def size_wh(self, path: str) -> tuple[int, int] | None:
        """Width and height in pixels of the upright picture, or None."""
        content = self.content(path)
        try:
            return probe(content).size_wh if isinstance(content, bytes) else None
        except ImageError:
            return None

    def _tries(self, path: str, parts: tuple[str, ...]) -> list[PurePosixPath]:
        if not _is_absolute(path):
            return [PurePosixPath(*parts)]
        return [PurePosixPath(*parts[k:]) for k in range(len(parts))]

    def _read(self, root: Path, inside: PurePosixPath) -> bytes | str | None:
        if root.is_file():
            return self._zips.read(root, inside)
        file = root / inside
        if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
            return None
        return _bytes_of(file)

    @cached_property
    def _zips(self) -> _Zips:
        return _Zips()


class _Zips:
    """Zip files that stay open."""

    def __init__(self) -> None:
        self._open: dict[Path, tuple[zipfile.ZipFile, str]] = {}

    def read(self, path: Path, inside: PurePosixPath) -> bytes | str | None:
        if path not in self._open:
            archive = zipfile.ZipFile(path)
            self._open[path] = archive, folder_in(archive)
        archive, base = self._open[path]
        try:
            info = archive.getinfo(f"{base}{inside}")
        except KeyError:
            return None
        if info.file_size > DEFAULT_LIMITS.max_bytes:
            return f"expected at most {DEFAULT_LIMITS.max_bytes} bytes, found {info.file_size}"
        try:
            return archive.read(info) or "0 bytes: the file is empty"
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            return f"cannot be read from the zip file: {error}"


def folder_in(archive: zipfile.ZipFile) -> str:
    """The folder of a zip file that its datapackage.json is in, with its slash; "" at the top."""
    inside = [name for name in archive.namelist() if name.rpartition("/")[2] == DESCRIPTOR]
    return min(inside, key=len, default=DESCRIPTOR).removesuffix(DESCRIPTOR)


def parts_of(path: str) -> tuple[str, ...] | None:
    """The parts of a path without its root or drive; None for one with ``..``."""
    text = path.replace("\\", "/")
    parts = PurePosixPath(_WINDOWS.sub("", text, count=1) if _is_absolute(text) else text).parts
    inside = tuple(part for part in parts if part not in ("/", "."))
    return None if ".." in inside or not inside or "\0" in path else inside


def _is_absolute(path: str) -> bool:
    text = path.replace("\\", "/")
    return text.startswith("/") or bool(_WINDOWS.match(text))


def _bytes_of(file: Path) -> bytes | str:
    try:
        size = file.stat().st_size
        if size > DEFAULT_LIMITS.max_bytes:
            return f"expected at most {DEFAULT_LIMITS.max_bytes} bytes, found {size}"
        return file.read_bytes() or "0 bytes: the file is empty"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
