"""A correction of one camera's clock, for a span of what that clock wrote. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from reid.errors import InputError
from reid.types.checks import require

HALF_DAY_H = 12


class Kind(StrEnum):
    """What was wrong with the clock."""

    OFFSET = "offset"
    YEAR = "year"
    HALF_DAY = "half-day"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Correction:
    """``shift_s`` is added to what the clock wrote; None: morning and afternoon change places.

    ``station`` "" is none, ``camera`` "" one without a name and None every camera of the station.
    It holds for what the clock wrote from ``first`` to ``last``, both included and without a zone;
    None: no bound. ``told`` is how it was said, as JSON.
    """

    kind: Kind
    station: str
    camera: str | None
    shift_s: int | None
    first: datetime | None = None
    last: datetime | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, bound in (("from", self.first), ("until", self.last)):
            require(
                bound is None or bound.tzinfo is None,
                f"{name}: expected what the camera's clock wrote, without a zone, found {bound}",
            )
        if self.first is not None and self.last is not None:
            require(
                self.first <= self.last,
                f"from, until: expected a span, found {self.first} to {self.last}",
            )
        require(self.shift_s != 0, "correction: expected one that changes times, found 0 seconds")

    def covers(self, station: str, camera: str, at: datetime) -> bool:
        """Whether it holds for what this camera's clock wrote."""
        if self.station != station or self.camera not in (None, camera):
            return False
        wall = at.replace(tzinfo=None)
        return (self.first is None or self.first <= wall) and (
            self.last is None or wall <= self.last
        )

    def overlaps(self, other: Correction) -> bool:
        """Whether both may hold for one time of one camera."""
        if self.station != other.station:
            return False
        if None not in (self.camera, other.camera) and self.camera != other.camera:
            return False
        return _before(self.first, other.last) and _before(other.first, self.last)

    def applied(self, at: datetime) -> datetime:
        """The time behind what the clock wrote; a zone stays.

        Raises:
            InputError: the result is no time (before year 1, after 9999).
        """
        if self.shift_s is None:
            return at.replace(hour=(at.hour + HALF_DAY_H) % 24)
        try:
            return at + timedelta(seconds=self.shift_s)
        except OverflowError:
            raise InputError(f"correction: {at} and {self.shift_s} seconds is no time") from None

    def taken_back(self, at: datetime) -> datetime:
        """What the clock wrote, of a corrected time."""
        if self.shift_s is None:
            return self.applied(at)
        return at - timedelta(seconds=self.shift_s)

    @property
    def words(self) -> str:
        """What it does, in words."""
        if self.shift_s is None:
            return "morning and afternoon change places"
        sign = "+" if self.shift_s > 0 else "-"
        return f"{sign}{span_words(abs(self.shift_s))}"

    @property
    def whose(self) -> str:
        """Of which clock it is, in words."""
        place = f"station {self.station}" if self.station else "no station"
        if self.camera is None:
            return f"{place}, all cameras"
        return f"{place}, camera {self.camera or '(unnamed)'}"


def span_words(seconds: int) -> str:
    """Seconds as days, hours, minutes, seconds."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{many} {unit}" for many, unit in parts if many)


def _before(first: datetime | None, last: datetime | None) -> bool:
    return first is None or last is None or first <= last
