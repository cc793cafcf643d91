"""Two animals that touch stay two: what stands out together is cut where the detector saw two."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.detect.apart import own_part, two_animals
from reid.detect.boxes import as_box, corners
from reid.detect.contract import BOX_OF_SEVERAL, SEVERAL
from reid.detect.given import outline_given
from reid.detect.outlined import OutlinedLocaliser
from reid.image import open_image
from reid.types import Annotation, AnnotationOrigin

LEFT, RIGHT = np.array([20.0, 40.0, 90.0, 90.0]), np.array([84.0, 42.0, 160.0, 92.0])
PART = np.array([30.0, 50.0, 60.0, 88.0])  # of the animal on the left


class Seen(OutlinedLocaliser):
    """The default with a detector and a saliency that see what the test says."""

    def __init__(self, boxes, scores, bright):
        super().__init__()
        self._boxes = lambda pixels: (np.array(boxes), np.array(scores))
        self._bright = bright

    def _heat(self, pixels, window, box):
        x0, y0 = np.floor(window[:2]).astype(int)
        x1, y1 = np.ceil(window[2:]).astype(int)
        return self._bright[y0:y1, x0:x1], (int(x0), int(y0))


@pytest.fixture
def frame(tmp_path):
    from PIL import Image

    path = tmp_path / "two.png"
    Image.fromarray(np.full((128, 180, 3), 90, np.uint8)).save(path)
    return open_image(path)


def bright(*boxes):
    heat = np.zeros((128, 180), np.float32)
    for box in boxes:
        x0, y0, x1, y1 = box.astype(int)
        heat[y0:y1, x0:x1] = 1.0
    return heat


def on_frame(annotation):
    mask = np.zeros((128, 180), bool)
    x0, y0, x1, y1 = annotation.box.window((180, 128))
    mask[y0:y1, x0:x1] = annotation.mask
    return mask


def test_two_that_touch_are_two_and_neither_wears_the_others_coat(frame):
    found = Seen([LEFT, RIGHT], [0.7, 0.4], bright(LEFT, RIGHT)).locate(frame)
    assert len(found) == 2
    assert all(SEVERAL in one.flags for one in found)
    left, right = (on_frame(a) for a in sorted(found, key=lambda a: a.box.x_px))
    assert left.any()
    assert right.any()
    assert not left[42:92, 84:160].any(), "the left one's outline reaches into the right one's box"
    assert not right[40:90, 20:90].any()


def test_a_part_is_no_second_animal(frame):
    found = Seen([LEFT, PART], [0.7, 0.4], bright(LEFT)).locate(frame)
    assert len(found) == 1
    assert SEVERAL not in found[0].flags


def test_pieces_in_fog_stay_one(frame):
    found = Seen([LEFT, RIGHT], [0.45, 0.4], bright(LEFT, RIGHT)).locate(frame)
    assert len(found) == 1


def test_two_that_stand_alone_keep_their_whole_outlines(frame):
    far = RIGHT + np.array([12.0, 0.0, 12.0, 0.0])
    found = Seen([LEFT, far], [0.7, 0.6], bright(LEFT, far)).locate(frame)
    assert [on_frame(a).sum() for a in found] == [70 * 50, 76 * 50]


def test_an_outline_far_beyond_its_box_may_be_of_two(frame):
    one = Seen([LEFT], [0.8], bright(LEFT, RIGHT)).locate(frame)
    assert BOX_OF_SEVERAL in one[0].flags
    assert BOX_OF_SEVERAL not in Seen([LEFT], [0.8], bright(LEFT)).locate(frame)[0].flags
    outline = corners(one[0].box)
    around_both = Annotation(frame.sha256, as_box(outline), AnnotationOrigin.USER)
    assert BOX_OF_SEVERAL not in outline_given(around_both, one).flags, "a box is a user's word"
    shorter = outline - np.array([0.0, 0.0, 40.0, 0.0])
    loose = Annotation(frame.sha256, as_box(shorter), AnnotationOrigin.USER)
    assert outline_given(loose, one).flags.count(BOX_OF_SEVERAL) == 1


corner = st.integers(0, 60)
boxes = st.builds(
    lambda x, y, w, h: np.array([x, y, x + w, y + h], float),
    corner,
    corner,
    *[st.integers(4, 40)] * 2,
)


@settings(max_examples=60, deadline=None)
@given(st.data(), boxes, st.lists(boxes, max_size=3))
def test_an_outline_only_ever_loses(data, box, others):
    seed = data.draw(st.integers(0, 2**16))
    mask = np.random.default_rng(seed).random((100, 100)) < data.draw(st.floats(0, 1))
    own = own_part(mask, box, np.array(others).reshape(-1, 4))
    assert not (own & ~mask).any()
    if not others:
        assert own is mask


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=4), st.data())
def test_two_is_said_of_both_and_of_nobody_with_itself(some, data):
    scores = np.array([data.draw(st.floats(0.25, 1)) for _ in some])
    two = two_animals(np.array(some), scores)
    assert (two == two.T).all()
    assert not two.diagonal().any()
