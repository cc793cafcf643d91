"""EXIF blocks that lead nowhere, in circles, or out of the world."""

from __future__ import annotations

import struct
from collections.abc import Iterator

ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
_EXIF, _GPS, _MADE, _DIGITISED, _OFFSET = 0x8769, 0x8825, 0x9003, 0x9004, 0x9011
Entry = tuple[int, int, int, int]
TIMES = (
    b"2018:13:45 25:61:00\0",
    b"0000:00:00 00:00:00\0",
    b"9999:12:31 23:59:59\0",
    b"-999:01:01 00:00:00\0",
    b"1e99:01:01 00:00:00\0",
    b"NaN\0",
    b"\xff" * 20,
    b"2018:11:11 06:57:00" + b"9" * 200 + b"\0",
)


def ifd(entries: list[Entry], following: int = 0) -> bytes:
    """A directory: (tag, type, count, value or offset) each."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + body + struct.pack("<I", following)


def block(entries: list[Entry], following: int = 0, more: bytes = b"") -> bytes:
    """A TIFF block whose first directory stands at 8, with ``more`` behind it."""
    return b"II*\0" + struct.pack("<I", 8) + ifd(entries, following) + more


def exif_blocks() -> Iterator[tuple[str, bytes]]:
    """Blocks with a name."""
    yield "next is itself", block([(0x0112, SHORT, 1, 1)], following=8)
    yield "sub-directory is itself", block([(_EXIF, LONG, 1, 8), (_GPS, LONG, 1, 8)])
    yield "a circle of two", block([(_EXIF, LONG, 1, 26)], 26, ifd([(_EXIF, LONG, 1, 8)], 8))
    yield "offset beyond the end", block([(_EXIF, LONG, 1, 0xFFFFFFF0)])
    yield "offset beyond directory", block([(0x0112, SHORT, 1, 6)], following=0xFFFFFFFE)
    yield "a count of billions", block([(0x010F, ASCII, 0xFFFFFFFF, 8)])
    yield "thousands of entries", block([(0x9286, UNDEFINED, 0x7FFFFFFF, 8)] * 5000)
    yield "type unknown", block([(0x0112, 99, 1, 1), (0x010F, 0, 4, 8)])
    yield "nothing", b""
    yield "noise", bytes(range(256)) * 8
    for turn in (0, 9, 65535):
        yield f"orientation {turn}", block([(0x0112, SHORT, 1, turn)])
    yield "orientation is text", block([(0x0112, ASCII, 4, 0x41414141)])
    for number, text in enumerate(TIMES):
        yield f"time {number}", _time(text, b"+99:99\0\0")
        yield f"time {number} with offset", _time(text, b"-23:59\0\0")
    yield "places divided by nothing", _place(0, 0)
    yield "places beyond the world", _place(0xFFFFFFFF, 1)
    yield "places that are not numbers", _place(0x80000000, 0x80000000)


def _time(text: bytes, offset: bytes) -> bytes:
    """DateTimeOriginal and its offset, in the sub-directory at 26."""
    inner = 26 + 2 + 3 * 12 + 4
    entries: list[Entry] = [
        (_MADE, ASCII, len(text), inner),
        (_DIGITISED, ASCII, len(text), inner),
        (_OFFSET, ASCII, len(offset), inner + len(text)),
    ]
    return block([(_EXIF, LONG, 1, 26)], 0, ifd(entries) + text + offset)


def _place(top: int, bottom: int) -> bytes:
    inner = 26 + 2 + 2 * 12 + 4
    parts = struct.pack("<II", top, bottom) * 3
    entries: list[Entry] = [(2, RATIONAL, 3, inner), (4, RATIONAL, 3, inner)]
    return block([(_GPS, LONG, 1, 26)], 0, ifd(entries) + parts)
