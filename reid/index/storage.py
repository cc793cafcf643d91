"""Indexes on disk: one file, a checksum for everything, written beside and renamed.

A line of JSON (what is inside, how far it reaches, sha256 and length of each part), then the
parts. One file, so that the flanks of a set can never be of different moments. It is a projection
of the catalogue: when in doubt it is thrown away and rebuilt, never repaired.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from reid.errors import SearchError, StorageFullError
from reid.index.first_line import MAX_BYTES, first_line, read_line
from reid.types import Extent

_REBUILD = "run `reid index rebuild`"


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One flank's index: ``ids`` (n,) int64 and the store's bytes.

    What was read from a file stays in the file until it is looked at.
    """

    flank: str
    fingerprint: str
    dim: int
    ids: NDArray[np.int64] = field(repr=False)
    data: bytes | memoryview = field(repr=False)


def write_sections(path: Path, sections: Sequence[Section], extent: Extent | None = None) -> None:
    """Write beside, flush to the disk, rename. ``extent`` is what of the catalogue is in it.

    Raises:
        StorageFullError: no room left; the old file is as it was.
        SearchError: it cannot be written for another reason.
    """
    line = first_line(extent or Extent(), [_entry(one) for one in sections])
    payloads = [part for section in sections for part in _payload(section)]
    with told_failures(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, [line, *payloads])


@contextmanager
def told_failures(path: Path) -> Iterator[None]:
    """What the disk refuses, as an error of this package."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError(
                f"{path}: no room to write the index; free some space"
            ) from error
        raise SearchError(f"{path}: the index could not be written: {error.strerror}") from error


def read_extent(path: Path) -> Extent:
    """How far a file reaches; of the rest only the first line is looked at.

    Raises:
        SearchError: missing, or of another format.
    """
    with _opened(path) as stream, _whole(path):
        return read_line(stream.readline(MAX_BYTES))[0]


def read_sections(path: Path) -> list[Section]:
    """What `write_sections` wrote.

    Raises:
        SearchError: missing, cut off, changed, or of another format.
    """
    return read_index(path)[1]


def read_index(path: Path) -> tuple[Extent, list[Section]]:
    """How far it reaches, and what is in it. Raises as `read_sections`."""
    with _opened(path) as stream, _whole(path):
        line = stream.readline(MAX_BYTES)
        extent, entries = read_line(line)
        # mapped and not read: a large index must not be in memory twice
        whole = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return extent, _split(entries, memoryview(whole)[len(line) :])


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SearchError(
            f"{path}: expected an index, found none that can be read ({error.strerror}); {_REBUILD}"
        ) from error
    with stream:
        yield stream


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise SearchError(f"{path}: not a whole index ({error}); {_REBUILD}") from error


def _payload(section: Section) -> tuple[bytes, bytes | memoryview]:
    return section.ids.astype("<i8").tobytes(), section.data


def _entry(section: Section) -> dict[str, object]:
    parts = _payload(section)
    return {
        "flank": section.flank,
        "fingerprint": section.fingerprint,
        "dim": section.dim,
        "count": len(section.ids),
        "bytes": sum(map(len, parts)),
        "sha256": _digest(section.flank, section.fingerprint, section.dim, parts),
    }


def _digest(flank: str, fingerprint: str, dim: int, parts: Sequence[bytes | memoryview]) -> str:
    """Over the facts too: a changed fingerprint in the header must not pass."""
    digest = hashlib.sha256(f"{flank} {fingerprint} {dim} ".encode())
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _split(entries: Sequence[dict[str, object]], body: memoryview) -> list[Section]:
    sections, start = [], 0
    for entry in entries:
        size, count = int(str(entry["bytes"])), int(str(entry["count"]))
        sections.append(_section(entry, body[start : start + size], count))
        start += size
    if start != len(body):
        raise ValueError(f"expected {start} bytes, found {len(body)}")
    return sections


def _section(entry: dict[str, object], payload: memoryview, count: int) -> Section:
    flank, fingerprint, dim = str(entry["flank"]), str(entry["fingerprint"]), int(str(entry["dim"]))
    if _digest(flank, fingerprint, dim, (payload,)) != entry["sha256"]:
        raise ValueError(f"checksum of flank {flank} differs")
    ids = np.frombuffer(payload[: 8 * count], dtype="<i8").astype(np.int64)
    return Section(flank, fingerprint, dim, ids, payload[8 * count :])


def _replace(path: Path, parts: Sequence[bytes | memoryview]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            for part in parts:
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
