"""A calibration moved by few labelled pairs: never far without many, never with the wrong sign."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.calibration.adapt import Adapted, adapted
from training.calibration.metrics import cllr

START = Adapted(0.0, (1.0, 0.0), -6.0, 8.0)


def pairs(seed, count, *, base=-1.0, second=0.7):
    """Scores whose true llr is ``base + first + second * other``."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 2, (20 * count, 2))
    llr = base + features @ np.array([1.0, second])
    same = rng.random(len(features)) < 1 / (1 + np.exp(-llr))
    return features[:count], same[:count]


def test_nobody_known_changes_nothing():
    nothing = np.zeros((0, 2))
    assert adapted(START, nothing, np.zeros(0, np.bool_), 0) == START
    assert adapted(START, np.ones((3, 2)), np.ones(3, np.bool_), 3) == START


def test_many_individuals_find_the_truth():
    features, same = pairs(1, 20_000)
    found = adapted(START, features, same, 500)
    assert found.slopes == pytest.approx((1.0, 0.7), abs=0.1)
    share = np.log(same.mean() / (1 - same.mean()))
    assert found.constant == pytest.approx(-1.0 - share, abs=0.15)


def test_more_known_individuals_move_it_farther():
    features, same = pairs(2, 400)
    moved = [adapted(START, features, same, n).slopes[1] for n in (1, 5, 50, 500)]
    assert moved == sorted(moved)
    assert moved[0] < 0.7 * moved[-1]


def test_it_pays_on_other_pairs():
    seen, asked = pairs(3, 300), pairs(4, 5000)
    found = adapted(START, *seen, 30)
    assert cllr(found.llr(asked[0]), asked[1]) < cllr(START.llr(asked[0]), asked[1]) - 0.02


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(2, 60), st.integers(1, 40))
def test_slopes_are_never_negative_and_llrs_stay_within_bounds(seed, count, individuals):
    features, same = pairs(seed, count, second=-2.0)
    found = adapted(START, features, same, individuals)
    assert min(found.slopes) >= 0
    llr = found.llr(100 * features)
    assert llr.min() >= START.lowest
    assert llr.max() <= START.highest
