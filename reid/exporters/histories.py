"""Who was caught where and when, and the effort: what every estimate of abundance starts from.

Times count as the cameras' clocks show them; an occasion is some whole days from the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from reid.errors import InputError
from reid.exporters.passages import Capture, passages
from reid.exporters.spans import spanned
from reid.survey import Deployment, Survey

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Histories:
    """Captures, stations with (latitude, longitude) in degrees, and effort.

    ``usage`` by station: for each occasion, the days in which at least one camera was out.
    """

    captures: tuple[Capture, ...]
    stations: Mapping[str, tuple[float, float]]
    usage: Mapping[str, tuple[float, ...]]
    first: date
    occasion_days: int
    notes: tuple[str, ...]

    def occasion(self, capture: Capture) -> int:
        """Which occasion it was in, from 1."""
        return (capture.at.date() - self.first).days // self.occasion_days + 1

    @property
    def occasions(self) -> int:
        """How many there are."""
        return len(next(iter(self.usage.values())))

    @property
    def named(self) -> tuple[Capture, ...]:
        """Those of known animals."""
        return tuple(one for one in self.captures if one.individual)


def histories_of(survey: Survey, species: Sequence[str], occasion_days: int) -> Histories:
    """The histories of a snapshot.

    Raises:
        InputError: no deployment with a position and a time, or two positions of one station.
    """
    spans, notes = spanned(survey)
    usable = [one for one in spans.values() if one.start and one.end]
    placed = [one for one in usable if one.latitude is not None]
    if not placed:
        raise InputError(
            "capture histories need deployments with a position, a start and an end, found none; "
            "import the deployments, and export for a role that may see positions"
        )
    captures, unplaced = passages(survey, species, {one.id: one for one in placed})
    first = min(one.start.date() for one in placed if one.start)
    last = max(one.end.date() for one in placed if one.end)
    days = [*(one.at.date() for one in captures), last]
    many = (max(days) - first).days // occasion_days + 1
    inside = [one for one in captures if one.at.date() >= first]
    lost = len(captures) - len(inside)
    usage = {s: _usage(group, first, many, occasion_days) for s, group in _by_station(placed)}
    notes += _told(len(usable) - len(placed), "deployments without a position are left out")
    notes += _told(unplaced, "sightings without time or position are left out")
    notes += _told(lost, "sightings from before the first deployment are left out")
    notes += _told(
        _idle(inside, usage, first, occasion_days),
        "captures are in occasions without effort: check clocks and deployments",
    )
    return Histories(tuple(inside), _positions(placed), usage, first, occasion_days, notes)


def _told(many: int, what: str) -> tuple[str, ...]:
    return (f"{many} {what}",) if many else ()


def _by_station(placed: Iterable[Deployment]) -> list[tuple[str, list[Deployment]]]:
    found: dict[str, list[Deployment]] = {}
    for one in placed:
        found.setdefault(one.station, []).append(one)
    return sorted(found.items())


def _positions(placed: Iterable[Deployment]) -> dict[str, tuple[float, float]]:
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


def _usage(
    group: Sequence[Deployment], first: date, occasions: int, days: int
) -> tuple[float, ...]:
    """Days with a camera out in each occasion: the union of the deployments, never their sum."""
    spans = _merged(
        (one.start.replace(tzinfo=None), one.end.replace(tzinfo=None))
        for one in group
        if one.start and one.end
    )
    start = datetime.combine(first, time())
    found = []
    for number in range(occasions):
        left = start + timedelta(days=days * number)
        right = left + timedelta(days=days)
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


def _idle(
    captures: Iterable[Capture], usage: Mapping[str, tuple[float, ...]], first: date, days: int
) -> int:
    return sum(not usage[one.station][(one.at.date() - first).days // days] for one in captures)
