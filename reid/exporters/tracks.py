"""Ways of one animal from sighting to sighting, as far as their order is certain. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reid.importers.plan import disputed
from reid.survey import Observation, Survey

Point = tuple[datetime, float, float, str, str, str]
"""When (the clock's), east, north in degrees, station, event, what there is to say of the time."""
Spans = Mapping[str, tuple[datetime, datetime]]


def disputed_spans(survey: Survey) -> dict[str, tuple[datetime, datetime]]:
    """Between which times each sighting with a disputed time was, by its name on the map."""
    links, found = survey.links(), dict[str, tuple[datetime, datetime]]()
    for one in survey.observations():
        times = [at.replace(tzinfo=None) for at in disputed([one])]
        if not times:
            continue
        name = links.get(one.id, one.event or one.media or one.id)
        told = [*times, *_started(one), *found.get(name, ())]
        found[name] = min(told), max(told)
    return found


def _started(one: Observation) -> list[datetime]:
    return [one.start.replace(tzinfo=None)] if one.start else []


def ordered(points: Sequence[Point], spans: Spans) -> tuple[list[Point], list[Point]]:
    """Those whose place in time is certain, in order, and those that may stand elsewhere in it.

    A disputed sighting all of whose times lie between its neighbours is certain too.
    """
    held = [(_span(one, spans), one) for one in points]
    sure, unsure = list[Point](), list[Point]()
    for span, one in held:
        others = (other for other, two in held if two is not one)
        doubtful = one[4] in spans and any(_meet(span, other) for other in others)
        (unsure if doubtful else sure).append(one)
    return sorted(sure, key=lambda one: (_span(one, spans)[0], one[3])), unsure


def line_of(points: Sequence[Point]) -> list[tuple[float, float]]:
    """The way as east and north, without standing still; empty where it never moved."""
    line: list[tuple[float, float]] = []
    for one in points:
        if not line or line[-1] != one[1:3]:
            line.append(one[1:3])
    return line if len(line) > 1 else []


def _span(one: Point, spans: Spans) -> tuple[datetime, datetime]:
    first, last = spans.get(one[4], (one[0], one[0]))
    return min(first, one[0]), max(last, one[0])


def _meet(a: tuple[datetime, datetime], b: tuple[datetime, datetime]) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]
