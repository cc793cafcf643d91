"""Corrections of clocks: what they do to times, that they can be taken back, and do not overlap."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.clocks import (
    Correction,
    Entry,
    Kind,
    Ledger,
    PictureClock,
    Whose,
    check_free,
    clock_times,
    half_day,
    known_offset,
    reset_clock,
    wrong_year,
)
from reid.clocks.given import given_times
from reid.errors import ConflictError, InputError
from reid.types import CandidateTime

NORTH = Whose("north", "A")
NOON = datetime(2018, 11, 11, 12)
zones = st.sampled_from([None, timezone(timedelta(hours=5))])
times = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))
shifts = st.integers(-(10**9), 10**9).filter(bool)
corrections = st.one_of(
    shifts.map(lambda seconds: known_offset(NORTH, seconds)),
    st.sampled_from(["ahead", "behind", "swapped"]).map(lambda how: half_day(NORTH, how)),
)


def entry(number, correction=None, undoes=None):
    return Entry(number, NOON, "Asel", "seen", correction, undoes)


@settings(max_examples=100, deadline=None)
@given(corrections, times, zones)
def test_what_was_corrected_and_taken_back_is_what_was_written(correction, at, zone):
    written = at.replace(tzinfo=zone)
    assert correction.taken_back(correction.applied(written)) == written
    ledger = Ledger([entry(1, correction), entry(2, undoes=1)])
    assert ledger.corrected("north", "A", written) == written


@settings(max_examples=100, deadline=None)
@given(times)
def test_morning_for_afternoon_twice_is_what_it_was(at):
    swapped = half_day(NORTH, "swapped")
    assert swapped.applied(at).date() == at.date()
    assert swapped.applied(at) != at
    assert swapped.applied(swapped.applied(at)) == at
    ahead, behind = half_day(NORTH, "ahead"), half_day(NORTH, "behind")
    assert behind.applied(ahead.applied(at)) == at


def test_a_wrong_year_moves_by_days_and_keeps_running():
    found = wrong_year(NORTH, datetime(2015, 2, 20), 2018)
    assert found.applied(datetime(2015, 2, 20, 6)) == datetime(2018, 2, 20, 6)
    # set on 20 February 2016 as 2015: its 1 March was the 29th
    leap = wrong_year(NORTH, datetime(2015, 2, 20), 2016)
    assert leap.applied(datetime(2015, 3, 1)) == datetime(2016, 2, 29)


def test_a_reset_clock_is_told_by_one_moment():
    found = reset_clock(NORTH, datetime(2010, 1, 1, 0, 10), datetime(2018, 11, 6, 14, 0))
    assert found.applied(datetime(2010, 1, 2, 0, 10)) == datetime(2018, 11, 7, 14, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: known_offset(NORTH, 0),
        lambda: wrong_year(NORTH, datetime(2016, 2, 29), 2018),
        lambda: half_day(NORTH, "sideways"),
        lambda: reset_clock(NORTH, NOON, NOON.replace(tzinfo=timezone(timedelta(0)))),
        lambda: known_offset(Whose("north", "A", NOON, NOON - timedelta(1)), 5),
    ],
)
def test_what_is_no_correction_is_refused(wrong):
    with pytest.raises(InputError):
        wrong()


def test_a_correction_holds_for_its_camera_and_span_alone():
    one = known_offset(Whose("north", "A", NOON, NOON + timedelta(hours=1)), 60)
    ledger = Ledger([entry(1, one)])
    assert ledger.corrected("north", "A", NOON) == NOON + timedelta(minutes=1)
    for station, camera, at in (
        ("north", "B", NOON),
        ("south", "A", NOON),
        ("north", "A", NOON - timedelta(seconds=1)),
        ("north", "A", NOON + timedelta(hours=2)),
    ):
        assert ledger.corrected(station, camera, at) == at


def test_two_corrections_of_one_time_are_refused():
    first = known_offset(Whose("north", None, None, NOON), 60)
    ledger = Ledger([entry(1, first)])
    with pytest.raises(ConflictError, match="take it back first"):
        check_free(ledger, known_offset(Whose("north", "A", NOON), 5))
    check_free(ledger, known_offset(Whose("north", "A", NOON + timedelta(seconds=1)), 5))
    check_free(ledger, known_offset(Whose("south", "A"), 5))
    check_free(Ledger([entry(1, first), entry(2, undoes=1)]), first)


def test_a_strip_that_disagrees_makes_the_time_disputed():
    apart = NOON - timedelta(hours=12)
    same = clock_times([PictureClock(NOON, NOON + timedelta(seconds=40))])
    both = clock_times([PictureClock(NOON, apart), PictureClock(NOON + timedelta(1))])
    only = clock_times([PictureClock(None, apart)])
    assert [(t.at, t.source) for t in same] == [(NOON, "camera clock")]
    assert [(t.at, t.source) for t in both] == [(NOON, "camera clock"), (apart, "strip")]
    assert [(t.at, t.source) for t in only] == [(apart, "strip")]
    corrected = PictureClock(NOON + timedelta(hours=1), NOON, written=NOON, correction=1)
    assert len(clock_times([corrected])) == 1


def test_only_a_cameras_word_is_corrected():
    ledger = Ledger([entry(1, known_offset(NORTH, 3600))])
    later = NOON + timedelta(hours=1)
    given = [
        CandidateTime(NOON),
        CandidateTime(datetime(2018, 11, 6), "caption"),
        CandidateTime(later, "clock of camera B"),
    ]
    found = given_times(given, "north", [("A", NOON), ("B", later)], ledger)
    assert [(t.at, t.written) for t in found] == [(later, NOON), (datetime(2018, 11, 6), None)]
    assert found[0].correction == 1
    assert "wrote 2018-11-11 12:00:00; correction 1" in found[0].said
    # of a picture without a clock the first time is the camera's word
    (only,) = given_times(given[:1], "north", [("A", None)], ledger)
    assert only.at == later
    # a camera that has no correction may have said it
    assert given_times(given[:1], "north", [("A", NOON), ("B", NOON)], ledger) == tuple(given[:1])


def test_a_span_has_no_zone():
    with pytest.raises(InputError, match="without a zone"):
        Correction(Kind.OFFSET, "north", "A", 5, NOON.replace(tzinfo=timezone(timedelta(0))))
