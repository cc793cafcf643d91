"""The measures of a coat, on coats whose answer is known."""

import numpy as np
import pytest

from training.synthetic.measures import NAMES, measure_coat, straightened
from training.synthetic.statistics import summary

DEPTH = 200


def dotted(spacing, radius, ring=0.0):
    """A rectangular animal of pale skin with dark discs (or rings) on a square lattice."""
    y, x = np.mgrid[:DEPTH, : 4 * DEPTH]
    away = np.hypot((x + 0.5) % spacing - spacing / 2, (y + 0.5) % spacing - spacing / 2)
    dark = (away < radius) & (away >= ring)
    grey = np.where(dark, 60, 200).astype(np.uint8)
    picture = np.zeros((DEPTH + 40, 4 * DEPTH + 40, 3), np.uint8)
    mask = np.zeros(picture.shape[:2], bool)
    mask[20:-20, 20:-20] = True
    picture[20:-20, 20:-20] = grey[..., None]
    return picture, mask


@pytest.mark.parametrize("spacing", [20, 40])
def test_spacing_size_and_cover_of_discs(spacing):
    radius = 0.3 * spacing
    found = measure_coat(*dotted(spacing, radius))
    assert found.spacing == pytest.approx(spacing / DEPTH, rel=0.2)
    assert found.mark == pytest.approx(2 * radius / DEPTH, rel=0.12)
    assert found.cover == pytest.approx(np.pi * 0.3**2, rel=0.15)
    assert found.marks == pytest.approx((DEPTH / spacing) ** 2, rel=0.25)
    assert found.openness < 0.05


def test_rings_are_open_and_discs_are_not():
    open_, solid = (measure_coat(*dotted(50, 18, ring)).openness for ring in (12, 0))
    assert open_ > 0.3 > solid


def test_contrast_and_brightness_are_those_of_the_pixels():
    found = measure_coat(*dotted(40, 15))
    assert found.contrast_flank == pytest.approx((200 - 60) / 260, abs=0.05)
    assert 60 / 255 < found.bright_flank < 200 / 255
    assert found.colour == 0


def test_the_back_is_brought_to_one_line():
    picture, mask = dotted(40, 12)
    arched, outline = np.zeros_like(picture), np.zeros_like(mask)
    for x in range(picture.shape[1]):
        shift = int(18 * np.sin(x / 150))
        arched[:, x], outline[:, x] = (np.roll(a[:, x], shift, 0) for a in (picture, mask))
    even, bent = straightened(picture, mask), straightened(arched, outline)
    assert even.shape == bent.shape
    assert np.corrcoef(even[..., 1].ravel(), bent[..., 1].ravel())[0, 1] > 0.8


def test_what_cannot_be_measured_is_none():
    picture, mask = dotted(40, 12)
    assert measure_coat(picture, np.zeros_like(mask)) is None
    assert measure_coat(picture[::8, ::8], mask[::8, ::8]) is None


def test_the_table_has_every_measure():
    found = measure_coat(*dotted(40, 12))
    text = summary({"one": [found, found], "two": [found]})
    assert "one (n = 2)" in text
    assert len(text.splitlines()) == 2 + len(NAMES)
