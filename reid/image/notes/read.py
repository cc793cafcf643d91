"""Which maker's note a file holds."""

from __future__ import annotations

from reid.image.notes import reconyx
from reid.types.camera import CameraNote

MOST_BYTES = 1 << 16


def camera_note(
    *, make: str | None, model: str | None, block: object, comment: object
) -> CameraNote | None:
    """The camera's note by EXIF's MakerNote ``block`` or the file's ``comment``; None: none.

    Bushnell and Browning document no note of their own: of them, what EXIF says and what is
    burnt into the picture is all there is.
    """
    raw = block[:MOST_BYTES] if isinstance(block, bytes) else b""
    said = _decoded(comment)
    named = model or ""
    if raw.startswith(reconyx.ULTRAFIRE):
        return reconyx.ultrafire(raw)
    if raw.startswith(reconyx.HYPERFIRE_2):
        return reconyx.hyperfire_2(raw, named)
    if raw.startswith(reconyx.HYPERFIRE) and _is_reconyx(raw, make):
        return reconyx.hyperfire(raw, named)
    if said and "reconyx" in (make or "").lower():
        return reconyx.rapidfire(said, named)
    return None


def _is_reconyx(raw: bytes, make: str | None) -> bool:
    """Two bytes may be chance: the firmware's number or the maker has to agree."""
    return raw[2:4] in (b"\x02\0", b"\x03\0") or "reconyx" in (make or "").lower()


def _decoded(comment: object) -> str:
    if isinstance(comment, bytes):
        return comment[:MOST_BYTES].decode("ascii", "replace")
    return comment[:MOST_BYTES] if isinstance(comment, str) else ""
