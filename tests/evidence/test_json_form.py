"""The JSON form of a comparison: stable, plain, without pixels."""

import dataclasses
import json
import math
from datetime import datetime
from pathlib import Path

import pytest

from reid.errors import NotFoundError
from reid.evidence import comparison_json, evidence_picture
from reid.evidence.json_form import plain

GOLDEN = Path(__file__).with_name("comparison.golden.json")


def test_the_form_is_the_golden_one(autumn):
    """After a wanted change: write the new text into the golden file, and say so in CHANGELOG."""
    found = json.loads(json.dumps(comparison_json(autumn), allow_nan=False))
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_named_picture_can_be_drawn(autumn):
    form = comparison_json(autumn)
    names = {pair["picture"] for e in form["evidence"] for pair in e["pairs"]}
    names |= {flank["picture"] for e in form["evidence"] for flank in e["flanks"]}
    names |= {a["picture"] for s in form["sightings"] for a in s["annotations"]}
    assert len(names) == 3 + 5
    for name in names:
        assert evidence_picture(autumn, name).shape[2] == 3


def test_a_name_that_is_not_there_is_said_so(autumn):
    with pytest.raises(NotFoundError, match=r"pair-x\.jpg"):
        evidence_picture(autumn, "pair-x.jpg")


def test_odd_values_become_plain():
    odd = {"t": datetime(2020, 1, 2), 3: (math.inf, math.nan, 1.5), "s": {"b", "a"}, "p": Path("x")}
    assert plain(odd) == {
        "t": "2020-01-02T00:00:00",
        "3": [None, None, 1.5],
        "s": ["a", "b"],
        "p": "x",
    }


def test_what_is_not_known_is_null(autumn):
    journeys = (dataclasses.replace(autumn.journeys[0], a_time=None, days=None),)
    form = comparison_json(dataclasses.replace(autumn, journeys=journeys))
    assert form["journeys"][0]["a_time"] is None
    assert form["verdicts"][2]["probability"] is None
