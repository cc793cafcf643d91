"""One file of an archive: can it be used, what is it, when was it taken."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from reid.batch.options import BatchOptions
from reid.batch.sources import MEDIA, file_of
from reid.errors import ImageError, ImageFormatError
from reid.image import DEFAULT_LIMITS, exif_position, probe
from reid.image.header import check_bytes
from reid.video import is_video, probe_video

_BLOCK = 1 << 20
PICTURE, VIDEO = "picture", "video"


def scan_file(root: Path, name: str, options: BatchOptions, *, trouble: str = "") -> dict[str, Any]:
    """What a file says of itself, as plain values; nothing is decoded.

    ``at`` is the camera's clock as written; ``sha256`` is of the file's bytes. ``trouble``: why
    its source says that it cannot be read; it is not looked for then.

    Raises:
        InputError: the file cannot be used; the message says why.
    """
    if trouble:
        raise ImageError(f"{name}: {trouble}")
    path = file_of(root, name, confined=options.confined)
    if path.suffix.lower() not in MEDIA:
        raise ImageFormatError(f"{name}: expected a picture or a video, by its extension")
    return _video(path) if is_video(path) else _picture(path, name, options)


def read_file(path: Path, name: str) -> bytes:
    """The bytes of a picture within the limits.

    Raises:
        ImageError: no such file, too large, or one that cannot be read.
    """
    try:
        check_bytes(path.stat().st_size, DEFAULT_LIMITS, name)
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"{name}: cannot be read: {error.strerror or error}") from error


def sha256_of(path: Path) -> str:
    """Hash of a file of any size.

    Raises:
        ImageError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ImageError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()


def _picture(path: Path, name: str, options: BatchOptions) -> dict[str, Any]:
    content = read_file(path, name)
    found = probe(content, file_name=name)
    place = exif_position(content, file_name=name) if options.exif_positions else None
    capture = found.capture
    note = capture.note
    return {
        "kind": PICTURE,
        "sha256": found.sha256,
        "at": capture.captured_at.isoformat() if capture.captured_at else None,
        "make": capture.camera_make,
        "model": capture.camera_model,
        "serial": capture.camera_serial,
        "event": note.event if note else None,
        "sequence": list(note.sequence) if note and note.sequence else None,
        "size_wh": list(found.size_wh),
        "flags": list(found.flags),
        **({"position": list(place)} if place else {}),
    }


def _video(path: Path) -> dict[str, Any]:
    found = probe_video(path)
    return {
        "kind": VIDEO,
        "sha256": sha256_of(path),
        "at": found.captured_at.isoformat() if found.captured_at else None,
        "make": found.camera_make,
        "model": found.camera_model,
        "serial": None,
        "size_wh": list(found.size_wh),
        "flags": [] if found.captured_at else ["capture-time-missing"],
    }
