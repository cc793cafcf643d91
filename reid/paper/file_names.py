"""Names of files that tell what is in them, on every file system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_BAD = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
MOST_BYTES = 80


def file_name(*parts: str) -> str:
    """The parts joined by ``_``, without what file systems refuse; letters of all scripts stay.

    A part that had to be changed or cut gets a few digits of its hash, so that no two meet.
    """
    return "_".join(_part(part) for part in parts if part)


def _part(text: str) -> str:
    plain = unicodedata.normalize("NFC", text)
    kept = _BAD.sub("-", plain).strip("-. ")
    short = kept.encode()[:MOST_BYTES].decode("utf-8", "ignore")
    if short.casefold() == plain.replace(" ", "-").casefold() and short:
        return short
    return f"{short}-{hashlib.sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
