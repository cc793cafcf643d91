"""The columns of a sightings table and all the names under which they are known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from reid.errors import TableError

# Ours first, then Camtrap DP's; compared without case, spaces and underscores.
_NAMES = {
    "sighting_id": ("sighting_id", "eventID", "sighting", "event"),
    "media_path": ("media_path", "filePath", "file", "path", "file_name", "image", "media"),
    "station": ("station", "locationID", "locationName", "location"),
    "camera": ("camera", "deploymentID", "cameraID", "deployment"),
    "datetime": ("datetime", "eventStart", "timestamp"),
    "latitude": ("latitude", "lat", "decimalLatitude"),
    "longitude": ("longitude", "lon", "lng", "decimalLongitude"),
    "flank": ("flank", "side"),
    "box": ("box", "boxes"),
    "bbox_x": ("bboxX",),
    "bbox_y": ("bboxY",),
    "bbox_width": ("bboxWidth",),
    "bbox_height": ("bboxHeight",),
    "licence": ("license", "licence", "dcterms:license", "dc:license"),
}
REQUIRED = ("sighting_id", "media_path")
_ALTERNATIVE = re.compile(r"datetimealt\d*")
_KNOWN = {re.sub(r"[\W_]", "", n.lower()): ours for ours, names in _NAMES.items() for n in names}


def understand(
    header: list[str], name: str, required: Sequence[str] = REQUIRED
) -> tuple[dict[int, str], tuple[str, ...]]:
    """Our name of each column by its number, and a note on every column that is not known.

    Disputed times become ``datetime_alt``, ``datetime_alt2`` ... Two columns of one meaning, or
    a missing required one, raise ``TableError``.
    """
    columns: dict[int, str] = {}
    notes: list[str] = []
    for number, written in enumerate(header):
        ours = _ours(written)
        if ours is None:
            notes += [_unknown(written)] if written.strip() else []
        elif ours == "licence" and ours in columns.values():
            notes.append(f"column {written.strip()!r} is a second licence and was ignored")
        elif ours in columns.values():
            raise TableError(
                f"{name}: expected one column for {ours}, found {written!r} as a second; "
                "remove or rename one"
            )
        else:
            columns[number] = ours
    _check_required(columns, header, name, notes, required)
    return columns, tuple(notes)


def _ours(written: str) -> str | None:
    key = re.sub(r"[\W_]", "", written.lower())
    if _ALTERNATIVE.fullmatch(key):
        return key.replace("datetimealt", "datetime_alt")
    return _KNOWN.get(key)


def _unknown(written: str) -> str:
    spellings = {n.lower(): n for names in _NAMES.values() for n in names}
    spellings["datetime_alt"] = "datetime_alt"
    near = difflib.get_close_matches(written.strip().lower(), spellings, n=2, cutoff=0.8)
    hint = f"; did you mean {' or '.join(spellings[n] for n in near)}?" if near else ""
    return f"column {written.strip()!r} is not known and was ignored{hint}"


def _check_required(
    columns: dict[int, str],
    header: list[str],
    name: str,
    notes: list[str],
    required: Sequence[str],
) -> None:
    missing = [c for c in required if c not in columns.values()]
    if missing:
        hints = " ".join(n for n in notes if "did you mean" in n)
        raise TableError(
            f"{name}: expected the columns {' and '.join(required)} (Camtrap DP: eventID, "
            f"filePath), found no {' and no '.join(missing)} among: "
            f"{', '.join(h.strip() for h in header) or 'nothing'}. {hints}".rstrip(". ")
        )
