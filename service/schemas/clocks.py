"""Corrections of cameras' clocks, in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from reid.clocks import Correction, Whose
from reid.clocks.asked import Asked
from service.schemas.base import CameraTime, In, Name, Out, Text
from service.schemas.sightings import TimeOut

MOST_S = 10**10
EXAMPLE: dict[str, Any] = {
    "station": "north",
    "camera": "A",
    "half_day": "behind",
    "by": "Asel",
    "why": "the field book: set at noon, the first picture says midnight",
}


class ClockIn(In):
    """Whose clock, and what was wrong: one of `add_s`, `year`, `half_day`, `wrote` with `was`."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    station: Text = Field(description='"" for sightings without a station.')
    camera: Text | None = Field(default=None, description="null: every camera of the station.")
    first: CameraTime | None = Field(default=None, description="From this time on, by the clock.")
    last: CameraTime | None = Field(default=None, description="Until this time, by the clock.")
    add_s: Annotated[int, Field(ge=-MOST_S, le=MOST_S)] | None = Field(
        default=None, description="Seconds that are added; for a clock ahead less than 0."
    )
    year: Annotated[int, Field(ge=1900, le=2100)] | None = Field(
        default=None, description="The year that it was, with `anchor`."
    )
    anchor: CameraTime | None = Field(
        default=None, description="A time that the clock wrote near the moment when it was set."
    )
    half_day: Literal["ahead", "behind", "swapped"] | None = Field(
        default=None, description="12 hours; swapped: the dates are right."
    )
    wrote: CameraTime | None = Field(default=None, description="What the clock read ...")
    was: CameraTime | None = Field(default=None, description="... when the time was this.")

    def correction(self) -> Correction:
        """As a correction.

        Raises:
            InputError: none of the ways or several, or one that makes no sense.
        """
        asked = Asked(self.add_s, self.year, self.anchor, self.half_day, self.wrote, self.was)
        return asked.correction(Whose(self.station, self.camera, self.first, self.last))


class RecordIn(ClockIn):
    """A correction to be recorded."""

    by: Name = Field(description="Who says so.")
    why: Name = Field(description="What it rests on.")


class UndoClockIn(In):
    """Who takes a correction back, and why."""

    by: Name
    why: Name


class CorrectionOut(Out):
    """What is added to what a clock wrote."""

    kind: str
    station: str
    camera: str | None
    shift_s: int | None = Field(description="null: morning and afternoon change places.")
    first: datetime | None
    last: datetime | None
    told: dict[str, JsonValue] = Field(description="How it was said.")
    words: str


class ClockEntryOut(Out):
    """An entry of the book of clocks; entries are only added."""

    number: int
    at: datetime
    by: str
    why: str
    correction: CorrectionOut | None
    undoes: int | None = Field(description="The entry that it takes back.")
    holds: bool


class ClockEntriesOut(Out):
    """All entries, oldest first."""

    corrections: list[ClockEntryOut]


class MovedOut(Out):
    """A sighting whose times change."""

    sighting_id: str
    before: list[TimeOut]
    after: list[TimeOut]


class ClockPreviewOut(Out):
    """What a correction would change; nothing was recorded."""

    correction: CorrectionOut
    sightings: list[MovedOut]


class SuspectOut(Out):
    """A clock that may be wrong, what speaks for it, and a proposal where that tells one."""

    station: str
    camera: str
    kind: str
    words: str
    correction: CorrectionOut | None


class SuspectsOut(Out):
    """Proposals; a person decides."""

    suspects: list[SuspectOut]
