"""Matches between made-up coats: what moves together stays, chance goes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError
from reid.match.ratio import MutualRatio
from reid.types import Matches
from reid.verify.agreement import Agreement, agreement
from reid.verify.pieces import EMPTY_SCORES, AffinePieces

SEEDS = st.integers(0, 100_000)
FAST = settings(max_examples=15, deadline=None)
TURN, SWELL, BEND = st.floats(-0.3, 0.3), st.floats(0.8, 1.25), st.floats(-8, 8)


def rows(matches):
    return sorted(map(tuple, matches.index.tolist()))


@FAST
@given(SEEDS, SEEDS, st.floats(0.3, 3))
def test_swapping_the_pictures_swaps_the_matches(coat, moved, one, two, unit_px):
    """Half of the coat is shared, the other half is another animal's."""
    a, other = coat(one, 70), coat(two, 60)
    b = moved(a, 0.1, 1.05, 2.0, unit_px)
    b = replace(b, descriptors=np.concatenate([b.descriptors[:35], other.descriptors[:35]]))
    there, back = MutualRatio().match(a, b), MutualRatio().match(b, a)
    assert rows(there) == sorted((i, j) for j, i in rows(back))
    order = np.argsort(back.index[:, 1])
    np.testing.assert_allclose(
        there.distinctiveness, back.distinctiveness[order], atol=1e-3
    )  # index[:, 0] of the first is in order already
    assert {(i, i) for i in range(35)} <= set(rows(there))


@FAST
@given(SEEDS, st.integers(2, 80))
def test_a_coat_matches_itself_point_by_point(coat, seed, n):
    a = coat(seed, n)
    found = MutualRatio().match(a, a)
    assert rows(found) == [(i, i) for i in range(n)]
    assert found.distinctiveness.min() > 0.99


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_points_are_no_match(coat, n):
    assert len(MutualRatio().match(coat(1, n), coat(2))) == 0
    assert len(MutualRatio().match(coat(1), coat(2, n))) == 0


def test_only_one_method_is_matched(coat):
    with pytest.raises(InputError, match="extract both again"):
        MutualRatio().match(coat(1), coat(1, method="another"))


@pytest.mark.parametrize(("turn", "swell"), [(1.2, 1.0), (-2.5, 1.0), (0.0, 2.5), (0.0, 0.3)])
def test_an_animal_neither_rolls_over_nor_swells(coat, turn, swell):
    a = coat(3)
    b = replace(
        a, angle_rad=a.angle_rad + np.float32(turn), scale_px=a.scale_px * np.float32(swell)
    )
    assert len(MutualRatio().match(a, b)) == 0


def test_a_turn_counts_across_the_end_of_the_circle(coat):
    a = coat(3)
    a = replace(a, angle_rad=np.full(len(a), 3.0, np.float32))
    b = replace(a, angle_rad=np.full(len(a), -3.0, np.float32))  # 0.28 rad further on
    assert len(MutualRatio().match(a, b)) == len(a)


@FAST
@given(SEEDS, TURN, SWELL, BEND, st.floats(0.3, 3))
def test_a_smooth_warp_survives(coat, moved, seed, turn, swell, bend, unit_px):
    a = coat(seed)
    b = moved(a, turn, swell, bend, unit_px)
    kept = AffinePieces().verify(a, b, MutualRatio().match(a, b))
    assert len(kept) >= 0.9 * len(a)
    assert kept.scores["pattern"] > 0.7 * len(a)
    assert kept.scores["spread"] > 0.3
    assert kept.scores["pieces"] == len(np.unique(kept.group)) <= 3


@FAST
@given(SEEDS, SEEDS)
def test_shuffled_points_do_not(coat, moved, seed, order):
    a = coat(seed)
    b = moved(a, 0.05, 1.0, 2.0)
    b = replace(b, xy_px=b.xy_px[np.random.default_rng(order).permutation(len(b))])
    kept = AffinePieces().verify(a, b, MutualRatio().match(a, b))
    assert len(kept) <= 0.35 * len(a)
    assert kept.scores["pattern"] < 0.12 * len(a)


@FAST
@given(SEEDS, st.integers(0, 40))
def test_true_matches_are_picked_out_of_chance(coat, moved, seed, wrong):
    a = coat(seed)
    b = moved(a, 0.1, 1.1, 4.0)
    where = b.xy_px.copy()
    where[:wrong] = where[:wrong][::-1] + np.float32([60, -35])
    kept = AffinePieces().verify(a, replace(b, xy_px=where), MutualRatio().match(a, b))
    true = {tuple(p) for p in where[wrong:].round(3).tolist()}
    found = [tuple(p) in true for p in kept.b_xy_px.round(3).tolist()]
    assert sum(found) >= 0.8 * (len(a) - wrong)
    assert np.mean(found) >= 0.8


@FAST
@given(SEEDS, SEEDS)
def test_agreement_is_mutual_and_nobody_votes_for_himself(coat, one, two):
    a, b = coat(one), coat(two)
    n = min(len(a), len(b))
    matches = Matches(np.stack([np.arange(n)] * 2, 1), np.ones(n, np.float32))
    agree = agreement(a, b, matches, Agreement())
    np.testing.assert_array_equal(agree, agree.T)
    assert not agree.diagonal().any()


def test_no_matches_score_nothing(coat):
    none = Matches(np.zeros((0, 2), np.int64), np.zeros(0, np.float32))
    kept = AffinePieces().verify(coat(1), coat(2), none)
    assert len(kept) == 0
    assert kept.scores == EMPTY_SCORES


@FAST
@given(SEEDS, TURN, SWELL, BEND)
def test_twice_the_same_is_twice_the_same(coat, moved, seed, turn, swell, bend):
    a = coat(seed)
    b = moved(a, turn, swell, bend)
    one, two = (AffinePieces().verify(a, b, MutualRatio().match(a, b)) for _ in range(2))
    assert one.scores == two.scores
    np.testing.assert_array_equal(one.group, two.group)


@FAST
@given(SEEDS, st.floats(0.25, 4))
def test_near_and_far_score_alike(coat, moved, seed, unit_px):
    """``unit_px`` takes the distance out of the scores."""
    a = coat(seed)
    near, far = moved(a, 0.1, 1.1, 4.0), moved(a, 0.1, 1.1, 4.0, unit_px)
    one, two = (AffinePieces().verify(a, b, MutualRatio().match(a, b)) for b in (near, far))
    assert one.scores["pattern"] == pytest.approx(two.scores["pattern"], rel=0.1)
