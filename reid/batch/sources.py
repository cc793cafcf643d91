"""Where an archive's files come from: a folder, a table, a package. Other layouts plug in here.

A source lists files without opening them and says what is known of each beforehand; `open_source`
chooses one. Packages of Camtrap DP are read by `reid.batch.package`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from zipfile import is_zipfile

from reid.errors import InputError, TableError
from reid.importers.files import DESCRIPTOR
from reid.tables import ListedMedia, list_media
from reid.types import Box, Flank
from reid.video import VIDEO_SUFFIXES

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff"})
MEDIA = PICTURES | VIDEO_SUFFIXES
LICENCES = {"licence", "data_licence"}
"""What `told_of` calls the licence of a file, and of what is said of it."""
_CLUTTER = {"thumbs.db", "desktop.ini"}
# Folders that cameras make by themselves (DCF: three digits, five characters) name nobody.
_CARD = re.compile(r"DCIM|\d{3}[A-Z0-9_]{5}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file before it is opened: ``name`` is relative to the source's ``root``.

    ``told`` is what the source knows of it, plain values (`told_of`).
    """

    name: str
    size: int
    mtime_ns: int
    told: dict[str, Any]


class Source(Protocol):
    """An archive as it lies on a disk."""

    @property
    def root(self) -> Path:
        """What names of files are relative to."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd, for people; complete after ``entries``."""

    def entries(self) -> Iterator[Entry]:
        """Every file, in an order that does not change."""


def archive_of(path: Path) -> Path:
    """What of an archive stands for it: of a package its folder, whichever of both was named."""
    return path.parent if path.name == DESCRIPTOR and path.is_file() else path


def open_source(path: Path, *, station_level: int = 1) -> Source:
    """The archive at a path: a folder, a CSV table, or a Camtrap DP package (its folder or
    ``datapackage.json``).

    Raises:
        InputError: none of these, or a package that cannot be read.
    """
    place = archive_of(path)
    if (place / DESCRIPTOR).is_file():
        from reid.batch.package import CamtrapSource

        return CamtrapSource(place)
    if place.is_dir():
        return FolderSource(place, station_level)
    if place.is_file() and is_zipfile(place):
        raise InputError(
            f"{path}: expected a folder, a CSV table or a Camtrap DP package, found a zip file; "
            "unpack it first: an archive's files are read where they lie"
        )
    if place.is_file():
        return TableSource(place)
    raise InputError(
        f"{path}: expected a folder, a CSV table or a Camtrap DP package, found nothing at this "
        "path"
    )


class FolderSource:
    """Station folders, in each perhaps camera folders, anything below; 0: all is one station."""

    notes: tuple[str, ...] = ()

    def __init__(self, root: Path, station_level: int = 1) -> None:
        self.root, self.station_level = root, station_level

    def entries(self) -> Iterator[Entry]:
        """Files by path; clutter of operating systems is passed over."""
        for path in _walk(self.root):
            inside = PurePosixPath(path.relative_to(self.root).as_posix())
            status = path.stat()
            yield Entry(str(inside), status.st_size, status.st_mtime_ns, self._told(inside))

    def _told(self, inside: PurePosixPath) -> dict[str, Any]:
        folders = [part for part in inside.parts[:-1] if not _CARD.fullmatch(part)]
        level = self.station_level
        station = self.root.resolve().name if level == 0 else _at(folders, level - 1)
        return told_of(ListedMedia(str(inside), station=station, camera=_at(folders, level)))


class TableSource:
    """A CSV table of files, paths relative to it."""

    def __init__(self, path: Path) -> None:
        self.path, self.root = path, path.parent
        self._listed, self.notes = list_media(path)

    def entries(self) -> Iterator[Entry]:
        """Files in the table's order; one that is not there has size -1."""
        return (entry_of(self.root, listed) for listed in self._listed)


def entry_of(root: Path, listed: ListedMedia) -> Entry:
    """A listed file as it lies there; one that does not has size -1."""
    try:
        status = (root / listed.name).stat()
        size, changed = status.st_size, status.st_mtime_ns
    except OSError:
        size, changed = -1, 0
    return Entry(listed.name, size, changed, told_of(listed))


def told_of(listed: ListedMedia) -> dict[str, Any]:
    """What is known of a file beforehand, as plain values without what is not known."""
    told = {
        "sighting": listed.sighting_id,
        "station": listed.station,
        "camera": listed.camera,
        "flank": listed.flank.value if listed.flank else None,
        "boxes": [list(asdict(box).values()) for box in listed.boxes],
        "relative_boxes": [list(box) for box in listed.relative_boxes],
        "times": [[time.at.isoformat(), time.source] for time in listed.times],
        "position": list(listed.position) if listed.position else None,
        "licence": listed.licence,
        "data_licence": listed.data_licence,
    }
    return {name: value for name, value in told.items() if value}


def told_boxes(told: dict[str, Any], size_wh: tuple[int, int]) -> tuple[Box, ...]:
    """The boxes of a file in pixels."""
    width, height = size_wh
    boxes = [Box(*box) for box in told.get("boxes", ())]
    boxes += [
        Box(x * width, y * height, w * width, h * height)
        for x, y, w, h in told.get("relative_boxes", ())
    ]
    return tuple(dict.fromkeys(boxes))


def told_flank(told: dict[str, Any]) -> Flank | None:
    """The flank of a file as its source says it."""
    return Flank(told["flank"]) if "flank" in told else None


def file_of(root: Path, name: str, *, confined: bool) -> Path:
    """Where a file lies.

    Raises:
        InputError: ``confined``, and it lies outside ``root``.
    """
    path = root / name
    if confined and not path.resolve().is_relative_to(root.resolve()):
        raise TableError(f"{name}: expected a file below the archive's folder, found it outside")
    return path


def _at(folders: list[str], level: int) -> str | None:
    return folders[level] if level < len(folders) else None


def _walk(folder: Path) -> Iterator[Path]:
    """Files below a folder by name, one folder in memory at a time; links lead to no folder."""
    with os.scandir(folder) as found:
        inside = sorted(found, key=lambda entry: entry.name)
    for entry in inside:
        if entry.name.startswith(".") or entry.name.lower() in _CLUTTER:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)
