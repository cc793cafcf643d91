"""Where sightings stand on a line of time: numbers for the report's drawing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reid.types import Comparison, JourneyCheck, Sighting

LEFT_PX, RIGHT_PX = 150.0, 760.0
ROW_PX, TOP_PX = 60.0, 52.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One possible time of a sighting; hollow when the sighting has several."""

    x: float
    y: float
    hollow: bool
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Way:
    """From one sighting to the next: a line and its words."""

    x1: float
    y1: float
    x2: float
    y2: float
    text: str
    status: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is drawn, in pixels of a drawing ``width`` x ``height``."""

    width: float
    height: float
    names: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    ways: tuple[Way, ...]
    undated: tuple[str, ...]


def timeline_of(comparison: Comparison) -> Timeline | None:
    """The timeline, earliest sighting on top; None when no sighting has a time."""
    times = {s.id: times_of(s, comparison) for s in comparison.sightings}
    dated = sorted((name for name in times if times[name]), key=lambda name: times[name][0])
    if not dated:
        return None
    every = [at for name in dated for at in times[name]]
    first, last = min(every), max(every)
    rows = {name: TOP_PX + ROW_PX * i for i, name in enumerate(dated)}
    marks = [m for name in dated for m in _marks(times[name], rows[name], first, last)]
    ways = [_way(a, b, times, rows, (first, last), comparison) for a, b in _next(dated)]
    return Timeline(
        width=RIGHT_PX + 130,
        height=TOP_PX + ROW_PX * (len(dated) - 1) + 30,
        names=tuple((rows[name], name) for name in dated),
        ticks=_ticks(first, last),
        marks=tuple(marks),
        ways=tuple(ways),
        undated=tuple(name for name in times if not times[name]),
    )


def times_of(sighting: Sighting, comparison: Comparison) -> list[datetime]:
    """Possible times without zones, earliest first: given, from the journeys, or the clock's."""
    given = [time.at for time in sighting.times]
    checked = [c.a_time for c in comparison.journeys if c.a == sighting.id]
    checked += [c.b_time for c in comparison.journeys if c.b == sighting.id]
    clocks = [a.image.captured_at for a in comparison.annotations if a.sighting_id == sighting.id]
    for found in (given, checked, clocks):
        known = {at.replace(tzinfo=None) for at in found if at is not None}
        if known:
            return sorted(known)[: 1 if found is clocks else None]
    return []


def _next(names: Sequence[str]) -> list[tuple[str, str]]:
    return list(itertools.pairwise(names))


def _x(at: datetime, first: datetime, last: datetime) -> float:
    span = (last - first).total_seconds()
    share = (at - first).total_seconds() / span if span else 0.5
    return LEFT_PX + share * (RIGHT_PX - LEFT_PX)


def _marks(times: list[datetime], y: float, first: datetime, last: datetime) -> list[Mark]:
    """A mark for each time; two close ones carry their words on opposite sides."""
    marks = []
    for i, at in enumerate(times):
        x = _x(at, first, last)
        anchor = "end" if len(times) > 1 and i == 0 and x > LEFT_PX + 100 else "start"
        marks.append(Mark(x, y, len(times) > 1, f"{at:%d %b %Y %H:%M}", anchor))
    return marks


def _way(
    a: str,
    b: str,
    times: dict[str, list[datetime]],
    rows: dict[str, float],
    span: tuple[datetime, datetime],
    comparison: Comparison,
) -> Way:
    checks = [c for c in comparison.journeys if {c.a, c.b} == {a, b}]
    ends = (_x(times[a][-1], *span), _x(times[b][0], *span))
    return Way(ends[0], rows[a], ends[1], rows[b], way_text(checks), worst_status(checks))


def way_text(checks: Sequence[JourneyCheck]) -> str:
    """ "18.6 km, 26 to 31 days, possible": all disputed times together."""
    days = sorted({round(abs(c.days), 1) for c in checks if c.days is not None})
    km = next((c.distance_km for c in checks if c.distance_km is not None), None)
    parts = [] if km is None else ["same station" if km == 0 else f"{km:,.1f} km"]
    if days:
        span = f"{days[0]:g}" if len(days) == 1 else f"{days[0]:g} to {days[-1]:g}"
        parts.append(f"{span} day{'' if days == [1.0] else 's'}")
    return ", ".join([*parts, worst_status(checks)])


def worst_status(checks: Sequence[JourneyCheck]) -> str:
    """The most worrying status among the disputed times."""
    order = ("impossible", "unlikely", "unknown", "possible")
    return next((s for s in order if any(c.status == s for c in checks)), "unknown")


def _ticks(first: datetime, last: datetime) -> tuple[tuple[float, str], ...]:
    """About five round moments between first and last."""
    span = (last - first).total_seconds()
    if span < 60:
        return ()
    style = "%d %b %Y" if span > 5 * 86_400 else "%d %b %H:%M"
    moments = [first + timedelta(seconds=span * k / 4) for k in range(5)]
    return tuple((_x(at, first, last), f"{at:{style}}") for at in moments)
