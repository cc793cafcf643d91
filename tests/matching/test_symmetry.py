"""Which picture is called the first changes nothing."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.match.ratio import MutualRatio
from reid.pipeline.pair_scores import measure_pair
from reid.types import Embedding, Matches
from reid.verify.agreement import Agreement, agreement
from reid.verify.pieces import AffinePieces

SEEDS = st.integers(0, 100_000)
FAST = settings(max_examples=15, deadline=None)
ENGINE = SimpleNamespace(matcher=MutualRatio(), verifier=AffinePieces())


@pytest.fixture(scope="session")
def animal(coat):
    """``animal(seed, features)``: what comparing needs of a prepared picture."""

    def make(seed, features):
        vector = np.random.default_rng(seed).normal(size=8).astype(np.float32)
        vector /= np.linalg.norm(vector)
        mirrored = coat(seed + 7, len(features))
        return SimpleNamespace(
            id=str(seed), features=features, mirrored=mirrored, embedding=Embedding(vector, "f")
        )

    return make


@pytest.fixture(scope="session")
def half_alike(coat, moved):
    """Two pictures that share half of a coat, seen at different sizes."""

    def make(one, two, turn, swell, unit_px):
        a, other = coat(one, 70), coat(two, 60)
        b = moved(a, turn, swell, 4.0, unit_px)
        shared = np.concatenate([b.descriptors[:35], other.descriptors[:35]])
        return a, replace(b, descriptors=shared)

    return make


@FAST
@given(SEEDS, SEEDS, st.floats(-0.3, 0.3), st.floats(0.7, 1.4), st.floats(0.3, 3))
def test_scores_are_equal_and_matches_change_sides(
    half_alike, animal, one, two, turn, swell, unit_px
):
    a, b = half_alike(one, two, turn, swell, unit_px)
    a, b = animal(one, a), animal(two, b)
    there, scores = measure_pair(ENGINE, a, b)
    back, turned = measure_pair(ENGINE, b, a)
    assert scores == pytest.approx(turned, abs=1e-9)
    assert scores["pattern"] > 5  # there is something to disagree about
    np.testing.assert_array_equal(there.a_xy_px, back.b_xy_px)
    np.testing.assert_array_equal(there.b_xy_px, back.a_xy_px)
    assert {*map(tuple, there.a_xy_px)} <= {*map(tuple, a.features.xy_px)}


@FAST
@given(SEEDS, SEEDS)
def test_without_a_match_as_well(coat, animal, one, two):
    a, b = animal(one, coat(one, 70)), animal(two + 1, coat(two + 200_000, 60))
    there, back = measure_pair(ENGINE, a, b)[1], measure_pair(ENGINE, b, a)[1]
    assert there == pytest.approx(back, abs=1e-9)
    assert there["pattern"] < 5


@FAST
@given(SEEDS, SEEDS, st.floats(0.6, 1.6))
def test_neighbours_agree_alike_from_both_sides(half_alike, one, two, swell):
    """Far more than a matter of rounding: the radius looks at both pictures."""
    a, b = half_alike(one, two, 0.1, swell, 1.0)
    n = min(len(a), len(b))
    index = np.stack([np.arange(n)] * 2, 1)
    matches = Matches(index, np.ones(n, np.float32))
    there, back = agreement(a, b, matches, Agreement()), agreement(b, a, matches, Agreement())
    assert (there != back).sum() <= 2
