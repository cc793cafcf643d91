"""When somebody was, as a drawing; where: `reid.paper.drawn_map`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reid.catalogue.individual_pages import Seen

TIME_WIDTH, TIME_EDGE = 960.0, 104.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A sighting on the line of time: ``side`` left, right, both or none."""

    x: float
    side: str
    infrared: bool
    words: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """``ticks`` are (x, word); ``marks`` in the order of time."""

    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]
    undated: int
    width: float = TIME_WIDTH


def timeline_of(seen: Sequence[Seen]) -> Timeline | None:
    """When the sightings were; None where none has a time. Disputed ones stand at their first."""
    dated = [(min(t.at.replace(tzinfo=None) for t in one.times), one) for one in seen if one.times]
    if not dated:
        return None
    first, last = min(at for at, _ in dated), max(at for at, _ in dated)
    span = max((last - first).total_seconds(), 86400.0)

    def place(at: datetime) -> float:
        share = (at - first).total_seconds() / span
        return TIME_EDGE + share * (TIME_WIDTH - 2 * TIME_EDGE)

    marks = tuple(Mark(place(at), *_shown(one, at)) for at, one in sorted(dated, key=_first))
    ticks = tuple((place(at), word) for at, word in _ticks(first, last) if place(at) >= TIME_EDGE)
    return Timeline(marks, ticks, len(seen) - len(dated))


def _first(one: tuple[datetime, Seen]) -> datetime:
    return one[0]


def _shown(one: Seen, at: datetime) -> tuple[str, bool, str]:
    flanks = {frame.flank.value for frame in one.frames} & {"left", "right"}
    side = "both" if len(flanks) == 2 else next(iter(flanks), "none")
    infrared = bool(one.frames) and all(f.light.value == "infrared" for f in one.frames)
    return side, infrared, f"{one.sighting_id}, {at:%Y-%m-%d %H:%M}, flank: {side}"


def _ticks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Years; months or days where there are too few of them."""
    days = (last - first).days
    if days > 500:
        every = max(1, (last.year - first.year) // 12 + 1)
        return [(datetime(y, 1, 1), str(y)) for y in range(first.year, last.year + 1, every)]
    if days > 40:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        every = len(months) // 12 + 1
        begun = [datetime(m // 12, m % 12 + 1, 1) for m in months[::every]]
        return [(month, f"{month:%Y-%m}") for month in begun]
    return [(first, f"{first:%Y-%m-%d}"), (last, f"{last:%Y-%m-%d}")][: 2 if days else 1]
