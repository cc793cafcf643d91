"""Journeys without their distances: who adds sightings could measure their way to a position."""

from __future__ import annotations

from dataclasses import replace

from reid.types import Comparison, JourneyCheck

WITHHELD = "the distance is withheld, as positions are"


def withheld_journey(check: JourneyCheck) -> JourneyCheck:
    """A journey with its times alone; one at one station stays as it is."""
    if check.distance_km is None or check.distance_km == 0:
        return check
    return replace(check, distance_km=None, speed_km_per_day=None, status="unknown", note=WITHHELD)


def withheld_comparison(comparison: Comparison) -> Comparison:
    """A comparison without positions and distances; all that the pictures say stays."""
    return replace(
        comparison,
        sightings=tuple(replace(s, position=None) for s in comparison.sightings),
        submitted=tuple(replace(s, position=None) for s in comparison.submitted),
        journeys=tuple(withheld_journey(check) for check in comparison.journeys),
    )
