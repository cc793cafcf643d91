"""What was read, what could not be, and what was odd."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reid.errors import ImageError, ReidError
from reid.image import DEFAULT_LIMITS
from reid.image.header import check_bytes
from reid.types import Sighting

Rejection = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SightingsTable:
    """Sightings in the order in which they were first named.

    ``rejected`` are (sighting id, file name, reason) of files that could not be used; a sighting
    that lost all of its files is rejected with an empty file name. ``notes`` are sentences on
    what was ignored, such as unknown columns.
    """

    sightings: tuple[Sighting, ...]
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()


def read_media(path: Path, name: str) -> bytes | str:
    """The bytes of a media file, or in words why there are none."""
    try:
        check_bytes(path.stat().st_size, DEFAULT_LIMITS, name)
        return path.read_bytes()
    except FileNotFoundError:
        return "expected a file, found none at this path; paths are relative to the table"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except (ImageError, ReidError) as error:
        return str(error)
