"""Where EXIF says that a picture was taken. Nobody is told it who does not ask: see its callers."""

from __future__ import annotations

import math

from reid.image.header import open_header
from reid.image.limits import DEFAULT_LIMITS
from reid.image.sniff import sniff

_GPS_IFD = 0x8825
_LATITUDE, _LONGITUDE, _STATUS = (1, 2), (3, 4), 9
_SIGNS = {"N": 1, "E": 1, "S": -1, "W": -1}


def exif_position(content: bytes, *, file_name: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees as EXIF gives them; the beginning of a JPEG is enough.

    None where it gives none, half of one, an impossible one, one that its receiver calls void, or
    0, 0: a receiver that never found itself.

    Raises:
        ImageError: no picture that can be read.
    """
    picture = open_header(content, sniff(content, file_name), DEFAULT_LIMITS, file_name)
    try:
        tags = dict(picture.getexif().get_ifd(_GPS_IFD))
    except Exception:  # as in guard.py: parsers of hostile bytes raise anything
        return None
    latitude, longitude = (_degrees(tags, *pair) for pair in (_LATITUDE, _LONGITUDE))
    if latitude is None or longitude is None or _letter(tags.get(_STATUS)) == "V":
        return None
    possible = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if possible and (latitude or longitude) else None


def _degrees(tags: dict[int, object], reference: int, value: int) -> float | None:
    """Degrees, minutes, seconds as one number; without its hemisphere it is no place."""
    sign, parts = _SIGNS.get(_letter(tags.get(reference))), tags.get(value)
    if sign is None or not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ArithmeticError):
        return None
    found = sign * (degrees + minutes / 60 + seconds / 3600)
    return found if math.isfinite(found) else None


def _letter(value: object) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return text.strip("\0 ")[:1].upper()
