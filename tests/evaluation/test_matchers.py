"""The comparison of matchers, on scores made by hand."""

import numpy as np
import pytest

from reid.pipeline.methods import METHODS
from reid.types import Annotation, AnnotationOrigin, Box, Image, Light
from training.evaluation.lookalikes import ONE_POSE, OTHER_POSE, SAME, SETS, Pair, PairSet, Picture
from training.evaluation.matchers import second_opinion
from training.evaluation.scored import EVERY, Clock, Scored, score


def made(name, scores, units=None):
    kinds = np.array([SAME] * 4 + [ONE_POSE] * 2 + [OTHER_POSE] * 2)
    units = np.arange(8) % 4 if units is None else units
    pattern = {method: np.asarray(scores[method], float) for method in scores}
    return Scored(name, kinds, (units, units), pattern)


GOOD = [9, 8, 7, 6, 1, 0, 0, 1]
FOOLED = [9, 8, 7, 6, 10, 7.5, 0, 1]  # by animals in one pose


def test_order_is_judged_against_each_kind_of_impostor():
    one = made("x", {"good": GOOD, "fooled": FOOLED})
    assert one.others() == [ONE_POSE, OTHER_POSE]
    assert one.order(one.pattern["good"]).value == 1
    fooled = one.pattern["fooled"]
    assert one.order(fooled, OTHER_POSE).value == 1
    assert one.order(fooled, ONE_POSE).value == pytest.approx(2 / 8)
    assert one.order(fooled, EVERY).value == pytest.approx((2 + 8) / 16)
    assert one.above(fooled).value == 0
    assert one.above(one.pattern["good"]).value == 1


def test_the_interval_holds_the_value_and_grows_with_fewer_units():
    many = made("x", {"m": FOOLED}, np.arange(8))
    figure = many.order(many.pattern["m"])
    assert figure.low <= figure.value <= figure.high
    alone = made("x", {"m": FOOLED}, np.zeros(8, int))  # one unit: nothing to draw from
    assert alone.order(alone.pattern["m"]).low == alone.order(alone.pattern["m"]).high


def test_a_second_opinion_is_learnt_from_synthetic_pairs_alone():
    rng = np.random.default_rng(0)
    noise = {name: rng.random(8) for name in METHODS if name not in ("rootsift", "aliked")}
    sets = [made(name, {"rootsift": FOOLED, "aliked": GOOD, **noise}) for name in SETS]
    both = second_opinion(sets, "aliked")
    assert len(both) == len(SETS)
    assert sets[0].order(both[0]).value == 1
    liar = made(SETS[0], {"rootsift": GOOD[::-1], "aliked": GOOD[::-1], **noise})
    other = second_opinion([liar, *sets[1:]], "aliked")
    np.testing.assert_allclose(other[1], both[1])


def picture(name, rng):
    pixels = rng.integers(0, 255, (120, 160, 3), dtype=np.uint8)
    image = Image(pixels, "0" * 64, f"{name}.png", "PNG", Light.COLOUR)
    return Picture(
        name, name, image, Annotation("0" * 64, Box(20, 20, 120, 80), AnnotationOrigin.USER)
    )


def test_each_picture_is_looked_at_once(monkeypatch):
    rng = np.random.default_rng(1)
    found = {name: picture(name, rng) for name in "abc"}
    pairs = (Pair(SAME, "a", "b"), Pair(SAME, "a", "c"), Pair(ONE_POSE, "b", "c", mirrored=True))
    monkeypatch.setattr("training.evaluation.scored.METHODS", {"rootsift": METHODS["rootsift"]})
    clock = Clock()
    one = score(PairSet("x", found, pairs), clock)
    assert len(clock.extract["rootsift"]) == 4  # three pictures and one mirrored
    assert len(clock.pair["rootsift"]) == 3
    assert one.pattern["rootsift"].shape == (3,)
    assert one.same.tolist() == [True, True, False]
    total = Clock.sum([clock, clock])
    assert len(total.pair["rootsift"]) == 6
