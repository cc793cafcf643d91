"""The same file says nothing, neither for nor against, however poor the picture."""

from dataclasses import replace

import pytest

from reid.pipeline.sighting_pairs import compare_sightings
from reid.types import Flank, FlankEstimate


@pytest.mark.parametrize("usable", [0.01, 0.5, 1.0])
def test_a_file_against_itself_is_no_evidence(engine, animal, usable):
    a = animal("a/1", file="one.jpg", usable=usable)
    b = animal("b/1", file="one.jpg", usable=usable)
    found = compare_sightings(engine, "a", [a], "b", [b])
    assert (found.comparable, found.llr, found.flags) == (False, 0.0, ("copy",))


def test_no_match_in_good_pictures_speaks_against(engine, animal):
    found = compare_sightings(engine, "a", [animal("a/1")], "b", [animal("b/1")])
    assert found.comparable
    assert found.llr < 0


def test_no_match_in_poor_pictures_says_less(engine, animal):
    def llr(usable):
        pictures = [[animal(f"{s}/1", usable=usable)] for s in "ab"]
        return compare_sightings(engine, "a", pictures[0], "b", pictures[1]).llr

    assert llr(0.95) < llr(0.4) < llr(0.05) + 1e-9
    assert llr(0.01) == pytest.approx(0, abs=0.5)


def test_unknown_sides_say_less_than_known_ones(engine, animal):
    known = compare_sightings(engine, "a", [animal("a/1")], "b", [animal("b/1")])
    unknown = [animal(f"{s}/1", Flank.UNKNOWN) for s in "ab"]
    doubtful = compare_sightings(engine, "a", unknown[:1], "b", unknown[1:])
    assert known.llr < doubtful.llr < 0
    assert "unknown-flank" in doubtful.pairs[0].flags


@pytest.mark.parametrize(
    ("a", "b"), [(Flank.LEFT, Flank.RIGHT), (Flank.LEFT, Flank.FRONT), (Flank.BACK, Flank.BACK)]
)
def test_sides_that_share_no_flank_are_not_compared(engine, animal, a, b):
    found = compare_sightings(engine, "a", [animal("a/1", a)], "b", [animal("b/1", b)])
    assert (found.comparable, found.llr) == (False, 0.0)
    assert found.missing


def test_estimates_of_two_sides_and_no_match_are_not_compared(engine, animal):
    """85 % sure of left and of right: no match says nothing, and it is said what is missing."""
    left, right = (
        FlankEstimate(0.85, 0.1, 0.05, "estimated"),
        FlankEstimate(0.1, 0.85, 0.05, "estimated"),
    )
    pictures = [animal("a/1"), animal("b/1")]
    a, b = (
        replace(p, view=replace(p.view, flank=f))
        for p, f in zip(pictures, (left, right), strict=True)
    )
    assert left.same_side(right) > 0.15
    found = compare_sightings(engine, "a", [a], "b", [b])
    assert (found.comparable, found.llr) == (False, 0.0)
    assert "a shows the left flank and b the right" in found.missing


def test_without_an_animal_the_missing_one_is_named(engine, animal):
    found = compare_sightings(engine, "a", [animal("a/1")], "b", [])
    assert found.missing == "a picture of b in which one leopard is seen"
