"""The real stages on synthetic leopards: right where it can be, never wrong."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pil

from reid.pipeline import compare, prepare
from reid.pipeline.pairs import compare_pair
from reid.pipeline.sighting_pairs import compare_sightings
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Flank,
    FlankEstimate,
    Sighting,
    SightingMedia,
    VerdictKind,
)
from training.synthetic import Illumination

pytestmark = pytest.mark.slow
SAME, OTHER = 31, 32


@pytest.fixture(scope="module")
def first(seen, picture):
    return seen("first", picture(SAME))


@pytest.fixture(scope="module")
def again(seen, picture):
    return seen("again", picture(SAME, station=2, yaw_deg=8.0, light=Illumination.DUSK))


@pytest.fixture(scope="module")
def other(seen, picture):
    return seen("other", picture(OTHER, station=3))


def verdict(found):
    (only,) = found.verdicts
    return only


def test_the_same_animal_at_two_places(engine, first, again):
    found = compare(engine, [first, again])
    assert found.pairs[0].llr > np.log(30)
    assert verdict(found).kind is VerdictKind.SAME
    assert found.pairs[0].flanks[0].flank is Flank.LEFT
    assert {c.name for c in found.pairs[0].flanks[0].best.controls} == {
        "mirrored",
        "erased",
        "background",
    }
    assert "synthetic" in found.flags


def test_what_a_control_needs_is_measured_once_an_animal(engine, first, again):
    asked = []

    class Counted:
        method = engine.local.method

        def background(self, image, annotation):
            asked.append("background")
            return engine.local.background(image, annotation)

        def erased(self, image, annotation):
            asked.append("erased")
            return engine.local.erased(image, annotation)

    def anew(sighting):
        return replace(sighting, annotations=tuple(replace(a) for a in sighting.annotations))

    one, two = anew(first), anew(again)
    for _ in range(2):
        found = compare(replace(engine, local=Counted()), [one, two])
        assert all(c.passed for c in found.pairs[0].flanks[0].best.controls)
    assert sorted(asked) == ["background"] * 2 + ["erased"] * 2


def test_another_animal_is_not_the_same(engine, first, again, other):
    found = compare(engine, [first, again, other])
    kinds = {(v.a, v.b): v.kind for v in found.verdicts}
    assert kinds["first", "other"] is not VerdictKind.SAME
    assert kinds["again", "other"] is not VerdictKind.SAME
    assert sum(g.probability for g in found.groupings) == pytest.approx(1)
    assert found.groupings[0].groups == (("first", "again"), ("other",))
    doubted = {(p.a, p.b): {c.name for c in p.flanks[0].best.controls} for p in found.pairs}
    assert doubted["first", "other"] == {"mirrored"}  # nothing is claimed, so nothing is doubted


def test_the_order_of_the_pictures_changes_nothing(engine, first, again, other):
    for x, y in ((first, again), (first, other), (again, other)):
        there = compare_pair(engine, x.annotations[0], y.annotations[0])
        back = compare_pair(engine, y.annotations[0], x.annotations[0])
        assert there.llr == pytest.approx(back.llr, abs=1e-9)
        assert there.scores == pytest.approx(back.scores, abs=1e-9)
        assert len(there.matches) == len(back.matches)


def test_left_against_right_is_not_comparable(engine, seen, picture, first):
    right = seen("right", picture(SAME, Flank.RIGHT, station=4), flank=Flank.RIGHT)
    found = compare(engine, [first, right])
    assert verdict(found).kind is VerdictKind.NOT_COMPARABLE
    assert "first shows the left flank and right the right" in found.pairs[0].missing


def test_a_match_counts_although_the_sides_were_estimated_wrongly(engine, first, again):
    """One of the two estimates is wrong: a match of this strength is stronger than both."""
    sides = {"estimated left": (0.9, 0.05), "estimated right": (0.05, 0.9)}
    turned = [
        tuple(
            replace(a, view=replace(a.view, flank=FlankEstimate(*side, 0.05, "estimated")))
            for a in sighting.annotations
        )
        for sighting, side in zip((first, again), sides.values(), strict=True)
    ]
    found = compare_sightings(engine, "first", turned[0], "again", turned[1])
    assert found.comparable
    assert found.llr > np.log(3)
    assert found.flanks[0].flank is Flank.UNKNOWN


@pytest.mark.parametrize("flank", [None, Flank.LEFT, Flank.RIGHT])
def test_a_mirrored_picture_is_never_the_same(engine, seen, picture, mirrored, first, flank):
    """Whatever is claimed or estimated of its side."""
    flipped = seen("flipped", mirrored(picture(SAME)), flank=flank)
    assert flipped.annotations
    assert verdict(compare(engine, [first, flipped])).kind is not VerdictKind.SAME


@pytest.mark.parametrize("how", ["the same file", "encoded again"])
def test_a_copy_is_said_and_is_no_evidence(engine, seen, picture, changed, first, how):
    content = picture(SAME) if how == "the same file" else changed(picture(SAME))
    found = compare(engine, [first, seen(f"copy, {how}", content)])
    (pair,) = found.pairs
    assert "copy" in pair.flags
    assert (pair.comparable, pair.llr) == (False, 0.0)
    assert "not a copy" in pair.missing
    assert any("copy is no evidence" in reason for reason in verdict(found).reasons)


def test_a_copy_does_not_silence_the_other_pictures(engine, seen, picture, first, again):
    both = seen("both", picture(SAME))
    more = [replace(a, id="both/again", sighting_id="both") for a in again.annotations]
    mixed = replace(both, annotations=(*both.annotations, *more))
    (pair,) = compare(engine, [first, mixed]).pairs
    assert pair.comparable
    assert pair.flags == ("copy",)
    assert pair.llr == pytest.approx(compare(engine, [first, again]).pairs[0].llr)


def side_by_side(engine, *shown, marked):
    """One frame of several animals, with the user's boxes around those at the places ``marked``."""
    frame = Pil.fromarray(np.hstack([p.annotations[0].image.pixels for p in shown]))
    boxes = []
    for k in marked:
        b = shown[k].annotations[0].annotation.box
        boxes.append(Box(b.x_px + 1000 * k, b.y_px, b.width_px, b.height_px))
    media = SightingMedia("SYNTHETIC-two.jpg", _jpeg(frame), flank=Flank.LEFT, boxes=tuple(boxes))
    return prepare(engine, Sighting("two", (media,)))


