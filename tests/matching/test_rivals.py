"""How far a matched patch stands out, against a slow reading of the definition."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.match.rivals import distances, distinctiveness
from reid.match.spaced import SpacedRatio

SEEDS = st.integers(0, 100_000)


def slow(a, b, row, column, apart):
    """The definition, one match and one rival at a time."""

    def gap(p, q):
        return float(np.linalg.norm(p - q))

    def ratio(one, described, features, matched):
        own = gap(one, described[matched])
        xy = features.xy_px / features.unit_px
        away = [k for k in range(len(features)) if gap(xy[k], xy[matched]) > apart]
        return own / min([gap(one, described[k]) for k in away], default=2.0)

    there = ratio(a.descriptors[row], b.descriptors, b, column)
    back = ratio(b.descriptors[column], a.descriptors, a, row)
    return min(max(1 - (there + back) / 2, 0), 1)


@settings(max_examples=20, deadline=None)
@given(SEEDS, SEEDS, st.sampled_from([0.0, 8.0, 40.0, 1000.0]))
def test_distinctiveness_is_what_it_says(coat, one, two, apart):
    a, b = coat(one, 30), coat(two + 200_000, 25)  # never the same coat
    index = np.stack([np.arange(20), np.random.default_rng(one).permutation(20)], axis=1)
    found = distinctiveness(a, b, distances(a.descriptors, b.descriptors), index, apart)
    expected = [slow(a, b, i, j, apart) for i, j in index]
    np.testing.assert_allclose(found, expected, atol=2e-3)


def crowded(a):
    """Every point once more, two pixels beside, with nearly the same descriptor."""
    rng = np.random.default_rng(0)
    noisy = a.descriptors + rng.normal(0, 0.01, a.descriptors.shape)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    twice = {
        name: np.concatenate([getattr(a, name)] * 2) for name in ("scale_px", "angle_rad", "weight")
    }
    return replace(
        a,
        xy_px=np.concatenate([a.xy_px, a.xy_px + np.float32([2, 0])]),
        descriptors=np.concatenate([a.descriptors, noisy]).astype(np.float32),
        **twice,
    )


def test_the_same_patch_again_is_no_rival(coat):
    a, b = crowded(coat(1)), crowded(coat(1))
    b = replace(b, descriptors=b.descriptors[::-1].copy(), xy_px=b.xy_px[::-1].copy())
    rng = np.random.default_rng(1)
    noisy = b.descriptors + rng.normal(0, 0.02, b.descriptors.shape)
    noisy = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    b = replace(b, descriptors=noisy.astype(np.float32))
    spaced, plain = SpacedRatio(apart=4).match(a, b), SpacedRatio(apart=0).match(a, b)
    assert spaced.distinctiveness.sum() > 2 * plain.distinctiveness.sum()


@settings(max_examples=15, deadline=None)
@given(SEEDS, SEEDS)
def test_swapping_the_pictures_swaps_the_matches(coat, one, two):
    a, b = coat(one, 60), coat(two + 200_000, 50)
    b = replace(b, descriptors=np.concatenate([a.descriptors[:25], b.descriptors[25:]]))
    there, back = SpacedRatio().match(a, b), SpacedRatio().match(b, a)
    order = np.argsort(back.index[:, 1])
    np.testing.assert_array_equal(there.index, back.index[order][:, ::-1])
    np.testing.assert_allclose(there.distinctiveness, back.distinctiveness[order], atol=1e-3)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_points_are_no_match(coat, n):
    assert len(SpacedRatio().match(coat(1, n), coat(2))) == 0
    assert len(SpacedRatio().match(coat(1), coat(2, n))) == 0
