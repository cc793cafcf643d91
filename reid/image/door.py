"""The one door for pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from reid.errors import ImageDamagedError, ImageError
from reid.image import decode as decoding
from reid.image.exif import CaptureData, read_capture_data
from reid.image.header import check_bytes, has_more_pages, open_header, stored_size
from reid.image.light import light_of, told_light
from reid.image.limits import DEFAULT_LIMITS, ImageLimits
from reid.image.orientation import upright, upright_size
from reid.image.sniff import sniff, wrong_extension
from reid.types.image import Image


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What a file says of itself before it is decoded; ``size_wh`` is of the upright picture."""

    sha256: str
    file_name: str
    format: str
    size_wh: tuple[int, int]
    capture: CaptureData
    flags: tuple[str, ...] = ()


def open_image(
    source: bytes | Path,
    *,
    file_name: str | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allow_truncated: bool = False,
) -> Image:
    """Decode a JPEG, PNG, WebP or TIFF to upright 8-bit RGB with what its file says of itself.

    ``file_name`` defaults to the path's name. Flags: ``wrong-extension``, ``16-bit``,
    ``multi-page`` (the first page was read), ``truncated``, ``exif-unreadable``, ``gps-unset``,
    ``orientation-impossible``, ``light-disagrees`` (colours and camera),
    ``camera-note-time-differs`` (from EXIF's), and ``capture-time-`` ``missing``, ``impossible``,
    ``reset``, ``future``, ``from-datetime`` or ``from-note``. Safe in several threads at once.

    Raises:
        ImageFormatError: not one of the four formats.
        ImageDamagedError: 0 bytes, corrupt, or cut off (a cut-off JPEG is kept, with the flag
            ``truncated``, under ``allow_truncated``).
        ImageLimitError: more bytes or pixels than ``limits`` allow, or an animation.
        ImageError: no file at this path, or one that cannot be read.
    """
    header, picture, content = _open(source, file_name, limits)
    pixels, cut = _pixels(picture, content, header, allow_truncated=allow_truncated)
    pixels = upright(pixels, _remaining_orientation(header))
    capture = header.capture
    light, doubts = told_light(light_of(pixels), capture.note)
    return Image(
        pixels=pixels,
        sha256=header.sha256,
        file_name=header.file_name,
        format=header.format,
        light=light,
        captured_at=capture.captured_at,
        camera_make=capture.camera_make,
        camera_model=capture.camera_model,
        camera_serial=capture.camera_serial,
        flags=(*header.flags, *doubts, *(("truncated",) if cut else ())),
        note=capture.note,
    )


def probe(
    source: bytes | Path, *, file_name: str | None = None, limits: ImageLimits = DEFAULT_LIMITS
) -> ImageHeader:
    """Format, size, time, camera and sha256 without decoding; raises as ``open_image`` does.

    A file that passes may still turn out to be cut off when it is decoded.
    """
    return _open(source, file_name, limits)[0]


def _open(
    source: bytes | Path, file_name: str | None, limits: ImageLimits
) -> tuple[ImageHeader, ImageFile.ImageFile, bytes]:
    name = file_name or (source.name if isinstance(source, Path) else "picture")
    content = source if isinstance(source, bytes) else _read(source, limits, name)
    check_bytes(len(content), limits, name)
    image_format = sniff(content, name)
    picture = open_header(content, image_format, limits, name)
    oddities = (
        ("wrong-extension", wrong_extension(name, image_format)),
        ("multi-page", has_more_pages(picture, image_format, name)),
        ("16-bit", decoding.is_deep(picture)),
    )
    capture = read_capture_data(picture)  # last: it reads a PNG to its end
    header = ImageHeader(
        sha256=hashlib.sha256(content).hexdigest(),
        file_name=name,
        format=image_format,
        size_wh=upright_size(stored_size(picture), capture.orientation),
        capture=capture,
        flags=(*(flag for flag, on in oddities if on), *capture.flags),
    )
    return header, picture, content


def _read(path: Path, limits: ImageLimits, name: str) -> bytes:
    try:
        check_bytes(path.stat().st_size, limits, name)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ImageError(f"{path}: expected a picture, found no file; check the path") from error
    except OSError as error:
        raise ImageError(
            f"{path}: expected a file that can be read, found: {error.strerror or error}"
        ) from error


def _pixels(
    picture: ImageFile.ImageFile, content: bytes, header: ImageHeader, *, allow_truncated: bool
) -> tuple[NDArray[np.uint8], bool]:
    name = header.file_name
    if header.format != "JPEG":
        return decoding.decode(picture, name), False
    try:
        if not decoding.zero_padded(content):
            return decoding.decode(picture, name), False
    except ImageDamagedError as error:
        if not decoding.starved(error):
            raise
    pixels, readable = decoding.decode_cut(content, name)
    if not allow_truncated or readable == 0:
        raise decoding.refuse_cut(name, readable)
    return pixels, True


def _remaining_orientation(header: ImageHeader) -> int:
    """Pillow turns TIFFs itself while it decodes them; every other format is turned here."""
    return 1 if header.format == "TIFF" else header.capture.orientation
