"""Reports for those who may not know where: no distance is left to measure by."""

from datetime import UTC, datetime

import pytest

from reid.evidence import report_html
from reid.people import WITHHELD, withheld_comparison
from reid.types import Comparison, JourneyCheck, Sighting, SightingMedia

WHEN = datetime(2018, 11, 11, tzinfo=UTC)


@pytest.fixture
def comparison():
    media = (SightingMedia("a.jpg", b""),)
    far = JourneyCheck("a", "b", WHEN, WHEN, 2.0, 18.61, 9.305, "unlikely", "18.61 km")
    near = JourneyCheck("a", "c", WHEN, WHEN, 1.0, 0.0, 0.0, "possible", "at one station")
    return Comparison(
        id="x",
        created_at=WHEN,
        sightings=tuple(Sighting(name, media, position=(43.2718, 54.3141)) for name in "abc"),
        annotations=(),
        pairs=(),
        groupings=(),
        exact=True,
        prior_same=0.5,
        max_error=0.01,
        verdicts=(),
        journeys=(far, near),
        summary="",
    )


def test_no_distance_and_no_position_is_left(comparison):
    told = withheld_comparison(comparison)
    assert [s.position for s in told.sightings] == [None] * 3
    far, near = told.journeys
    assert (far.distance_km, far.speed_km_per_day, far.status) == (None, None, "unknown")
    assert (far.note, far.days) == (WITHHELD, 2.0)
    assert near == comparison.journeys[1]
    assert comparison.journeys[0].distance_km == 18.61, "the stored one is as it was"


def test_the_report_does_not_tell_what_was_withheld(comparison):
    assert "18.6" in report_html(comparison)
    page = report_html(withheld_comparison(comparison))
    assert "18.6" not in page
    assert WITHHELD in page
