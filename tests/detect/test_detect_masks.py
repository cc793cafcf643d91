"""Outlines from maps whose answer is known."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.detect.masks import CEILING, FLOOR, animal_mask, bounds, fill_small_holes, threshold
from reid.detect.outlined import cut_sides
from reid.detect.saliency import even_light


def ellipse(height: int, width: int, centre: tuple[int, int], axes: tuple[int, int]) -> np.ndarray:
    heat = np.full((height, width), 0.1, np.float32)
    cv2.ellipse(heat, centre, axes, 0, 0, 360, 0.9, -1)
    return heat


def test_the_outline_is_the_shape() -> None:
    heat = ellipse(200, 300, (150, 100), (80, 40))
    mask = animal_mask(heat, np.array([60.0, 50, 240, 150]))
    assert (mask == (heat > 0.5)).all()
    assert bounds(mask) == pytest.approx([70, 60, 231, 141])


def test_a_neighbour_is_not_part_of_it() -> None:
    heat = np.maximum(
        ellipse(200, 400, (100, 100), (60, 30)), ellipse(200, 400, (330, 100), (50, 30))
    )
    mask = animal_mask(heat, np.array([30.0, 60, 170, 140]))
    assert mask[100, 100]
    assert not mask[:, 250:].any()


def test_small_holes_are_coat_and_large_ones_are_not() -> None:
    mask = np.ones((100, 100), np.bool_)
    mask[10:14, 10:14] = False
    mask[50:90, 50:90] = False
    filled = fill_small_holes(mask)
    assert filled[12, 12]
    assert not filled[70, 70]


def test_nothing_bright_gives_no_outline() -> None:
    mask = animal_mask(np.zeros((50, 60), np.float32), np.array([0.0, 0, 60, 50]))
    assert not mask.any()
    assert bounds(mask) is None


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_threshold_stays_within_its_bounds(low: float, high: float) -> None:
    heat = np.full((20, 20), low, np.float32)
    heat[5:15, 5:15] = high
    assert FLOOR <= threshold(heat) <= CEILING


def test_cut_sides_names_the_side_and_not_the_frame() -> None:
    mask = np.zeros((100, 100), np.bool_)
    mask[30:60, 0:50] = True
    window = np.array([0.0, 20, 50, 80])
    assert cut_sides(mask, window, (100, 100)).tolist() == [False, False, True, False]


@given(st.integers(0, 200), st.integers(5, 55))
def test_even_light_forgets_brightness(base: int, span: int) -> None:
    ramp = np.linspace(0, 1, 64)[None, :, None] * np.ones((16, 1, 3))
    dark = (base + span * ramp).astype(np.uint8)
    even = even_light(dark)
    assert even.shape == dark.shape
    assert even.dtype == np.uint8
    assert int(even.max()) - int(even.min()) > 200
    assert (np.diff(even[0, :, 0].astype(int)) >= 0).all()
