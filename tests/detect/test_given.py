"""Boxes that somebody gave, and what the localiser sees in them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.detect import BOX_OF_SEVERAL, outline_given
from reid.types import Annotation, AnnotationOrigin, Box

SHA = "0" * 64


def drawn(x, y, wide, high):
    return Annotation(SHA, Box(x, y, wide, high), AnnotationOrigin.USER)


def found(x, y, wide, high):
    mask = np.ones((high, wide), np.bool_)
    flags = ("several-animals", "touches-edge")
    return Annotation(SHA, Box(x, y, wide, high), AnnotationOrigin.LOCALISER, 0.8, mask, flags)


LEFT, RIGHT = found(10, 20, 400, 300), found(450, 20, 400, 300)


def test_a_box_that_fits_one_takes_its_outline_and_says_nothing_of_others():
    told = outline_given(drawn(5, 15, 410, 310), [RIGHT, LEFT])
    assert told.mask is LEFT.mask
    assert told.origin is AnnotationOrigin.USER
    assert told.flags == ("touches-edge",)


def test_a_box_around_two_is_flagged():
    assert outline_given(drawn(0, 0, 860, 340), [LEFT, RIGHT]).flags == (BOX_OF_SEVERAL,)


def test_a_box_around_two_that_fits_the_nearer_somewhat_is_flagged():
    large, small = found(10, 20, 600, 300), found(560, 60, 280, 200)
    told = outline_given(drawn(0, 0, 860, 340), [large, small])
    assert told.mask is large.mask
    assert BOX_OF_SEVERAL in told.flags


@pytest.mark.parametrize(
    ("box", "seen"),
    [
        (drawn(0, 0, 420, 340), [LEFT, RIGHT]),  # the other stands outside
        (drawn(0, 0, 600, 340), [LEFT, RIGHT]),  # and here for the most part
        (drawn(0, 0, 860, 340), [LEFT, found(700, 100, 40, 40)]),  # a speck
        (drawn(0, 0, 860, 340), [LEFT, found(60, 60, 300, 240)]),  # a part of the same animal
        (drawn(0, 0, 860, 340), [LEFT]),
        (drawn(0, 0, 860, 340), []),
        (drawn(10, 20, 400, 300), [LEFT, found(60, 100, 150, 200)]),  # a cub before its mother
    ],
)
def test_a_box_of_one_is_not(box, seen):
    assert BOX_OF_SEVERAL not in outline_given(box, seen).flags


numbers = st.integers(0, 900)
sides = st.integers(1, 700)
boxes = st.tuples(numbers, numbers, sides, sides)


@settings(max_examples=100, deadline=None)
@given(boxes, st.lists(boxes, max_size=4))
def test_any_boxes_give_one_animal_of_the_one_who_drew_it(box, seen):
    told = outline_given(drawn(*box), [found(*one) for one in seen])
    assert told.origin is AnnotationOrigin.USER
    assert "several-animals" not in told.flags
    if len(seen) < 2:
        assert BOX_OF_SEVERAL not in told.flags
