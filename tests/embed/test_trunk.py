"""The trunk: legs, tail and head do not move its box."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.embed import animal_crop
from reid.embed.trunk import trunk
from reid.types import Annotation, AnnotationOrigin, Box, Image, Light
from reid.weights import CropPolicy


def outline(*, tail=0, head=0, scale=1.0):
    """A walking cat of ellipses and lines: 400 x 260 at scale 1."""
    mask = np.zeros((260, 400), np.uint8)
    cv2.ellipse(mask, (200, 120), (110, 50), 0, 0, 360, 1, -1)
    for x in (120, 150, 250, 285):
        cv2.line(mask, (x, 130), (x, 235), 1, 16)
    cv2.line(mask, (95, 110), (30, 110 - tail), 1, 10)
    cv2.ellipse(mask, (320, 100 + head), (24, 18), 0, 0, 360, 1, -1)
    size = round(400 * scale), round(260 * scale)
    return cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST) > 0


def annotation(mask, x=0.0, y=0.0):
    height, width = mask.shape
    return Annotation("0" * 64, Box(x, y, width, height), AnnotationOrigin.USER, mask=mask)


def edges(found):
    box = found.box
    return np.array([box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px])


@settings(deadline=None, max_examples=30)
@given(st.integers(-60, 80), st.integers(-40, 60))
def test_tail_and_head_do_not_move_the_trunk(tail, head):
    at_rest = edges(trunk(annotation(outline()), (400, 260)))
    moved = edges(trunk(annotation(outline(tail=tail, head=head)), (400, 260)))
    assert np.abs(at_rest - moved).max() <= 12
    assert at_rest[2] - at_rest[0] == pytest.approx(220, abs=40)
    assert at_rest[3] < 200  # the legs end at 235


@settings(deadline=None, max_examples=20)
@given(st.floats(0.15, 2.5))
def test_the_trunk_grows_with_the_animal(scale):
    mask = outline(scale=scale)
    size = mask.shape[1], mask.shape[0]
    found = edges(trunk(annotation(mask), size))
    expected = edges(trunk(annotation(outline()), (400, 260))) * scale
    assert np.abs(found - expected).max() <= 0.05 * 400 * scale + 3


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 60), st.integers(1, 60), st.floats(0.02, 1.0))
def test_any_outline_gives_a_box_inside_it_that_holds_some_of_it(seed, height, width, share):
    mask = np.random.default_rng(seed).random((height, width)) < share
    mask[height // 2, width // 2] = True
    found = trunk(annotation(mask, 5, 7), (200, 200))
    x0, y0, x1, y1 = found.box.window((200, 200))
    assert 5 <= x0 < x1 <= 5 + width
    assert 7 <= y0 < y1 <= 7 + height
    assert found.mask.shape == (y1 - y0, x1 - x0)
    assert np.array_equal(found.mask, mask[y0 - 7 : y1 - 7, x0 - 5 : x1 - 5])


def test_without_an_outline_nothing_changes():
    plain = Annotation("0" * 64, Box(1, 2, 30, 20), AnnotationOrigin.USER)
    assert trunk(plain, (100, 100)) is plain


def test_the_crop_policy_cuts_to_the_trunk_and_paints_the_rest():
    image = Image(np.full((260, 400, 3), 200, np.uint8), "0" * 64, "a.png", "PNG", Light.COLOUR)
    policy = CropPolicy(background="grey", focus="trunk")
    crop = animal_crop(image, annotation(outline()), policy)
    assert crop.shape[0] < 200
    assert crop.shape[1] < 300
    assert set(np.unique(crop)) == {128, 200}
