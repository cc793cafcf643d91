"""What a stored sighting's rows take of the licences that come with it. Inside a transaction."""

from __future__ import annotations

from reid.catalogue.content import media_sha256
from reid.catalogue.schema import SightingMediaRow, SightingRow
from reid.types import Sighting

Unlike = list[tuple[SightingRow | SightingMediaRow, str]]


def says_any(sighting: Sighting) -> bool:
    """Whether a licence comes with it at all."""
    return bool(sighting.licence) or any(media.licence for media in sighting.media)


def unlike(row: SightingRow, sighting: Sighting) -> Unlike:
    """Rows of the stored sighting under another licence than comes with it, and that licence."""
    said = {media_sha256(media): media.licence for media in sighting.media if media.licence}
    told: Unlike = [(row, sighting.licence)]
    told += [(one, said.get(one.media_sha256, "")) for one in row.media]
    return [(one, new) for one, new in told if new and new != one.licence]


def take(rows: Unlike, *, replace: bool = False) -> tuple[str, ...]:
    """Let them have it where none stood, with ``replace`` everywhere; returns those that stay."""
    stay = set()
    for one, licence in rows:
        if one.licence and not replace:
            stay.add(one.licence)
        else:
            one.licence = licence
    return tuple(sorted(stay))
