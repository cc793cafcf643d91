"""The light changes, the coat does not."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.local.tone import NEUTRAL, even_contrast

SIGMA = 16.0


def textured(seed, low=90, high=165):
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.normal(size=(120, 200)), (0, 0), 4)
    unit = (noise - noise.min()) / (noise.max() - noise.min())
    return np.rint(low + unit * (high - low)).astype(np.uint8)


def ellipse():
    mask = np.zeros((120, 200), np.uint8)
    return cv2.ellipse(mask, (100, 60), (80, 45), 0, 0, 360, 1, -1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(-60, 60))
def test_brighter_or_darker_is_the_same_coat(seed, offset):
    grey, inside = textured(seed), ellipse()
    shifted = (grey.astype(int) + offset).astype(np.uint8)
    a, b = (even_contrast(g, inside, SIGMA)[inside > 0].astype(int) for g in (grey, shifted))
    assert np.abs(a - b).max() <= 5  # rounding, where the coat is nearly flat
    assert np.abs(a - b).mean() <= 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 1.4), st.integers(-20, 20))
def test_paler_or_harder_light_hardly_changes_the_coat(seed, gain, offset):
    grey, inside = textured(seed), ellipse()
    changed = np.clip(np.rint(grey * gain + offset), 0, 255).astype(np.uint8)
    a, b = (even_contrast(g, inside, SIGMA)[inside > 0].astype(float) for g in (grey, changed))
    assert np.corrcoef(a, b)[0, 1] > 0.99
    assert np.abs(a - b).mean() < 12


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_what_lies_behind_the_animal_does_not_count(seed, behind):
    grey, inside = textured(seed), ellipse()
    other = np.where(inside > 0, grey, behind).astype(np.uint8)
    a, b = (even_contrast(g, inside, SIGMA)[inside > 0] for g in (grey, other))
    np.testing.assert_array_equal(a, b)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 255), st.integers(0, 255))
def test_a_plain_coat_has_no_outline(coat_grey, behind):
    """However bright: the mask's border must leave no step that would be taken for a pattern."""
    grey = np.where(ellipse() > 0, coat_grey, behind).astype(np.uint8)
    assert (even_contrast(grey, ellipse(), SIGMA)[ellipse() > 0] == NEUTRAL).all()


def test_a_flat_coat_stays_flat():
    """Sensor noise of one grey level must not become a pattern of full range."""
    rng = np.random.default_rng(0)
    noisy = (60 + rng.integers(0, 2, (120, 200))).astype(np.uint8)
    even = even_contrast(noisy, ellipse(), SIGMA)[ellipse() > 0]
    pattern = even_contrast(textured(0), ellipse(), SIGMA)[ellipse() > 0]
    assert even.std() < 0.5 * pattern.std()
