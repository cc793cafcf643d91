"""Who was caught where and when, and the effort: what every estimate of abundance starts from.

Times count as the cameras' clocks show them; an occasion is some whole days from the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from reid.abundance import Capture
from reid.errors import InputError
from reid.exporters.contract import Writing
from reid.exporters.effort import by_station, cameras_of, positions_of, usage_of
from reid.exporters.passages import passages
from reid.exporters.seasons import ALL, Span, spans_of
from reid.exporters.spans import spanned
from reid.survey import Deployment, Survey


@dataclass(frozen=True, slots=True)
class Histories:
    """Captures of a session, its stations with (latitude, longitude) in degrees, and effort.

    ``usage`` by station: for each occasion, the days in which at least one camera was out.
    """

    session: str
    captures: tuple[Capture, ...]
    stations: Mapping[str, tuple[float, float]]
    usage: Mapping[str, tuple[float, ...]]
    first: date
    last: date
    occasion_days: int

    def holds(self, capture: Capture) -> bool:
        """Whether a capture is in this session."""
        return self.first <= capture.at.date() <= self.last

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


@dataclass(frozen=True, slots=True)
class Seasons:
    """Sessions by name; all captures and stations of them, and what is odd, in sentences."""

    parts: tuple[Histories, ...]
    captures: tuple[Capture, ...]
    stations: Mapping[str, tuple[float, float]]
    cameras: Mapping[str, int]
    notes: tuple[str, ...]


def histories_of(survey: Survey, species: Sequence[str], occasion_days: int) -> Histories:
    """The histories of a snapshot, all in one session. As `seasons_of`."""
    found = seasons_of(survey, Writing(species=tuple(species), occasion_days=occasion_days))
    return found.parts[0]


def seasons_of(survey: Survey, writing: Writing) -> Seasons:
    """The histories of a snapshot, session by session.

    Raises:
        InputError: no deployment with a position and a time, two positions of one station, or
            no session in which a camera was out.
    """
    spans, notes = spanned(survey)
    usable = [one for one in spans.values() if one.start and one.end]
    placed = [one for one in usable if one.latitude is not None]
    if not placed:
        raise InputError(
            "capture histories need deployments with a position, a start and an end, found none; "
            "import the deployments, and export for a role that may see positions"
        )
    captures, unplaced = passages(survey, writing.species, {one.id: one for one in placed})
    sessions = sessions_of(placed, captures, writing)
    parts = [_history(one, placed, captures, writing.occasion_days) for one in sessions]
    inside = tuple(one for one in captures if any(s.holds(one.at.date()) for s in sessions))
    notes += _told(len(usable) - len(placed), "deployments without a position are left out")
    notes += _told(unplaced, "observations without time or position are left out")
    notes += _told(
        len(captures) - len(inside),
        "sightings from before the first deployment or between sessions are left out",
    )
    notes += _told(
        sum(map(_idle, parts)),
        "captures are in occasions without effort: check clocks and deployments",
    )
    return Seasons(tuple(parts), inside, positions_of(placed), cameras_of(placed), notes)


def sessions_of(
    placed: Sequence[Deployment], captures: Iterable[Capture], writing: Writing
) -> list[Span]:
    """The sessions in which cameras were out.

    Raises:
        InputError: there is none.
    """
    first = min(one.start.date() for one in placed if one.start)
    ends = [one.end.date() for one in placed if one.end]
    last = max([*ends, *(one.at.date() for one in captures)])
    found = [
        one
        for one in spans_of(first, last, writing.session_months, writing.sessions)
        if one.name == ALL or any(_out_in(deployment, one) for deployment in placed)
    ]
    if not found:
        raise InputError(
            f"sessions: expected one in which a camera was out, {first} to {last}, found none"
        )
    return found


def _out_in(one: Deployment, span: Span) -> bool:
    """Whether it was out in some time of a session, and not just fetched as that began."""
    if one.start is None or one.end is None:
        return False
    begin = datetime.combine(span.first, time())
    after = datetime.combine(span.last, time()) + timedelta(days=1)
    return one.start.replace(tzinfo=None) < after and one.end.replace(tzinfo=None) > begin


def _history(
    span: Span, placed: Sequence[Deployment], captures: Iterable[Capture], days: int
) -> Histories:
    own = tuple(one for one in captures if span.holds(one.at.date()))
    many = (span.last - span.first).days // days + 1
    seen = {one.station for one in own}
    usage = {s: usage_of(group, span, many, days) for s, group in by_station(placed)}
    usage = {s: effort for s, effort in usage.items() if any(effort) or s in seen}
    positions = positions_of(placed)
    stations = {name: positions[name] for name in usage}
    return Histories(span.name, own, stations, usage, span.first, span.last, days)


def _told(many: int, what: str) -> tuple[str, ...]:
    return (f"{many} {what}",) if many else ()


def _idle(part: Histories) -> int:
    return sum(not part.usage[one.station][part.occasion(one) - 1] for one in part.captures)
