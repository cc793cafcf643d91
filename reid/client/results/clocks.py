"""Cameras' clocks, as the service tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reid.client.results.base import Result
from reid.client.results.sightings import StatedTime


class ClockCorrection(Result):
    """``shift_s`` None: morning and afternoon change places; ``camera`` None: all of a station."""

    kind: str
    station: str
    camera: str | None
    shift_s: int | None
    first: datetime | None
    last: datetime | None
    told: dict[str, Any]
    words: str


class ClockEntry(Result):
    """Who recorded what and why; ``undoes``: the entry that it takes back."""

    number: int
    at: datetime
    by: str
    why: str
    correction: ClockCorrection | None
    undoes: int | None
    holds: bool


class ClockEntries(Result):
    """All, oldest first."""

    corrections: list[ClockEntry]


class MovedSighting(Result):
    """A sighting whose times change."""

    sighting_id: str
    before: list[StatedTime]
    after: list[StatedTime]


class ClockPreview(Result):
    """What a correction would change."""

    correction: ClockCorrection
    sightings: list[MovedSighting]


class ClockSuspect(Result):
    """A clock that may be wrong, and what speaks for it."""

    station: str
    camera: str
    kind: str
    words: str
    correction: ClockCorrection | None


class ClockSuspects(Result):
    """Proposals; a person decides."""

    suspects: list[ClockSuspect]
