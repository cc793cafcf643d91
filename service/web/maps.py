"""Where and when somebody was, as drawings: no tiles from elsewhere, positions as they may be seen.

A generalised position is a square of the step to which it was rounded, not a point in its middle.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reid.catalogue.individual_pages import Seen
from reid.config import Precision
from reid.people import generalised

KM_PER_DEGREE = 111.32
WIDTH, HEIGHT, EDGE = 640.0, 420.0, 46.0
LEAST_KM = 2.0
BARS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
TIME_WIDTH, TIME_EDGE = 960.0, 104.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the map in its pixels, with how many sightings lie in it, and where it is."""

    x: float
    y: float
    width: float
    height: float
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Map:
    """``bar_px`` is the length of ``bar_km``; ``unplaced`` sightings have no position."""

    cells: tuple[Cell, ...]
    bar_px: float
    bar_km: float
    span_km: float
    unplaced: int
    precision: str
    withheld: bool
    width: float = WIDTH
    height: float = HEIGHT


def map_of(seen: Sequence[Seen], precision: Precision) -> Map | None:
    """Where the sightings were, as somebody may know it; None where none has a position."""
    placed = [one.position for one in seen if one.position is not None]
    if not placed:
        return None
    shown = [generalised(position, precision) for position in placed]
    found = Counter((s.latitude, s.longitude) for s in shown if s.latitude is not None)
    unplaced = len(seen) - len(placed)
    if not found:
        return Map((), 0, 0, 0, unplaced, precision, withheld=True)
    step = shown[0].precision or 0.0
    points = {(float(a), float(b)): n for (a, b), n in found.items() if b is not None}
    return _drawn(points, step, unplaced, precision)


def _drawn(
    points: dict[tuple[float, float], int], step: float, unplaced: int, precision: str
) -> Map:
    """Degrees to pixels, equally long east and north; good for the range of an animal."""
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    narrow = max(0.05, math.cos(math.radians(middle[0])))
    east = (max(lons) - min(lons) + step) * narrow * KM_PER_DEGREE
    north = (max(lats) - min(lats) + step) * KM_PER_DEGREE
    span = max(east, north * (WIDTH - 2 * EDGE) / (HEIGHT - 2 * EDGE), LEAST_KM)
    scale = (WIDTH - 2 * EDGE) / span  # pixels for a kilometre
    wide, high = step * narrow * KM_PER_DEGREE * scale, step * KM_PER_DEGREE * scale
    cells = []
    for (lat, lon), count in sorted(points.items()):
        x = WIDTH / 2 + (lon - middle[1]) * narrow * KM_PER_DEGREE * scale
        y = HEIGHT / 2 - (lat - middle[0]) * KM_PER_DEGREE * scale
        words = f"{count} at {lat:g}, {lon:g} (rounded to {step:g}°)"
        cells.append(Cell(x - wide / 2, y - high / 2, wide, high, count, words))
    bar = max((km for km in BARS_KM if km * scale <= WIDTH / 4), default=BARS_KM[0])
    widest = max(east, north)
    return Map(tuple(cells), bar * scale, bar, widest, unplaced, precision, withheld=False)


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
