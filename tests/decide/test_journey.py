"""Clocks and travel, with the disputed dates of the Ustyurt record."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.decide import check_journeys
from reid.decide.travel import judge
from reid.errors import InputError
from reid.types import CandidateTime, Sighting
from reid.types.earth import great_circle_km

POINTS = st.tuples(st.floats(-89, 89), st.floats(-180, 180))


def seen(name, *times, station=None, position=None):
    given = tuple(t if isinstance(t, CandidateTime) else CandidateTime(t) for t in times)
    return Sighting(name, (), station, given, position)


@pytest.fixture
def ustyurt():
    november = (
        CandidateTime(datetime(2018, 11, 11, 6, 57), "the text"),
        CandidateTime(datetime(2018, 11, 6, 6, 57), "the caption of Fig. 3"),
    )
    return (
        seen("September", datetime(2018, 9, 29, 22, 57), station="bait site 1"),
        seen("November", *november, station="bait site 1"),
        seen("December", datetime(2018, 12, 7, 16, 27), station="bait site 2"),
    )


def test_the_ustyurt_record_is_checked_under_both_dates(ustyurt):
    found = check_journeys(ustyurt, distances_km={("bait site 2", "bait site 1"): 18.6})
    assert [(c.a, c.b) for c in found].count(("November", "December")) == 2
    by_date = {c.a_time.day: c for c in found if c.a == "November"}
    assert by_date[11].days == pytest.approx(26.4, abs=0.01)
    assert by_date[6].days == pytest.approx(31.4, abs=0.01)
    assert by_date[11].speed_km_per_day == pytest.approx(0.70, abs=0.01)
    assert by_date[6].speed_km_per_day == pytest.approx(0.59, abs=0.01)
    assert "the caption of Fig. 3" in by_date[6].note
    assert {c.status for c in found} == {"possible"}
    assert "no evidence" in by_date[6].note


def test_without_a_distance_the_journey_is_unknown(ustyurt):
    found = check_journeys(ustyurt)
    by_pair = {(c.a, c.b): c for c in found}
    assert by_pair["September", "December"].status == "unknown"
    assert by_pair["September", "December"].days == pytest.approx(68.7, abs=0.1)
    assert by_pair["September", "November"].distance_km == 0.0


def test_one_time_at_two_places_is_impossible():
    at = datetime(2020, 1, 1, 12)
    (found,) = check_journeys([seen("a", at, position=(43, 55)), seen("b", at, position=(43, 56))])
    assert found.status == "impossible"
    assert found.speed_km_per_day is None


def test_the_order_is_told():
    later, earlier = datetime(2020, 2, 1), datetime(2020, 1, 1)
    (found,) = check_journeys([seen("a", later, station="x"), seen("b", earlier, station="x")])
    assert found.days == -31
    assert "b comes before a" in found.note
    assert found.status == "possible"


def test_a_missing_time_is_unknown_and_named():
    (found,) = check_journeys([seen("a", station="x"), seen("b", datetime(2020, 1, 1))])
    assert found.status == "unknown"
    assert found.note.startswith("no time for a")


def test_clocks_of_the_pictures_stand_in(annotation):
    pictures = [annotation("a", captured_at=datetime(2020, 1, 2))]
    pictures += [annotation("a", captured_at=datetime(2020, 1, 1))]
    found = check_journeys([seen("a"), seen("b", datetime(2020, 1, 3))], annotations=pictures)
    assert found[0].a_time == datetime(2020, 1, 1)
    assert found[0].days == 2


def test_a_time_with_a_zone_meets_one_without():
    sightings = [seen("a", datetime(2020, 1, 1, tzinfo=UTC)), seen("b", datetime(2020, 1, 2))]
    (found,) = check_journeys(sightings)
    assert found.days == 1
    assert "time zone" in found.note


@pytest.mark.parametrize(
    ("km", "hours", "status"),
    [
        (0.0, 0.0, "possible"),
        (0.4, 0.02, "possible"),  # a sprint of 20 km/h
        (0.9, 0.01, "impossible"),  # 90 km/h
        (5.0, 2.0, "possible"),
        (15.0, 2.0, "unlikely"),
        (25.0, 2.0, "impossible"),
        (24.0, 24.0, "possible"),
        (60.0, 48.0, "unlikely"),
        (600.0, 48.0, "impossible"),
        (1000.0, 24.0 * 60, "possible"),
        (None, 24.0, "unknown"),
    ],
)
def test_what_a_leopard_can_do(km, hours, status):
    assert judge(km, hours / 24)[0] == status


@given(st.floats(0.01, 5000), st.floats(0.001, 400), st.floats(1.01, 10))
def test_more_time_never_makes_a_journey_harder(km, days, factor):
    order = ["possible", "unlikely", "impossible"]
    assert order.index(judge(km, days * factor)[0]) <= order.index(judge(km, days)[0])


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_bounded(a, b):
    assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a), abs=1e-6)
    assert 0 <= great_circle_km(a, b) <= 20016


def test_a_degree_of_latitude():
    assert great_circle_km((43, 55), (44, 55)) == pytest.approx(111.195, abs=0.01)
    assert great_circle_km((43, 55), (43, 55)) == 0


@pytest.mark.parametrize(
    "distances",
    [{("x", "y"): -1.0}, {("x", "y"): float("nan")}, {("x", "y"): 1.0, ("y", "x"): 2.0}],
)
def test_impossible_distances_are_refused(distances):
    pair = [seen("a", station="x"), seen("b", station="y")]
    with pytest.raises(InputError, match="distance of x and y"):
        check_journeys(pair, distances_km=distances)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), st.floats(0.1, 500))
def test_speed_times_days_is_the_distance(start, days):
    sightings = [seen("a", start, station="x"), seen("b", start + timedelta(days), station="y")]
    (found,) = check_journeys(sightings, distances_km={("x", "y"): 18.6})
    assert found.speed_km_per_day * found.days == pytest.approx(18.6, rel=1e-6)
