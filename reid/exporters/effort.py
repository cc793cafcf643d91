"""Where stations are, and for how long a camera of each was out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from reid.errors import InputError
from reid.exporters.seasons import Span
from reid.survey import Deployment

DAY_S = 86_400.0


def usage_by_station(out: Iterable[Deployment], span: Span) -> dict[str, tuple[float, ...]]:
    """Of every station the share of each day of a session with a camera out."""
    days = (span.last - span.first).days + 1
    return {station: usage_of(group, span, days, 1) for station, group in by_station(out)}


def by_station(placed: Iterable[Deployment]) -> list[tuple[str, list[Deployment]]]:
    """The deployments of every station, by its name."""
    found: dict[str, list[Deployment]] = {}
    for one in placed:
        found.setdefault(one.station, []).append(one)
    return sorted(found.items())


def positions_of(placed: Iterable[Deployment]) -> dict[str, tuple[float, float]]:
    """One a station: cameras of a station some metres apart are at the first one's position."""
    found: dict[str, tuple[float, float]] = {}
    for one in placed:
        here = one.latitude or 0.0, one.longitude or 0.0
        known = found.setdefault(one.station, here)
        if max(abs(known[0] - here[0]), abs(known[1] - here[1])) > 0.01:
            raise InputError(
                f"station {one.station}: expected one position, found {known} and {here} more "
                "than a kilometre apart; give the second place a name of its own"
            )
    return found


def cameras_of(placed: Iterable[Deployment]) -> dict[str, int]:
    """The cameras that a station ever had."""
    return {
        station: len({one.camera or one.id for one in group} if _several(group) else {station})
        for station, group in by_station(placed)
    }


def _several(group: Sequence[Deployment]) -> bool:
    """Whether two of them were ever out at once."""
    times = sorted(
        (one.start.replace(tzinfo=None), one.end.replace(tzinfo=None))
        for one in group
        if one.start and one.end
    )
    return any(after[0] < before[1] for before, after in itertools.pairwise(times))


def usage_of(
    group: Sequence[Deployment], span: Span, occasions: int, days: int
) -> tuple[float, ...]:
    """Days with a camera out in each occasion: the union of the deployments, never their sum."""
    spans = _merged(
        (one.start.replace(tzinfo=None), one.end.replace(tzinfo=None))
        for one in group
        if one.start and one.end
    )
    start = datetime.combine(span.first, time())
    end = datetime.combine(span.last, time()) + timedelta(days=1)
    found = []
    for number in range(occasions):
        left = start + timedelta(days=days * number)
        right = min(left + timedelta(days=days), end)
        inside = (min(b, right) - max(a, left) for a, b in spans)
        seconds = sum(max(0.0, span.total_seconds()) for span in inside)
        found.append(round(seconds / DAY_S, 4))
    return tuple(found)


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
