"""What a camera tells of a picture beside its pixels: its own note, and the burnt-in strip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


class Trigger(StrEnum):
    """Why the camera took the picture."""

    MOTION = "motion"
    TIME_LAPSE = "time-lapse"
    EXTERNAL = "external"
    HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class CameraNote:
    """A camera's own note; None where it says nothing.

    ``layout`` names the form that was read. ``sequence`` is (number, of how many) within one
    trigger, ``event`` the camera's number of the trigger. ``written_at`` is the clock, without a
    zone. ``moon`` is a phase, 0 new to 7 old crescent. ``lamp``: whether it lit the scene;
    ``infrared``: whether that light is known to be infrared. ``contrast`` and the three beside it
    are the camera's settings, in its units; ``battery_v`` in volts.
    """

    layout: str
    trigger: Trigger | None = None
    sequence: tuple[int, int] | None = None
    event: int | None = None
    written_at: datetime | None = None
    moon: int | None = None
    temperature_c: int | None = None
    temperature_f: int | None = None
    serial: str | None = None
    label: str | None = None
    firmware: str | None = None
    contrast: int | None = None
    brightness: int | None = None
    sharpness: int | None = None
    saturation: int | None = None
    sensitivity: int | None = None
    battery_v: float | None = None
    lamp: bool | None = None
    infrared: bool | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON says it, without what is not known."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: _plain(value) for name, value in told.items()}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> CameraNote:
        """The note behind ``plain``; names that this version does not know are left out."""
        values = {f.name: told[f.name] for f in fields(cls) if f.name in told}
        if "trigger" in values:
            values["trigger"] = Trigger(values["trigger"])
        if "sequence" in values:
            values["sequence"] = tuple(values["sequence"])
        if "written_at" in values:
            values["written_at"] = datetime.fromisoformat(values["written_at"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class StripReading:
    """What was read in a strip that the camera burnt into the picture.

    ``lines`` as read, ``at`` the clock there (to the minute where ``to_the_minute``),
    ``temperature_c`` in degrees Celsius. None where nothing certain was read.
    """

    lines: tuple[str, ...]
    at: datetime | None = None
    to_the_minute: bool = False
    temperature_c: int | None = None
    camera: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON says it, without what is not known."""
        told = {name: value for name, value in asdict(self).items() if value not in (None, False)}
        return {name: _plain(value) for name, value in told.items()}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> StripReading:
        """The reading behind ``plain``."""
        values = {f.name: told[f.name] for f in fields(cls) if f.name in told}
        values["lines"] = tuple(values.get("lines", ()))
        if "at" in values:
            values["at"] = datetime.fromisoformat(values["at"])
        return cls(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value
