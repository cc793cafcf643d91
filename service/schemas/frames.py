"""Sightings as they are looked at: frames in short, and whom else they may show."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from service.schemas.base import Out
from service.schemas.sightings import TimeOut


class FrameOut(Out):
    """One animal in one picture."""

    id: str
    file: str
    camera: str | None
    captured_at: datetime | None
    light: str = Field(examples=["colour", "infrared"])
    flank: str
    flank_source: str
    usable: float
    animal_px: int
    reasons: list[str]
    flags: list[str]
    size_px: tuple[int, int] = Field(description="Of the upright picture.")
    window_px: tuple[int, int, int, int] = Field(
        description="What the crop shows of it: left, top, right, bottom."
    )
    crop: str = Field(description="Address of the animal cut out; takes `size`.")


class FramesOut(Out):
    """A sighting with its frames, without their measurements."""

    id: str
    station: str | None
    times: list[TimeOut]
    individual: str | None
    identifiable: bool
    version: int
    frames: list[FrameOut]


class LikelyLine(Out):
    """Another sighting, by the evidence on the two."""

    id: str
    probability: float = Field(description="That they are one animal, by these two alone.")
    machine: str
    individual: str | None
    best: FrameOut | None


class LikelyOut(Out):
    """Others that a sighting may show too, likeliest first."""

    likely: list[LikelyLine]


class MatchedOut(Out):
    """Points of two pictures that were matched, in pixels of the upright pictures."""

    a: str = Field(description="Annotation id.")
    b: str
    a_xy_px: list[tuple[float, float]]
    b_xy_px: list[tuple[float, float]]
    group: list[int] = Field(description="Local group of each match: those that move together.")


class MatchesOut(Out):
    """What was matched in a comparison, by pair of annotations; strongest matches first."""

    pairs: list[MatchedOut]
