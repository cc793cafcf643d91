"""When a sighting may have been, by its pictures alone: their clocks, and their strips. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reid.types import CandidateTime

CLOCK, STRIP = "camera clock", "strip"
"""Sources: what EXIF says, and what is burnt into the picture."""

AGREE = timedelta(seconds=90)
"""Strips show minutes, some without seconds, and are drawn a moment later."""


@dataclass(frozen=True, slots=True)
class PictureClock:
    """What one picture says: ``at`` by EXIF (corrected), ``strip`` by the strip (as burnt in).

    ``written`` and ``correction`` as of `CandidateTime`.
    """

    at: datetime | None
    strip: datetime | None = None
    written: datetime | None = None
    correction: int | None = None


def clock_times(pictures: Iterable[PictureClock]) -> tuple[CandidateTime, ...]:
    """The first clock; beside it the first strip, where one does not say what its clock says.

    A clock that was corrected is held against its strip as it was written: both were wrong. Where
    no picture has a clock, the first strip is the time.
    """
    known = list(pictures)
    clocks = [one for one in known if one.at is not None]
    strips = [one.strip for one in known if one.strip is not None]
    if not clocks:
        first = _first(strips)
        return () if first is None else (CandidateTime(first, STRIP),)
    times = [CandidateTime(one.at, CLOCK, one.written, one.correction) for one in known if one.at]
    time = min(times, key=lambda one: _wall(one.at))
    other = _first([one.strip for one in clocks if one.strip and disagrees(one)])
    return (time,) if other is None else (time, CandidateTime(other, STRIP))


def with_strips(
    times: Sequence[CandidateTime], pictures: Iterable[PictureClock]
) -> tuple[CandidateTime, ...]:
    """Times that a sighting came with, and the first strip that none of them says."""
    own = [*times, *(CandidateTime(t.written) for t in times if t.written)]
    other = _first(
        [
            one.strip
            for one in pictures
            if one.strip is not None
            and all(abs(_wall(one.strip) - _wall(t.at)) > AGREE for t in own)
            and (one.at is None or disagrees(one))
        ]
    )
    return tuple(times) if other is None else (*times, CandidateTime(other, STRIP))


def disagrees(one: PictureClock) -> bool:
    """Whether a picture's strip says another time than its clock wrote."""
    written = one.written or one.at
    if one.strip is None or written is None:
        return False
    return abs(_wall(one.strip) - _wall(written)) > AGREE


def _first(times: Sequence[datetime]) -> datetime | None:
    return min(times, key=_wall, default=None)


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
