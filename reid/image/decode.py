"""Pixels out of an opened file, and what to do when the file ends early."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from reid.errors import ImageDamagedError
from reid.image.guard import guarded
from reid.image.tone import to_rgb

_END_OF_IMAGE = b"\xff\xd9"
_ZERO_TAIL = 512  # bytes; a failing card leaves the rest of a file as zeros


def decode(picture: ImageFile.ImageFile, name: str) -> NDArray[np.uint8]:
    """All pixels, (height, width, 3) uint8 RGB, as stored: not yet upright.

    Raises:
        ImageDamagedError: if the data cannot be decoded to the end.
        ImageFormatError: if the colour space is not accepted.
    """
    with guarded(name, "decoding"):
        picture.load()
    with guarded(name, "converting to RGB"):
        return to_rgb(picture, inverted_cmyk=_cmyk_upside_down(picture), name=name)


def is_deep(picture: ImageFile.ImageFile) -> bool:
    """Whether the file stores more than 8 bits a channel. Ask before decoding."""
    raw_modes = [str(tile[3]) for tile in picture.tile]
    return picture.mode[0] in "IF" or any(";16" in mode for mode in raw_modes)


def zero_padded(content: bytes) -> bool:
    """Whether zeros stand where the end of a JPEG should be, as a failing card leaves them.

    Data after the end (previews, maker's padding) are common and no damage.
    """
    written = content.rstrip(b"\x00")
    return len(content) - len(written) >= _ZERO_TAIL and not written.endswith(_END_OF_IMAGE)


def starved(error: ImageDamagedError) -> bool:
    """Whether decoding failed because the data ran out."""
    return "truncated" in str(error.__cause__)


def decode_cut(content: bytes, name: str) -> tuple[NDArray[np.uint8], float]:
    """The readable part of a JPEG that ends early, and its share of the rows in [0, 1].

    The missing end is supplied, and the decoder fills what it lacks with flat grey; rows from
    the bottom that are one flat colour are counted as missing.

    Raises:
        ImageDamagedError: if not even the first rows can be read.
    """
    with guarded(name, "decoding the readable part"):
        picture = JpegImageFile(io.BytesIO(content.rstrip(b"\x00") + _END_OF_IMAGE))
        pixels = decode(picture, name)
    flat = (pixels == pixels[-1, -1]).all(axis=(1, 2))
    missing = len(flat) if flat.all() else int(np.argmin(flat[::-1]))
    return pixels, 1.0 - missing / len(flat)


def refuse_cut(name: str, readable: float) -> ImageDamagedError:
    """The error for a JPEG that ends early."""
    return ImageDamagedError(
        f"{name}: expected a whole JPEG, but the data end early: the upper {readable:.0%} of the "
        "rows can be read; copy the file again, or allow truncated pictures"
    )


def _cmyk_upside_down(picture: ImageFile.ImageFile) -> bool:
    """Pillow turns the inks of every CMYK JPEG; only files with Adobe's marker store them so."""
    return isinstance(picture, JpegImageFile) and "adobe" not in picture.info
