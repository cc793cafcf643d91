"""Geometry of rectangles: properties that must hold for any of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.detect.boxes import as_box, corners, covered, grow, iou, keep_best, letterbox
from reid.types import Box

edges = st.floats(0, 1000, allow_nan=False)
sides = st.floats(1, 1000, allow_nan=False)
boxes = st.builds(lambda x, y, w, h: np.array([x, y, x + w, y + h]), edges, edges, sides, sides)


@given(boxes, boxes)
def test_iou_is_symmetric_and_bounded(a: np.ndarray, b: np.ndarray) -> None:
    assert iou(a, b) == pytest.approx(float(iou(b, a)))
    assert 0.0 <= iou(a, b) <= covered(a, b) + 1e-12
    assert covered(a, b) <= 1.0 + 1e-9


@given(boxes)
def test_a_box_covers_itself(a: np.ndarray) -> None:
    assert iou(a, a) == pytest.approx(1.0)
    assert corners(as_box(a)) == pytest.approx(a)


@given(boxes, st.floats(-500, 500), st.floats(0.1, 10))
def test_iou_ignores_shift_and_scale(a: np.ndarray, shift: float, scale: float) -> None:
    b = a + np.array([3.0, -2.0, 5.0, 1.0])
    assert iou(a * scale + shift, b * scale + shift) == pytest.approx(float(iou(a, b)), abs=1e-6)


def test_iou_counted_by_hand() -> None:
    a, b = np.array([0.0, 0, 2, 2]), np.array([1.0, 1, 3, 3])
    assert iou(a, b) == pytest.approx(1 / 7)
    assert iou(a, np.array([2.0, 0, 4, 2])) == 0.0


@given(st.integers(20, 400), st.integers(20, 400), st.sampled_from((64, 320)), st.data())
def test_letterbox_maps_back(width: int, height: int, side: int, data: st.DataObject) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    canvas, scale = letterbox(pixels, side)
    assert canvas.shape[0] % 32 == canvas.shape[1] % 32 == 0
    assert max(canvas.shape) <= side + 31
    # The picture's far corner lies on the canvas, within half a pixel of rounding.
    assert width * scale <= canvas.shape[1] + 0.5
    assert height * scale <= canvas.shape[0] + 0.5
    x = data.draw(st.floats(0, width))
    assert (x * scale) / scale == pytest.approx(x)


def test_letterbox_keeps_a_mark_in_its_place() -> None:
    pixels = np.zeros((300, 600, 3), np.uint8)
    pixels[100:140, 400:440] = 255
    canvas, scale = letterbox(pixels, 300)
    inside = canvas[:150, :300, 0] > 128
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    assert (columns[0] / scale, (columns[-1] + 1) / scale) == pytest.approx((400, 440), abs=2)
    assert (rows[0] / scale, (rows[-1] + 1) / scale) == pytest.approx((100, 140), abs=2)


@given(st.lists(st.tuples(boxes, st.floats(0, 1)), min_size=1, max_size=12))
def test_suppression_keeps_the_best_and_no_overlap(rows: list[tuple[np.ndarray, float]]) -> None:
    ltrb = np.array([r[0] for r in rows])
    score = np.array([r[1] for r in rows])
    kept = keep_best(ltrb, score, max_iou=0.45, max_covered=0.7)
    assert score[kept[0]] == score.max()
    assert list(score[kept]) == sorted(score[kept], reverse=True)
    for n, i in enumerate(kept):
        for j in kept[:n]:
            assert iou(ltrb[i], ltrb[j]) <= 0.45
            assert covered(ltrb[i], ltrb[j]) <= 0.7


def test_a_part_inside_a_better_whole_is_dropped() -> None:
    ltrb = np.array([[0.0, 0, 100, 50], [10.0, 5, 30, 20]])
    assert iou(ltrb[0], ltrb[1]) < 0.1
    assert keep_best(ltrb, np.array([0.9, 0.8]), max_iou=0.45, max_covered=0.7) == [0]


@given(boxes, st.floats(0, 1))
def test_growing_stays_inside_the_picture(a: np.ndarray, share: float) -> None:
    grown = grow(a, share, (3000, 3000))
    assert (grown >= 0).all()
    assert (grown <= 3000).all()
    assert (grown[:2] <= a[:2]).all()
    assert (grown[2:] >= a[2:]).all()


def test_window_of_a_whole_picture_box() -> None:
    assert as_box(np.array([0.0, 0, 20, 10])) == Box(0, 0, 20, 10)
