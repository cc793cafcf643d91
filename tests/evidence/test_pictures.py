"""Evidence pictures: right size, right places, readable, and honest about what they leave out."""

import dataclasses
import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from reid.errors import InputError
from reid.evidence import annotation_picture, pair_picture
from reid.evidence.crop import contours, crop_animal
from reid.evidence.ink import Words, fitted, text_width, write
from reid.evidence.pictures import look, spread
from reid.types import Flank, VerifiedMatches


def made_of(groups, strength):
    n = len(groups)
    xy = np.zeros((n, 2), np.float32)
    return VerifiedMatches(
        xy, xy, np.array(strength, np.float32), np.array(groups, np.int64), {"local": float(n)}
    )


def test_a_pair_has_two_halves_and_its_matches(animal, matched):
    a, b = animal("one"), animal("two")
    evidence = matched(a, b)
    bare = pair_picture(a, b, dataclasses.replace(evidence, matches=made_of([], [])))
    full = pair_picture(a, b, evidence)
    points = pair_picture(a, b, evidence, matches_only_points=True)
    assert full.dtype == np.uint8
    assert full.shape == bare.shape == points.shape
    lines = np.any(full != bare, axis=2).sum()
    rings = np.any(points != bare, axis=2).sum()
    assert lines > rings > 500


def test_fewer_lines_draw_less(animal, matched):
    a, b = animal("one"), animal("two")
    evidence = matched(a, b)
    none = pair_picture(a, b, evidence, max_lines=0)
    some, more = (pair_picture(a, b, evidence, max_lines=n) for n in (5, 40))
    assert np.any(some != none, axis=2).sum() < np.any(more != none, axis=2).sum()


def test_the_picture_stays_within_its_width(animal, matched):
    a, b = animal("one"), animal("two")
    assert pair_picture(a, b, matched(a, b), height_px=2000).shape[1] <= 1800


def test_evidence_of_other_annotations_is_refused(animal, matched):
    a, b = animal("one"), animal("two")
    with pytest.raises(InputError, match="expected evidence of"):
        pair_picture(b, a, matched(a, b))
    with pytest.raises(InputError, match="max_lines"):
        pair_picture(a, b, matched(a, b), max_lines=-1)


@pytest.mark.parametrize("mask", [True, False])
def test_one_animal_alone(animal, mask):
    picture = annotation_picture(animal("one", mask=mask))
    assert picture.ndim == 3
    assert picture.shape[0] > 460


def test_the_outline_follows_the_mask(animal):
    (outline,) = contours(animal("one"))
    away = ((outline[:, 0] - 320) / 205) ** 2 + ((outline[:, 1] - 200) / 105) ** 2
    assert_allclose(away, 1, atol=0.06)
    assert outline[:, 0].min() > 110


def test_points_land_on_the_spots_they_mark(animal):
    """The corner of the picture's window is the corner of the cut, at any scale."""
    crop = crop_animal(animal("one"), 508)
    x, y = crop.origin_px
    corner, further = crop.points(np.array([[x - 0.5, y - 0.5], [x + 9.5, y + 4.5]], np.float32))
    assert_allclose(corner, (-0.5, -0.5), atol=1e-4)
    assert_allclose(further - corner, (10 * crop.scale, 5 * crop.scale), rtol=1e-5)


def test_a_dark_animal_is_brightened_and_a_light_one_left(animal):
    dark, light = crop_animal(animal("one", gain=0.2), 300), crop_animal(animal("one"), 300)
    assert dark.brightened
    assert not light.brightened
    assert dark.pixels.mean() > 60


@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1, width=32)), max_size=40),
    st.integers(0, 50),
)
def test_lines_are_spread_over_groups(rows, most):
    matches = made_of([g for g, _ in rows], [s for _, s in rows])
    chosen = spread(matches, most)
    assert len(chosen) == len(set(chosen.tolist())) == min(most, len(rows))
    left_out = set(range(len(rows))) - set(chosen.tolist())
    counts = {g: sum(rows[i][0] == g for i in chosen) for g, _ in rows}
    for i, j in itertools.product(chosen, left_out):
        if rows[i][0] == rows[j][0]:
            assert rows[i][1] >= rows[j][1]
        else:
            assert counts[rows[i][0]] <= counts[rows[j][0]] + 1


def test_synthetic_is_written_on_the_picture(animal):
    plain, named = animal("one"), animal("one", flags=("synthetic",))
    assert not np.array_equal(annotation_picture(plain), annotation_picture(named))
    assert np.array_equal(annotation_picture(plain, synthetic=True), annotation_picture(named))


def test_long_names_are_shortened_in_the_middle():
    text = "a-very-long-name-of-a-station-and-its-camera.JPG"
    short = fitted(text, 19, 200)
    assert text_width(short, 19) <= 200
    assert short.startswith("a-very")
    assert short.endswith("JPG")


def written(text):
    paper = np.full((40, 300, 3), 250, np.uint8)
    return write(paper, [Words(5, 5, text, 22, (0, 0, 0))])


@pytest.mark.parametrize("text", ["Үстірт", "ночь", "豹", "عصر", "Łódź", "νύχτα"])
def test_names_are_drawn_in_the_letters_of_the_field(text):
    """No box and no question mark stands in for a letter that the font lacks."""
    drawn = [written(letter) for letter in dict.fromkeys(text)]
    for one, other in itertools.combinations(
        [written("?"), written("\N{WHITE SQUARE}"), *drawn], 2
    ):
        assert not np.array_equal(one, other)


@given(st.text(max_size=12))
def test_any_name_can_be_drawn_and_stays_on_its_line(text):
    picture = written(fitted(text, 22, 280))
    assert (picture[:5] == 250).all()
    assert text_width(fitted(text, 22, 280), 22) <= 280


def test_threads_draw_the_same():
    names = [f"ночь {number}" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(pool.map(written, names), map(written, names), strict=True):
            assert np.array_equal(one, other)


def test_an_unknown_flank_is_called_so(animal):
    assert look(animal("one", flank=Flank.UNKNOWN)).startswith("flank not known")
