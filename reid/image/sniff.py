"""What a file is, by its first bytes: the extension is only a rumour."""

from __future__ import annotations

from pathlib import PurePath

from reid.errors import ImageDamagedError, ImageFormatError

ACCEPTED = "JPEG, PNG, WebP or TIFF"

_EXTENSIONS = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"},
    "PNG": {".png"},
    "WEBP": {".webp"},
    "TIFF": {".tif", ".tiff"},
}
_PICTURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),  # BigTIFF
    (b"MM\x00+", "TIFF"),
)
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"GIF8", "a GIF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"BM", "a BMP"),
    (b"<", "markup text"),
    (b"{", "JSON text"),
)


def sniff(content: bytes, name: str) -> str:
    """The format, ``"JPEG"``, ``"PNG"``, ``"WEBP"`` or ``"TIFF"``, from the leading bytes.

    Raises:
        ImageDamagedError: if there are no bytes, or all of them are zero.
        ImageFormatError: if it is something else; the message names it where it is known.
    """
    if not content:
        raise ImageDamagedError(f"{name}: expected a picture, found 0 bytes; copy the file again")
    for magic, found in _PICTURES:
        if content.startswith(magic) and content[8:10] != b"CR":  # CR2 is a raw file in TIFF
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if not content.strip(b"\x00"):
        raise ImageDamagedError(
            f"{name}: expected a picture, found {len(content)} bytes that are all zero; the card "
            "may be failing: copy the file again"
        )
    raise ImageFormatError(
        f"{name}: expected {ACCEPTED}, found {_name_of(content)}; export it as one of these"
    )


def _name_of(content: bytes) -> str:
    if content[8:10] == b"CR" and content[:2] in (b"II", b"MM"):
        return "a camera raw file"
    if content[4:8] == b"ftyp":
        return "an MP4 video, HEIC or AVIF"
    if content[:4] == b"RIFF":
        return "an AVI video or a sound"
    for magic, found in _OTHERS:
        if content.startswith(magic):
            return found
    head = content[:512]
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
    return "text" if printable > 0.9 * len(head) else "no known picture"


def wrong_extension(file_name: str, found: str) -> bool:
    """Whether the file's name says another format than its bytes; no extension says nothing."""
    suffix = PurePath(file_name).suffix.lower()
    return bool(suffix) and suffix not in _EXTENSIONS[found]
