"""How far apart two stations are, and whether a leopard can go so far in the time."""

from __future__ import annotations

import math
from collections.abc import Mapping

from reid.types import Sighting
from reid.types.checks import require
from reid.types.earth import great_circle_km

WALK_KM_H = 4.0
"""A leopard's walk; more over some hours is unlikely."""

DAILY_KM = 25.0
"""More in a straight line, day after day, is unlikely: beyond what tracked leopards do."""

RUN_KM_H = 10.0
"""More in a straight line over more than a sprint is impossible: no cat runs for that long."""

SPRINT_KM = 1.0
"""Up to this distance a sprint counts, at most ``SPRINT_KM_H``."""

SPRINT_KM_H = 60.0


def distance_between(
    a: Sighting, b: Sighting, distances_km: Mapping[tuple[str, str], float]
) -> float | None:
    """Kilometres between two sightings: 0 at one station, from the table, or by position.

    Raises:
        InputError: for a distance that is negative, not finite or given twice differently.
    """
    if a.station is not None and b.station is not None:
        given = _from_table(a.station, b.station, distances_km)
        if given is not None:
            return given
        if a.station == b.station:
            return 0.0
    if a.position is None or b.position is None:
        return None
    return great_circle_km(a.position, b.position)


def judge(km: float | None, days: float) -> tuple[str, str]:
    """Status and note for a way of ``km`` in ``days`` >= 0."""
    if km is None:
        return "unknown", "the distance is not known"
    hours = days * 24
    if km == 0:
        return "possible", "at one station"
    if hours == 0:
        return "impossible", "at two places at one time, or a clock is wrong"
    speed = km / hours
    if speed > (SPRINT_KM_H if km <= SPRINT_KM else RUN_KM_H):
        return "impossible", f"{speed:,.0f} km/h in a straight line, or a clock is wrong"
    if km > SPRINT_KM and km > min(WALK_KM_H * hours, DAILY_KM * max(days, 1.0)):
        return "unlikely", "faster than leopards are known to travel"
    return "possible", "possible, which is no evidence that it is one animal"


def _from_table(a: str, b: str, distances_km: Mapping[tuple[str, str], float]) -> float | None:
    given = {distances_km[key] for key in ((a, b), (b, a)) if key in distances_km}
    require(len(given) < 2, f"distance of {a} and {b}: given twice, {sorted(given)} km")
    if not given:
        return None
    km = given.pop()
    require(
        math.isfinite(km) and km >= 0 and (a != b or km == 0),
        f"distance of {a} and {b}: expected kilometres, 0 or more, found {km}",
    )
    return float(km)
