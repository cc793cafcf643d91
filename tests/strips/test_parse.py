"""What strips say: as cameras write it, and as it is read with slips."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.strips import Line, reading_of
from reid.types import StripReading


def read(*texts, **more):
    return reading_of([Line(text) for text in texts], **more)


@pytest.mark.parametrize(
    ("texts", "at", "celsius", "camera"),
    [
        (["2018-11-06 10:14:31 PM M 2/3", "17°C", "EAST"], "2018-11-06 22:14:31", 17, "EAST"),
        (["2018-11-06 12:04:00 AM", "34°F"], "2018-11-06 00:04:00", 1, None),
        (["2018-11-26 12:09:23 PM"], "2018-11-26 12:09:23", None, None),
        (["11/19/2018 11:58:13 001℃"], "2018-11-19 11:58:13", 1, None),
        (["19/11/201817:47:33"], "2018-11-19 17:47:33", None, None),
        (["11/29/2018 06:35:49-006℃"], "2018-11-29 06:35:49", -6, None),
        (["2018/10/03 05:36:455°C"], "2018-10-03 05:36:45", 5, None),
        (["Bushnell", "970 48℉8℃", "07-31-2018 15:16"], "2018-07-31 15:16:00", 8, "970"),
    ],
)
def test_times_and_degrees_are_read_as_cameras_write_them(texts, at, celsius, camera):
    found = read(*texts)
    assert str(found.at) == at
    assert (found.temperature_c, found.camera) == (celsius, camera)
    assert StripReading.of(found.plain()) == found


def test_a_day_that_may_be_a_month_is_never_guessed():
    text = "04/12/2018 06:57:00"
    december, april = datetime(2018, 12, 4, 6, 57), datetime(2018, 4, 12, 6, 57)
    assert read(text).at is None
    assert read(text).lines == (text,)
    assert read(text, near=datetime(2018, 12, 4, 18, 57)).at == december
    assert read(text, near=datetime(2018, 7, 1)).at is None
    assert (read(text, day_first=True).at, read(text, day_first=False).at) == (december, april)
    assert read("06/06/2018 06:57:00").at == datetime(2018, 6, 6, 6, 57)


def test_what_is_not_read_surely_tells_nothing():
    assert reading_of([Line("11/19/2018 11:58:13", 0.7)]) is None
    assert read("NAV", "HMAA") is None
    assert read() is None
    assert read("11/39/2018 11:58:13").at is None
    assert read("2018/09/2", "2122:24:28") is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_text_raises(texts):
    read(*texts)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)), st.integers(-60, 80))
def test_what_a_strip_says_comes_back(at, degrees):
    at = at.replace(microsecond=0)
    found = read(f"{at:%m/%d/%Y %H:%M:%S} {degrees:04d}℃", day_first=False)
    assert (found.at, found.temperature_c) == (at, degrees)
    assert read(f"{at:%Y-%m-%d %I:%M:%S %p}").at == at