def test_one_of_two_animals_in_a_frame_is_compared_when_a_user_marks_it(
    engine, first, again, other
):
    for marked, kind in ((1, VerdictKind.SAME), (0, VerdictKind.INCONCLUSIVE)):
        two = side_by_side(engine, other, again, marked=[marked])
        assert len(two.annotations) == 1
        found = compare(engine, [first, two])
        assert "several-animals: two" not in found.flags
        assert verdict(found).kind is kind


def test_two_animals_in_a_frame_are_said(engine, first, again):
    """Two boxes of a user: which of the two is meant is not for the service to guess."""
    two = side_by_side(engine, first, again, marked=[0, 1])
    assert len(two.annotations) == 2
    found = compare(engine, [first, two])
    assert "several-animals: two" in found.flags
    assert verdict(found).kind is VerdictKind.NOT_COMPARABLE
    assert any("nothing says which is meant" in why for why in verdict(found).reasons)


class SeesTwo:
    """A localiser that sees both animals of a frame made of two, 1000 pixels wide each."""

    def __init__(self, *shown):
        self.boxes = [p.annotations[0].annotation.box for p in shown]

    def locate(self, image):
        return [
            Annotation(image.sha256, replace(b, x_px=b.x_px + 1000 * k), AnnotationOrigin.LOCALISER)
            for k, b in enumerate(self.boxes)
        ]


def test_one_loose_box_around_two_animals_names_neither(engine, first, again, other):
    """Such a box would match as whichever of the two shows its coat best."""
    frame = np.hstack([p.annotations[0].image.pixels for p in (other, again)])
    loose = (Box(20, 10, 1960, 680),)
    media = SightingMedia("two.jpg", _jpeg(Pil.fromarray(frame)), flank=Flank.LEFT, boxes=loose)
    two = prepare(replace(engine, localiser=SeesTwo(other, again)), Sighting("two", (media,)))
    assert "box-of-several" in two.flags
    found = compare(engine, [first, two])
    assert verdict(found).kind is VerdictKind.NOT_COMPARABLE
    assert any("nothing says which is meant" in why for why in verdict(found).reasons)


def _jpeg(image):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


def test_two_runs_agree(engine, sighting, picture, first, again):
    anew = prepare(engine, sighting("first", picture(SAME)))
    one, two = compare(engine, [first, again]), compare(engine, [anew, again])
    assert one.pairs[0].llr == two.pairs[0].llr
    assert one.pairs[0].pairs[0].scores == two.pairs[0].pairs[0].scores
    assert [v.probability for v in one.verdicts] == [v.probability for v in two.verdicts]
    assert one.provenance == two.provenance


def test_the_order_of_the_sightings_does_not_matter(engine, first, again, other):
    one, two = compare(engine, [first, again, other]), compare(engine, [other, again, first])
    kinds = [{frozenset((v.a, v.b)): v.kind for v in c.verdicts} for c in (one, two)]
    assert kinds[0] == kinds[1]
    llrs = [{frozenset((p.a, p.b)): p.llr for p in c.pairs} for c in (one, two)]
    assert llrs[0] == pytest.approx(llrs[1], abs=1.0)


def test_a_prior_alone_decides_nothing(engine, first, other):
    for prior in (0.01, 0.5, 0.99):
        found = compare(engine, [first, other], prior_same=prior)
        assert verdict(found).kind is not VerdictKind.SAME
        assert found.prior_same == prior


def test_what_is_needed_to_run_it_again_is_kept(engine, first, again):
    kept = compare(engine, [first, again], max_error=0.05).provenance
    assert kept["inputs"] == {
        p.sighting.id: {a.image.file_name: a.image.sha256 for a in p.annotations}
        for p in (first, again)
    }
    assert kept["configuration"]["max_error"] == 0.05
    assert kept["calibration"] == engine.calibration_sha256
