"""The way from the picture to the body-sized patch and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import AnnotationError
from reid.local.patch import BODY_SIDE, MAX_ENLARGEMENT, Patch, animal_patch, body_scale
from reid.local.sift import RootSift

PIXELS = st.floats(-200, 2000, allow_nan=False, width=32)


@settings(max_examples=60)
@given(PIXELS, PIXELS, st.floats(0.1, 4), st.integers(0, 500), st.integers(0, 500))
def test_coordinates_go_there_and_back(x, y, scale, left, top):
    patch = Patch(np.zeros((2, 2), np.uint8), np.ones((2, 2), np.uint8), scale, (left, top))
    picture = np.array([[x, y]], np.float64)
    there = (picture + 0.5 - np.array([left, top])) * scale - 0.5
    assert patch.to_picture(there.astype(np.float32)) == pytest.approx(picture, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.integers(160, 300), st.integers(150, 230), st.floats(0.65, 1.6))
def test_a_dot_comes_back_to_where_it_is(photograph, boxed, x, y, size):
    pixels = np.zeros((400, 600, 3), np.uint8)
    pixels[y - 2 : y + 3, x - 2 : x + 3] = 255
    patch = animal_patch(photograph(pixels), boxed(100, 100, 350 * size, 180 * size))
    rows, columns = np.indices(patch.grey.shape)
    weight = patch.grey / patch.grey.sum()
    centre = np.array([[(columns * weight).sum(), (rows * weight).sum()]], np.float32)
    assert patch.to_picture(centre) == pytest.approx(np.array([[x, y]]), abs=1.0)


@settings(max_examples=30)
@given(st.floats(20, 500), st.floats(20, 300))
def test_every_animal_is_brought_to_one_size(photograph, boxed, width, height):
    image = photograph(np.zeros((400, 600, 3)))
    x0, y0, x1, y1 = (drawn := boxed(5, 5, width, height)).box.window(image.size_wh)
    mask = np.ones((y1 - y0, x1 - x0), np.bool_)
    scale = body_scale(boxed(5, 5, width, height, mask), image)
    side = scale * np.sqrt(mask.sum())
    assert scale <= MAX_ENLARGEMENT
    assert side == pytest.approx(min(BODY_SIDE, MAX_ENLARGEMENT * np.sqrt(mask.sum())), rel=1e-6)
    assert body_scale(drawn, image) >= scale  # without a mask only part of the box is animal


def test_a_box_that_hangs_over_the_edge_is_clipped(photograph, boxed):
    rng = np.random.default_rng(0)
    image = photograph(rng.integers(0, 255, (200, 300, 3)))
    found = RootSift().animal(image, boxed(-40, 120, 200, 200))
    assert len(found) > 10
    assert (found.xy_px[:, 0] >= -0.5).all()
    assert (found.xy_px[:, 1] <= 199.5).all()


def test_a_box_outside_is_refused(photograph, boxed):
    with pytest.raises(AnnotationError, match="outside the picture"):
        RootSift().animal(photograph(np.zeros((200, 300, 3))), boxed(400, 10, 50, 50))


def test_nothing_to_see_gives_nothing_to_match(photograph, boxed):
    image, drawn = photograph(np.full((200, 300, 3), 90)), boxed(50, 50, 150, 80)
    for look in (RootSift().animal, RootSift().mirrored, RootSift().background, RootSift().erased):
        assert len(look(image, drawn)) < 3  # rounding may leave a speck; it takes four to agree


def test_features_stay_inside_the_outline(photograph, boxed):
    rng = np.random.default_rng(1)
    mask = np.zeros((100, 200), np.bool_)
    mask[20:80, 30:170] = True
    image = photograph(rng.integers(0, 255, (200, 300, 3)))
    found = RootSift().animal(image, boxed(50, 50, 200, 100, mask))
    x, y = found.xy_px.T
    assert len(found) > 20
    assert ((x > 79) & (x < 221) & (y > 69) & (y < 131)).all()
    outside = RootSift().background(image, boxed(50, 50, 200, 100, mask))
    x, y = outside.xy_px.T
    assert len(outside) > 20
    assert not ((x > 80) & (x < 220) & (y > 70) & (y < 130)).any()


def test_erasing_takes_the_pattern_away(photograph, boxed):
    rng = np.random.default_rng(2)
    image, drawn = photograph(rng.integers(60, 190, (200, 300, 3))), boxed(50, 50, 200, 100)
    assert len(RootSift().erased(image, drawn)) < 0.5 * len(RootSift().animal(image, drawn))
