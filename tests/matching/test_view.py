"""Which side, and how well it is seen."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import WeightsAlteredError
from reid.types import Flank
from reid.view.flank import FLOOR, FlankHead, side_contrast
from reid.view.quality import WORDS, quality

SEEDS = st.integers(0, 100_000)


def maps(seed, width=7):
    return np.random.default_rng(seed).normal(size=(2, 12, 5, width)).astype(np.float32)


@given(SEEDS, st.integers(2, 9))
def test_a_mirrored_picture_shows_the_other_side(seed, width):
    seen = maps(seed, width)
    contrast = side_contrast(seen)
    np.testing.assert_allclose(side_contrast(seen[..., ::-1]), -contrast, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(contrast, axis=1), 1, atol=1e-4)


@given(SEEDS, st.floats(0.1, 100))
def test_the_head_is_fair_and_never_sure(seed, sharpness):
    head = FlankHead(np.random.default_rng(seed).normal(size=12).astype(np.float32), "f", sharpness)
    here, there = head.estimate(maps(seed)[0]), head.estimate(maps(seed)[0][..., ::-1])
    assert here.left == pytest.approx(there.right, abs=1e-4)
    assert FLOOR <= here.left <= 1 - FLOOR
    assert here.source == "estimated"


def test_an_even_picture_shows_no_side():
    head = FlankHead(np.ones(12, np.float32), "f")
    assert head.estimate(np.ones((12, 5, 7), np.float32)).best is Flank.UNKNOWN


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"weights": "x"})])
def test_a_file_that_is_no_head_is_refused(tmp_path, content):
    path = tmp_path / "flank-head.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WeightsAlteredError, match="expected a flank head"):
        FlankHead.load(path)


def test_a_missing_head_is_refused(tmp_path):
    with pytest.raises(WeightsAlteredError):
        FlankHead.load(tmp_path / "none.json")


def spotted(seed=0, contrast=1.0):
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.normal(size=(300, 500)), (0, 0), 2.0)
    sharp = np.where(noise > 0, 1.0, -1.0) + rng.normal(0, 0.1, noise.shape)
    grey = np.clip(120 + 55 * contrast * sharp, 0, 255).astype(np.uint8)
    return np.stack([grey] * 3, axis=2)


@pytest.fixture
def judged(photograph, boxed):
    return lambda pixels, box=(80, 60, 340, 180): quality(photograph(pixels), boxed(*box))


def test_a_clear_flank_is_usable(judged):
    clear = judged(spotted())
    assert clear.usable > 0.6
    assert clear.reasons == ()
    assert clear.animal_px == 340  # the length, as evidence pictures and reasons call it


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (lambda p: cv2.GaussianBlur(p, (0, 0), 6), "sharpness"),
        (lambda p: cv2.blur(p, (31, 1)), "sharpness"),  # motion along one direction only
        (lambda p: (p * 0.03 + 150).astype(np.uint8), "contrast"),
        (lambda p: (p * 0.02).astype(np.uint8), "exposure"),
        (lambda p: np.where(p > 60, 255, p).astype(np.uint8), "exposure"),
    ],
)
def test_what_spoils_a_picture_is_said(judged, spoil, part):
    clear, spoilt = judged(spotted()), judged(spoil(spotted()))
    assert getattr(spoilt, part) < getattr(clear, part)
    assert spoilt.usable < 0.7 * clear.usable
    assert WORDS[part] in spoilt.reasons


@pytest.mark.parametrize(
    ("box", "part"), [((80, 60, 60, 35), "size"), ((200, 40, 90, 220), "coverage")]
)
def test_small_and_head_on_are_said(judged, box, part):
    found = judged(spotted(), box)
    assert WORDS[part] in found.reasons
    assert getattr(found, part) < 0.6


@settings(max_examples=20, deadline=None)
@given(st.floats(1.0, 8.0), st.floats(0.1, 2.0))
def test_more_blur_is_never_sharper(photograph, boxed, sigma, more):
    blurs = [cv2.GaussianBlur(spotted(), (0, 0), s) for s in (sigma, sigma + more)]
    less_blur, more_blur = (quality(photograph(p), boxed(80, 60, 340, 180)) for p in blurs)
    assert more_blur.sharpness <= less_blur.sharpness + 0.02


@pytest.mark.parametrize("value", [0, 255])
def test_nothing_but_black_or_white(judged, value):
    assert judged(np.full((300, 500, 3), value, np.uint8)).usable < 0.02
