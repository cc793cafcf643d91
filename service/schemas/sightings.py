"""Sightings in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from reid.types import Flank
from service.schemas.base import CameraTime, FileName, Id, In, Licence, Name, Out

Place = Annotated[float, Field(ge=-100_000, le=100_000)]
Length = Annotated[float, Field(gt=0, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1)]

EXAMPLE: dict[str, Any] = {
    "id": "november",
    "station": "bait site 1",
    "times": [
        {"at": "2018-11-11T06:57:00", "source": "text"},
        {"at": "2018-11-06T06:57:00", "source": "caption of figure 3"},
    ],
    "media": [
        {"file_name": "IMG_0001.JPG", "camera": "A", "flank": "left"},
        {
            "file_name": "IMG_0002.JPG",
            "camera": "B",
            "boxes": [{"x_px": 410, "y_px": 220, "width_px": 900, "height_px": 520}],
        },
    ],
}


class TimeIn(In):
    """When it may have been, and who says so; several when sources disagree."""

    at: CameraTime
    source: Name = "given"


class BoxIn(In):
    """An animal: left, top, width, height in pixels of the upright picture."""

    x_px: Place
    y_px: Place
    width_px: Length
    height_px: Length


class MediaIn(In):
    """What is known of one file; without boxes the animal is looked for."""

    file_name: FileName
    camera: Name | None = None
    flank: Flank | None = None
    boxes: list[BoxIn] = Field(default=[], max_length=50)
    licence: Licence = Field(default="", description="Its own, where it is not the sighting's.")


class SightingIn(In):
    """One event: all media of one passage at one station.

    `media` names uploaded files; files that it does not name are taken without hints. Latitude
    and longitude are degrees, stored exactly, used for the journey check only, and shown rounded
    or not at all, by role.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: Id
    station: Name | None = None
    times: list[TimeIn] = Field(default=[], max_length=10)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    media: list[MediaIn] = Field(default=[], max_length=1000)
    licence: Licence = Field(
        default="",
        description="SPDX, of what is said here and of the files; empty: they are your own. What "
        "is stored keeps the licence that stands; one comes where none stood.",
    )

    @model_validator(mode="after")
    def _agrees(self) -> SightingIn:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("expected latitude and longitude together, or neither")
        names = [media.file_name for media in self.media]
        if len(set(names)) < len(names):
            raise ValueError("media: expected every file_name once; rename the files")
        return self


class MediaOut(Out):
    """A stored file."""

    file_name: str
    sha256: str
    licence: str = Field(description="SPDX; empty: nobody stated one.")


class RejectedOut(Out):
    """A file that could not be used."""

    file_name: str
    reason: str


class TimeOut(Out):
    """When it may have been."""

    at: datetime
    source: str
    written: datetime | None = Field(
        default=None, description="What the clock wrote, where a correction changed `at`."
    )
    correction: int | None = Field(default=None, description="Number of that correction.")


class FlankOut(Out):
    """Probabilities of the side seen."""

    left: Share
    right: Share
    other: Share


class QualityOut(Out):
    """How much a picture can tell: parts and the whole (`usable`), 1 is best."""

    sharpness: Share
    exposure: Share
    contrast: Share
    size: Share
    coverage: Share
    usable: Share
    animal_px: int = Field(description="Length of the animal in pixels.")
    reasons: list[str] = Field(description="What lowers it, worst first.")


class ViewOut(Out):
    """Which side of the animal, and how well."""

    flank: Flank
    flank_probability: FlankOut
    flank_source: str = Field(examples=["user", "estimated", "none"])
    quality: QualityOut
    identifiability: Share | None = Field(
        default=None,
        description="Probability that another picture of the flank, if there is one, is found with "
        "this one: an estimate of a model made on synthetic leopards, from `quality` alone. No "
        "verdict rests on it.",
    )


class AnnotationOut(Out):
    """One animal in one picture."""

    id: str
    file: str
    sha256: str
    size_px: tuple[int, int] = Field(description="Width and height of the upright picture.")
    camera: str | None
    captured_at: datetime | None
    light: str = Field(examples=["colour", "infrared"])
    box_px: tuple[float, float, float, float]
    box_origin: str = Field(examples=["user", "megadetector", "localiser", "whole-image"])
    box_confidence: Share
    has_mask: bool
    view: ViewOut
    flags: list[str]
    picture: str = Field(description="Address of its picture on this service.")


class SightingOut(Out):
    """A stored sighting and what was found in its pictures."""

    id: str
    content_sha256: str | None = Field(
        description="Of everything submitted; none with a position, which it would let be guessed."
    )
    created_at: datetime
    station: str | None
    times: list[TimeOut]
    latitude: float | None = Field(description="As exact as your role may know it.")
    longitude: float | None
    coordinate_precision: float | None = Field(description="Degrees (Darwin Core).")
    data_generalizations: str | None = Field(description="What was done to it (Darwin Core).")
    information_withheld: str | None = Field(description="What is not shown (Darwin Core).")
    media: list[MediaOut]
    annotations: list[AnnotationOut]
    flags: list[str] = Field(description="Everything odd about its annotations.")
    rejected: list[RejectedOut] = Field(description="Files that could not be used, and why.")
    licence: str = Field(description="SPDX, of what is said of it; empty: nobody stated one.")
    individual: str | None = Field(description="Who it is believed to be now.")
    version: int = Field(description="Of who it is; goes into `seen` of a decision.")


class SightingLine(Out):
    """A stored sighting in a line."""

    id: str
    station: str | None
    created_at: datetime
    media_count: int
    annotation_count: int
    rejected_count: int
    individual: str | None
    version: int


class SightingsOut(Out):
    """A page of sightings by id; `next` goes into `after` for the page that follows."""

    sightings: list[SightingLine]
    next: str | None


class SightingsPage(In):
    """Which page."""

    limit: int = Field(default=100, ge=1, le=1000)
    after: str = Field(default="", max_length=255)
