"""Hashes of content: two submissions are the same when these are."""

from __future__ import annotations

import hashlib
import json

from reid.errors import InputError
from reid.types import Sighting, SightingMedia


def canonical_json(value: object, what: str) -> str:
    """``value`` as JSON with sorted keys and no blanks, always the same for equal values.

    Raises:
        InputError: ``value`` holds NaN, infinity or something that JSON cannot say.
    """
    try:
        return json.dumps(value, allow_nan=False, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{what}: expected values that JSON can say (no NaN, no objects): {error}"
        ) from error


def content_sha256(value: object, what: str = "content") -> str:
    """Hash of ``canonical_json(value)``, 64 hex digits."""
    return hashlib.sha256(canonical_json(value, what).encode()).hexdigest()


def check_texts(what: str, *texts: str | None) -> None:
    """Raise InputError unless every database can hold these texts and give them back."""
    for text in texts:
        if text is None or ("\0" not in text and text.isprintable()):
            continue  # the usual case, without encoding
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"{what}: {text!a} is not valid Unicode; rename it") from error
        if "\0" in text:
            raise InputError(f"{what}: {text!a} holds a NUL character; rename it")


def sighting_sha256(sighting: Sighting) -> str:
    """Hash of everything submitted, 64 hex digits; the order of the files does not matter.

    Licences are left out: what was stored before one was stated is the same sighting.
    """
    media = sorted((_media_content(m) for m in sighting.media), key=lambda m: json.dumps(m))
    return content_sha256(
        {
            "id": sighting.id,
            "station": sighting.station,
            "times": [[(t.written or t.at).isoformat(), t.source] for t in sighting.times],
            "position": None if sighting.position is None else list(sighting.position),
            "media": media,
        },
        f"sighting {sighting.id}",
    )


def media_sha256(media: SightingMedia) -> str:
    """Hash of the file's bytes."""
    return hashlib.sha256(media.content).hexdigest()


def _media_content(media: SightingMedia) -> list[object]:
    boxes = [[b.x_px, b.y_px, b.width_px, b.height_px] for b in media.boxes]
    flank = None if media.flank is None else media.flank.value
    return [media_sha256(media), media.file_name, media.camera, flank, boxes]
