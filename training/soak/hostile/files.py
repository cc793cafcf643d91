"""Files that are small and say that they are huge, byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

_SOF0 = b"\xff\xc0"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def bomb_png(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes with this size in its header."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(100_000), 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def bomb_text_png(png: bytes, size: int) -> bytes:
    """A PNG with a compressed text of ``size`` bytes when inflated."""
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(size), 9))
    return png[:33] + text + png[33:]


def bomb_jpeg(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header says another size."""
    place = jpeg.index(_SOF0) + 5
    return jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :]


def bomb_webp(width: int, height: int) -> bytes:
    """A WebP with an extended header of this canvas."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size + b"VP8 " + bytes(20)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bomb_tiff(width: int, height: int, *, whole: bool = False) -> bytes:
    """A deflated TIFF of this size; ``whole``: with all its pixels, black."""
    data = zlib.compress(bytes(width * height if whole else 1000), 9)
    short, long = 3, 4
    tags = [
        (256, long, width & 0xFFFFFFFF),
        (257, long, height & 0xFFFFFFFF),
        (258, short, 8),
        (259, short, 8),  # deflate
        (262, short, 1),
        (273, long, 8),
        (277, short, 1),
        (278, long, height & 0xFFFFFFFF),
        (279, long, len(data)),
    ]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    head = b"II*\0" + struct.pack("<I", 8 + len(data))
    return head + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def zip_of(size: int) -> bytes:
    """A ZIP archive of so many zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(size))
    return out.getvalue()
