"""The chance that a match can be found, as it is shown: beside quality, and never in the way."""

import copy
import shutil

import pytest

from reid.errors import WeightsMissingError
from reid.pipeline.identifiable import HEAD, KEY, chance_of, with_chances
from reid.pipeline.readiness import verify_identifiability_head
from reid.types import Quality
from reid.view.identifiability import IdentifiabilityHead
from reid.weights import shipped_root

FAIR = {"sharpness": 0.5, "exposure": 0.9, "contrast": 0.6, "size": 0.7, "coverage": 0.8}
QUALITY = {**FAIR, "usable": 0.3, "animal_px": 300, "reasons": ["blurred"]}
FORM = {
    "summary": "one animal",
    "sightings": [
        {"id": "a", "annotations": [{"id": "a/0", "flags": [], "view": {"quality": QUALITY}}]}
    ],
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A head that can be harmed, found before the shipped one."""
    path = tmp_path / HEAD
    path.parent.mkdir()
    shutil.copy(shipped_root() / HEAD, path)
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path))
    return path


def test_every_animal_of_a_comparison_is_told_its_chance_and_nothing_else_changes():
    before = copy.deepcopy(FORM)
    told = with_chances(FORM)
    assert before == FORM
    view = told["sightings"][0]["annotations"][0]["view"]
    expected = IdentifiabilityHead.load(shipped_root() / HEAD).chance(
        Quality(**FAIR, usable=0.3, animal_px=300)
    )
    assert view.pop(KEY) == pytest.approx(expected, abs=1e-4)
    assert told == before


def test_what_nobody_measured_has_no_chance():
    assert chance_of(None) is None


@pytest.mark.parametrize("flag", ["species-not-checked", "not-a-leopard", "no-animal"])
def test_what_may_be_no_leopard_has_none(flag):
    quality = Quality(**FAIR, usable=0.3, animal_px=300)
    assert chance_of(quality, ["touches-edge"]) is not None
    assert chance_of(quality, ["touches-edge", flag]) is None


def test_a_harmed_head_is_said_and_keeps_no_answer_back(place, caplog):
    assert verify_identifiability_head().ok
    place.write_text(place.read_text().replace('"pictures": ', '"pictures": 1'))
    report = verify_identifiability_head()
    assert (report.ok, report.files[0].status) == (False, "altered")
    assert "altered after it was fitted" in report.files[0].problem
    view = with_chances(FORM)["sightings"][0]["annotations"][0]["view"]
    assert view[KEY] is None
    assert "altered after it was fitted" in caplog.text


def test_a_head_that_is_gone_is_missing(place):
    place.unlink()
    with pytest.raises(WeightsMissingError):
        IdentifiabilityHead.load(place)
    assert verify_identifiability_head().ok  # the shipped one stands in
