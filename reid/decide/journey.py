"""Clocks, dates and travel, checked apart from the pictures and never mixed with them.

The limits are reasoned, not fitted. Leopards walk at 3 to 4 km/h, mostly by night, and cover some
3 to 15 km on an ordinary day; dispersing ones a little more. They sprint at up to about 60 km/h,
but for a few hundred metres. Distances are straight lines, so a real path is longer.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from reid.clocks import PictureClock, clock_times, with_strips
from reid.decide.travel import distance_between, judge
from reid.types import CandidateTime, JourneyCheck, PreparedAnnotation, Sighting

DAY_S = 86_400.0
NO_TIME: tuple[CandidateTime | None, ...] = (None,)


def check_journeys(
    sightings: Sequence[Sighting],
    *,
    annotations: Sequence[PreparedAnnotation] = (),
    distances_km: Mapping[tuple[str, str], float] | None = None,
) -> tuple[JourneyCheck, ...]:
    """Every pair of sightings under every combination of their disputed times.

    Times are the sighting's own, else the earliest clock of its pictures. ``distances_km`` gives
    distances between station names, in either order, for records without coordinates; it goes
    before positions (great circle). ``days`` is signed: negative when b came before a. Without
    a time or a distance the status is ``"unknown"``.

    Raises:
        InputError: if a distance is negative or not finite, or one station's distance to itself
            is not 0, or the two orders of a pair disagree.
    """
    table = dict(distances_km or {})
    checks = []
    for a, b in itertools.combinations(sightings, 2):
        km = distance_between(a, b, table)
        times_a, times_b = times_of(a, annotations), times_of(b, annotations)
        for at_a, at_b in itertools.product(times_a or NO_TIME, times_b or NO_TIME):
            note = _sources((a.id, at_a, len(times_a)), (b.id, at_b, len(times_b)))
            checks.append(_check((a, b), (at_a, at_b), km, note))
    return tuple(checks)


def times_of(
    sighting: Sighting, annotations: Sequence[PreparedAnnotation] = ()
) -> tuple[CandidateTime, ...]:
    """When a sighting may have been: as given, else by the clocks and strips of its pictures."""
    images = [a.image for a in annotations if a.sighting_id == sighting.id]
    pictures = [
        PictureClock(i.captured_at, i.strip.at if i.strip else None, i.clock_at) for i in images
    ]
    return with_strips(sighting.times, pictures) if sighting.times else clock_times(pictures)


def days_between(a: datetime, b: datetime) -> tuple[float, str]:
    """Days from ``a`` to ``b`` (negative if b is earlier), and a note on their time zones."""
    if (a.tzinfo is None) == (b.tzinfo is None):
        return (b - a).total_seconds() / DAY_S, ""
    days = (b.replace(tzinfo=None) - a.replace(tzinfo=None)).total_seconds() / DAY_S
    return days, "one time has no time zone: the clocks are compared as they stand"


def _check(
    pair: tuple[Sighting, Sighting],
    times: tuple[CandidateTime | None, CandidateTime | None],
    km: float | None,
    sources: str,
) -> JourneyCheck:
    a, b = pair
    at_a, at_b = (t.at if t else None for t in times)
    if at_a is None or at_b is None:
        missing = [s.id for s, at in ((a, at_a), (b, at_b)) if at is None]
        note = _notes(f"no time for {' and '.join(missing)}", sources)
        return JourneyCheck(a.id, b.id, at_a, at_b, None, km, None, "unknown", note)
    days, zones = days_between(at_a, at_b)
    status, said = judge(km, abs(days))
    order = f"{b.id} comes before {a.id}" if days < 0 else ""
    return JourneyCheck(
        a=a.id,
        b=b.id,
        a_time=at_a,
        b_time=at_b,
        days=days,
        distance_km=km,
        speed_km_per_day=_speed(km, days),
        status=status,
        note=_notes(said, order, zones, sources),
    )


def _speed(km: float | None, days: float) -> float | None:
    """Kilometres a day; None without a distance or where no time passed."""
    return None if km is None or math.isclose(days, 0.0) else km / abs(days)


def _sources(*used: tuple[str, CandidateTime | None, int]) -> str:
    texts = [f"{name} as in {time.source}" for name, time, n in used if time and n > 1]
    return f"with {' and '.join(texts)}" if texts else ""


def _notes(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
