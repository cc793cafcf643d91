"""Sightings as they are looked at."""

from __future__ import annotations

from datetime import datetime

from reid.client.results.base import Result
from reid.client.results.sightings import StatedTime


class Frame(Result):
    """One animal in one picture; ``window_px``: what its crop shows of the upright picture."""

    id: str
    file: str
    camera: str | None
    captured_at: datetime | None
    light: str
    flank: str
    flank_source: str
    usable: float
    animal_px: int
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    size_px: tuple[int, int]
    window_px: tuple[int, int, int, int]
    crop: str


class Frames(Result):
    """A sighting with its frames, without their measurements."""

    id: str
    station: str | None
    times: tuple[StatedTime, ...]
    individual: str | None
    identifiable: bool
    version: int
    frames: tuple[Frame, ...]


class LikelyLine(Result):
    """Another sighting, by the evidence on the two."""

    id: str
    probability: float
    machine: str
    individual: str | None
    best: Frame | None


class Likely(Result):
    """Others that a sighting may show too, likeliest first."""

    likely: tuple[LikelyLine, ...]


class Matched(Result):
    """Points of two pictures that were matched, in pixels of the upright pictures."""

    a: str
    b: str
    a_xy_px: tuple[tuple[float, float], ...]
    b_xy_px: tuple[tuple[float, float], ...]
    group: tuple[int, ...]


class Matches(Result):
    """What was matched in a comparison, by pair of annotations."""

    pairs: tuple[Matched, ...]
