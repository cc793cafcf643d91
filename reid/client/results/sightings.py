"""Sightings and what was found in their pictures."""

from __future__ import annotations

from datetime import datetime

from reid.client.results.base import Result


class StatedTime(Result):
    """When a sighting may have been; ``written`` by the clock, where ``correction`` changed it."""

    at: datetime
    source: str
    written: datetime | None = None
    correction: int | None = None


class StoredMedia(Result):
    """A stored file."""

    file_name: str
    sha256: str
    licence: str


class RejectedMedia(Result):
    """A file that could not be used, and why."""

    file_name: str
    reason: str


class FlankProbability(Result):
    """Of the side seen."""

    left: float
    right: float
    other: float


class Quality(Result):
    """How much a picture can tell: parts and the whole (`usable`), 0 to 1, 1 is best."""

    sharpness: float
    exposure: float
    contrast: float
    size: float
    coverage: float
    usable: float
    animal_px: int
    reasons: tuple[str, ...]


class View(Result):
    """Which side of the animal, and how well.

    `identifiability` is the probability that another picture of the flank, if there is one, is
    found with this one: estimated by a model made on synthetic leopards.
    """

    flank: str
    flank_probability: FlankProbability
    flank_source: str
    quality: Quality
    identifiability: float | None = None


class Annotation(Result):
    """One animal in one picture; boxes are left, top, width, height in pixels."""

    id: str
    file: str
    sha256: str
    size_px: tuple[int, int]
    camera: str | None
    captured_at: datetime | None
    light: str
    box_px: tuple[float, float, float, float]
    box_origin: str
    box_confidence: float
    has_mask: bool
    view: View
    flags: tuple[str, ...]
    picture: str


class Sighting(Result):
    """A stored sighting; the position is as exact as the key's role may know it."""

    id: str
    content_sha256: str | None
    created_at: datetime
    station: str | None
    times: tuple[StatedTime, ...]
    latitude: float | None
    longitude: float | None
    coordinate_precision: float | None
    data_generalizations: str | None
    information_withheld: str | None
    media: tuple[StoredMedia, ...]
    annotations: tuple[Annotation, ...]
    flags: tuple[str, ...]
    rejected: tuple[RejectedMedia, ...]
    individual: str | None
    version: int
    licence: str


class SightingLine(Result):
    """A stored sighting in a line."""

    id: str
    station: str | None
    created_at: datetime
    media_count: int
    annotation_count: int
    rejected_count: int
    individual: str | None
    version: int


class Sightings(Result):
    """A page of sightings by id; `next` goes into `after`."""

    sightings: tuple[SightingLine, ...]
    next: str | None
