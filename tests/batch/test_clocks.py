"""Offsets of clocks from what two cameras saw, and sightings cut from files."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.events.clocks import clock_offset, event_starts, matched, station_clocks
from reid.events.planning import MOST_MEDIA, Seen, plan_sightings

DAY = 86_400.0
T0 = datetime(2026, 3, 1, 6, 0)


def passages(rng, count, days=60.0, seen=0.7):
    """Times at which both cameras saw what passed, and each alone now and then."""
    true = np.sort(rng.uniform(0, days * DAY, count))
    a = true[rng.random(count) < seen]
    b = true[rng.random(count) < seen]
    return a, np.sort(b + rng.normal(0, 4, len(b)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999), st.sampled_from([-3600.0, 3600.0, 7200.5, 43_200.0, -86_400.0, 9e6]))
def test_an_offset_is_found_whatever_its_size(seed, offset):
    a, b = passages(np.random.default_rng(seed), 40)
    found, count = clock_offset(a, b + offset)
    assert found == pytest.approx(offset, abs=15)
    assert count >= 3


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999))
def test_cameras_that_saw_nothing_together_tell_nothing(seed):
    rng = np.random.default_rng(seed)
    a, b = (np.sort(rng.uniform(0, 60 * DAY, 30)) for _ in range(2))
    found, _ = clock_offset(a, b)
    assert found is None or found == 0.0  # by chance, at the rate that is stated


def test_chance_makes_an_offset_as_rarely_as_stated():
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        a, b = (np.sort(rng.uniform(0, 60 * DAY, 30)) for _ in range(2))
        wrong += clock_offset(a, b)[0] is not None
    assert wrong <= 8


def test_one_passage_seen_by_both_at_once_is_enough_for_clocks_that_agree():
    a, b = np.array([1000.0]), np.array([1007.0])
    assert clock_offset(a, b) == (0.0, 1)
    assert clock_offset(a, b + 3600)[0] is None, "but not for an offset"


def test_where_several_offsets_fit_nothing_is_guessed():
    """As with animals that pass at the same hour each day."""
    a = np.arange(12) * DAY
    assert clock_offset(a, a[2:6] + 3600) == (None, 0)


def test_matching_is_one_to_one():
    assert matched(np.array([0.0]), np.array([0.0, 1.0, 2.0]), 0.0) == 1
    assert matched(np.array([0.0, 500.0]), np.array([3.0, 520.0]), 0.0) == 2


def test_events_begin_after_a_pause():
    times = [T0 + timedelta(seconds=s) for s in (0, 5, 100, 700)]
    assert len(event_starts(times, 120.0)) == 2
    assert len(event_starts([], 120.0)) == 0


def test_the_camera_with_most_events_is_the_reference_and_words_say_the_rest():
    rng = np.random.default_rng(8)
    days = sorted(T0 + timedelta(seconds=s) for s in rng.uniform(0, 30 * DAY, 12))
    ahead = [t + timedelta(hours=1) for t in days[:8]]
    alone = [T0 + timedelta(days=40)]
    clocks = station_clocks({"A": days, "B": ahead, "C": alone}, 120.0)
    assert [clocks[c].word for c in "ABC"] == [
        "reference",
        "1:00:00 ahead of A",
        "cannot be checked",
    ]


def seen(n, seconds=None, camera=None, station="north", **more):
    at = None if seconds is None else T0 + timedelta(seconds=seconds)
    return Seen(n, hashlib.sha256(str(n).encode()).hexdigest(), station, camera, at, **more)


def cut(files, gap_s=120.0):
    plan = plan_sightings(files, gap_s)
    return [set(planned.positions) for planned in plan.sightings]


def test_a_pause_ends_a_sighting():
    assert cut([seen(0, 0), seen(1, 100), seen(2, 219), seen(3, 340)]) == [{0, 1, 2}, {3}]


def test_stations_are_never_mixed_and_files_without_a_time_stand_alone():
    files = [seen(0, 0), seen(1, 1, station="south"), seen(2), seen(3)]
    assert cut(files) == [{0}, {1}, {2}, {3}]
    notes = [p.note for p in plan_sightings(files, 120.0).sightings]
    assert notes[2] == notes[3] == "no time in the file: it stands alone"


def test_without_a_station_only_one_cameras_pictures_are_put_together():
    files = [seen(n, n, camera, None) for n, camera in enumerate(["A", "A", "B", None, None])]
    assert cut(files) == [{0, 1}, {2}, {3}, {4}]


def test_two_cameras_of_a_station_are_one_sighting_where_clocks_agree():
    assert cut([seen(0, 0, "A"), seen(1, 5, "B"), seen(2, 9000, "A")]) == [{0, 1}, {2}]


def shifted(offset_s, days=9):
    """Both cameras see the same, and the clock of B is ahead."""
    when = np.sort(np.random.default_rng(5).uniform(0, 30 * DAY, days)).round()
    a = [seen(n, float(s), "A") for n, s in enumerate(when)]
    b = [seen(100 + n, float(s) + 4 + offset_s, "B") for n, s in enumerate(when)]
    return a + b


def test_an_estimated_offset_brings_two_cameras_together_and_disputed_times_are_said():
    plan = plan_sightings(shifted(3600.0), 120.0)
    assert [set(p.positions) for p in plan.sightings] == [{n, 100 + n} for n in range(9)]
    first = plan.sightings[0]
    assert dict(first.offsets_s)["B"] == pytest.approx(3604, abs=10)
    assert [by for _, by in first.times] == ["clock of camera A", "clock of camera B"]
    a, b = (at for at, _ in first.times)
    assert (b - a).total_seconds() == pytest.approx(3604, abs=10)


def test_a_clock_that_cannot_be_checked_is_kept_apart_and_it_is_said():
    files = [seen(0, 0, "A"), seen(1, DAY, "A"), seen(2, 7 * DAY, "B")]
    plan = plan_sightings(files, 120.0)
    assert [set(p.positions) for p in plan.sightings] == [{0}, {1}, {2}]
    assert "cannot be checked against A" in plan.sightings[2].note


def test_the_same_file_twice_is_used_once():
    again = replace(seen(5, 0), sha256=seen(0).sha256)
    plan = plan_sightings([seen(0, 0), again], 120.0)
    assert (plan.copies, [p.positions for p in plan.sightings]) == (((5, 0),), [(0,)])


def test_what_the_source_calls_one_sighting_is_one():
    files = [seen(0, 0, sighting="x"), seen(1, 9 * DAY, sighting="x"), seen(2, 1, sighting="y")]
    assert cut(files) == [{0, 1}, {2}]


def test_a_camera_that_never_rests_gives_sightings_of_bounded_size():
    files = [seen(n, n) for n in range(2 * MOST_MEDIA + 5)]
    assert [len(found) for found in cut(files)] == [MOST_MEDIA, MOST_MEDIA, 5]


def test_names_are_the_same_for_the_same_files_and_differ_for_others():
    one = plan_sightings([seen(0, 0), seen(1, 5)], 120.0).sightings[0].id
    assert one == plan_sightings([seen(1, 5), seen(0, 0)], 120.0).sightings[0].id
    assert one.startswith("north-20260301T060000-")
    assert one != plan_sightings([seen(0, 0), seen(2, 5)], 120.0).sightings[0].id
    odd = plan_sightings([seen(0, 0, station="a/b#c?%")], 120.0).sightings[0].id
    assert odd.startswith("a_b_c__-")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["n", "s", None]),
            st.sampled_from(["A", "B", None]),
            st.one_of(st.none(), st.integers(0, 5000)),
        ),
        max_size=40,
    )
)
def test_every_file_is_in_one_sighting(found):
    files = [seen(n, t, c, s) for n, (s, c, t) in enumerate(found)]
    plan = plan_sightings(files, 120.0)
    every = sorted(position for p in plan.sightings for position in p.positions)
    assert every == list(range(len(files)))
    assert len({p.id for p in plan.sightings}) == len(plan.sightings)
