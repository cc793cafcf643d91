"""What speaks for a clock being wrong, and how corrections are said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reid.clocks import Whose
from reid.clocks.asked import Asked, read_span
from reid.clocks.suspects import Written, suspects_of
from reid.errors import InputError
from reid.types import Light

DAY = datetime(2018, 11, 11)
COLOUR, INFRARED = Light.COLOUR, Light.INFRARED


def at(hour, day=0):
    return DAY + timedelta(days=day, hours=hour)


def kinds(pictures):
    return [one.kind for one in suspects_of("north", "A", pictures)]


def test_infrared_at_noon_is_a_slip_of_twelve_hours():
    odd = [Written(at(12), INFRARED), Written(at(13, 1), INFRARED), Written(at(0, 2), COLOUR)]
    (found,) = suspects_of("north", "A", odd)
    assert found.kind == "half-day"
    assert "2 infrared pictures at 10:00 to 14:00 and 1 in colour" in found.words
    assert found.correction.shift_s == 43_200


@pytest.mark.parametrize(
    "pictures",
    [
        [Written(at(0, day), COLOUR) for day in range(5)],  # a white flash
        [Written(at(12), COLOUR), Written(at(23), INFRARED), Written(at(12, 1), INFRARED)],
        [Written(at(12), INFRARED)],
        [Written(at(18, day), INFRARED) for day in range(5)],
        [],
    ],
)
def test_what_may_well_be_right_is_not_suspected(pictures):
    assert kinds(pictures) == []


def test_a_clock_that_began_anew_is_seen():
    anew = [Written(datetime(2010, 1, 1, 0, 20)), Written(datetime(2010, 1, 9, 3))]
    (found,) = suspects_of("north", "A", [Written(at(8)), *anew])
    assert found.kind == "reset"
    assert found.correction is None
    assert "2 pictures from 2010-01-01 00:20" in found.words


def test_strips_that_are_apart_from_exif_by_one_time_are_told():
    apart = timedelta(hours=-3)
    both = [Written(at(8, day), strip=at(8, day) + apart) for day in range(3)]
    (found,) = suspects_of("north", "A", both)
    assert (found.kind, found.correction.shift_s) == ("strip", -10_800)
    assert kinds([Written(at(8, d), strip=at(8, d)) for d in range(3)]) == []
    assert kinds([Written(at(8, d), strip=at(8 + 5 * d, d)) for d in range(3)]) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("+1h30min", 5400), ("-12h", -43_200), ("2d 5s", 172_805), ("-3600", -3600), ("1 h", 3600)],
)
def test_offsets_are_read_as_people_write_them(text, seconds):
    assert read_span(text) == seconds


@pytest.mark.parametrize("text", ["", "-", "an hour", "1h-5m", "5m1h", "1.5h"])
def test_what_is_no_offset_is_refused(text):
    with pytest.raises(InputError, match="offset"):
        read_span(text)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(add_s=5, half_day="ahead"),
        Asked(year=2018),
        Asked(wrote=DAY),
        Asked(was=DAY),
    ],
)
def test_one_way_of_being_wrong_is_asked_for(asked):
    with pytest.raises(InputError):
        asked.correction(Whose("north", "A"))
