"""Maps and lines of time of an individual: what they show, and what they must not."""

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.catalogue.gallery import Frame
from reid.catalogue.individual_pages import Seen
from reid.paper.drawn_map import HEIGHT, WIDTH, map_of
from reid.types import Box, CandidateTime, Flank, Light
from service.web.maps import timeline_of

PLACES = st.tuples(st.floats(-80, 80), st.floats(-170, 170))
AT = datetime(2026, 1, 1)


def frame(name, number, flank, light):
    told = dict.fromkeys((one.name for one in fields(Frame)), ())
    told |= {"sighting_id": name, "annotation_id": f"{name}/{number}", "size_wh": (9, 9)}
    return Frame(**{**told, "box": Box(0, 0, 9, 9), "flank": flank, "light": light})


def seen(position=None, *, at=AT, flanks=(Flank.LEFT,), light=Light.COLOUR, name="s"):
    frames = tuple(frame(name, i, flank, light) for i, flank in enumerate(flanks))
    times = () if at is None else (CandidateTime(at, "camera"),)
    return Seen(name, 0, times, "north", position, frames)


@given(st.lists(PLACES, min_size=1, max_size=8), st.sampled_from(["0.1", "0.01", "0.001"]))
def test_every_sighting_is_in_a_square_of_the_map_and_no_square_is_finer_than_allowed(
    places, precision
):
    found = map_of([seen(place) for place in places], precision)
    assert sum(cell.count for cell in found.cells) == len(places)
    assert not found.withheld
    for cell in found.cells:
        assert -1e-6 <= cell.x <= WIDTH
        assert -1e-6 <= cell.y <= HEIGHT
        assert cell.x + cell.width <= WIDTH + 1e-6
        assert cell.y + cell.height <= HEIGHT + 1e-6
    km_px = found.bar_px / found.bar_km
    assert found.cells[0].height / km_px == pytest.approx(float(precision) * 111.32, rel=1e-6)


def test_who_may_not_know_where_is_told_nothing_of_it():
    found = map_of([seen((43.123456, 55.654321))], "withheld")
    assert (found.cells, found.withheld) == ((), True)
    told = repr(map_of([seen((43.123456, 55.654321))], "0.1"))
    assert "43.1" in told
    assert "43.12" not in told
    assert map_of([seen()], "0.001") is None
    assert map_of([seen((1, 2)), seen()], "0.001").unplaced == 1


def test_a_line_of_time_tells_flanks_and_light():
    both = seen(flanks=(Flank.LEFT, Flank.RIGHT), at=AT + timedelta(9), name="b")
    dark = seen(flanks=(Flank.RIGHT,), light=Light.INFRARED, name="a")
    nothing = seen(flanks=(), at=AT + timedelta(3), name="c")
    found = timeline_of([both, dark, nothing, seen(at=None)])
    assert [(m.side, m.infrared) for m in found.marks] == [
        ("right", True),
        ("none", False),
        ("both", False),
    ]
    assert [m.x for m in found.marks] == sorted(m.x for m in found.marks)
    assert found.undated == 1
    assert timeline_of([seen(at=None)]) is None


@given(st.lists(st.integers(0, 9000), min_size=1, max_size=9))
def test_a_line_of_time_has_some_ticks_and_not_too_many(days):
    found = timeline_of([seen(at=AT + timedelta(day)) for day in days])
    assert len(found.ticks) <= 16
    assert all(0 <= x <= found.width for x, _ in found.ticks)
