"""What the schemas let in is always something that the library can hold."""

import json
import math
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from reid.types import Box, CandidateTime, Flank, Sighting, SightingMedia
from service.schemas.comparisons import ComparisonIn
from service.schemas.sightings import SightingIn

NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.integers()
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31))
IDS = st.text(min_size=1, max_size=40)
BOXES = st.fixed_dictionaries(dict.fromkeys(("x_px", "y_px", "width_px", "height_px"), NUMBERS))


def accepted(schema, value):
    try:
        return schema.model_validate_json(json.dumps(value))
    except ValidationError:
        return None


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*SightingIn.model_fields, "other"]), JSON))
def test_anything_is_refused_or_a_sighting(value):
    made = accepted(SightingIn, value)
    if made is not None:
        assert "other" not in value
        assert SightingIn.model_validate_json(made.model_dump_json()) == made


@settings(deadline=None)
@given(IDS, NUMBERS, NUMBERS)
def test_what_is_accepted_can_be_held(name, latitude, longitude):
    made = accepted(SightingIn, {"id": name, "latitude": latitude, "longitude": longitude})
    fits = math.isfinite(latitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    if made is None:
        return
    assert fits
    assert Sighting(made.id, (), position=(made.latitude, made.longitude)).id == name


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_positions_pass_unrounded(latitude, longitude):
    made = accepted(SightingIn, {"id": "a", "latitude": latitude, "longitude": longitude})
    assert (made.latitude, made.longitude) == (latitude, longitude)


@settings(deadline=None)
@given(BOXES, st.sampled_from([None, *Flank]))
def test_boxes_that_pass_are_boxes(box, flank):
    media = {"file_name": "a.jpg", "boxes": [box], "flank": flank}
    made = accepted(SightingIn, {"id": "a", "media": [media]})
    if made is not None:
        one = made.media[0]
        kept = Box(**one.boxes[0].model_dump())
        assert SightingMedia(one.file_name, b"", flank=one.flank, boxes=(kept,)).flank == flank


@settings(deadline=None)
@given(TIMES)
def test_camera_clocks_pass_unchanged(at):
    made = accepted(SightingIn, {"id": "a", "times": [{"at": at.isoformat()}]})
    assert CandidateTime(made.times[0].at) == CandidateTime(at)


@settings(deadline=None)
@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_numbers_are_no_times(number):
    assert accepted(SightingIn, {"id": "a", "times": [{"at": number}]}) is None
    assert accepted(SightingIn, {"id": "a", "times": [{"at": str(number)}]}) is None


@settings(deadline=None)
@given(IDS)
def test_ids_that_pass_survive_an_address(name):
    made = accepted(SightingIn, {"id": name})
    if made is not None:
        assert not set(made.id) & set("/\\?#%\0\n")
        assert made.id not in (".", "..")


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=5), st.floats(), st.floats())
def test_comparisons(ids, prior, error):
    value = {"sighting_ids": ids, "prior_same": prior, "max_error": error}
    fits = len(set(ids)) == len(ids) >= 2 and 0.001 <= prior <= 0.999 and 0.0001 <= error <= 0.4
    assert (accepted(ComparisonIn, value) is not None) == fits


@pytest.mark.parametrize("name", ["", " a", ".", "..", "a/b", "a\\b", "a\nb", "a" * 129, "a?b"])
def test_ids_that_no_address_can_hold(name):
    assert accepted(SightingIn, {"id": name}) is None


@pytest.mark.parametrize("name", ["november", "Ноябрь 2018", "a.b", "IMG_1-2", "a" * 128])
def test_ids_of_the_field(name):
    assert accepted(SightingIn, {"id": name}).id == name
