"""Chains: more pictures of one animal, the same name, and nothing through what may not be found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ConfigError
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.running import predict
from training.evaluation.systems import chains
from training.evaluation.systems.chains import DOUBT, NEIGHBOURS, chained
from training.evaluation.systems.load import load_system

NAME = "lite1+lnbnn+rootsift"
ASKED = np.arange(6)


def everybody_asked(seed, size=9, share=0.2):
    """(size, size) log odds of pictures among themselves; some may not be found, none itself."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, (size, size)).astype(np.float32)
    hidden = rng.random((size, size)) < share
    scores[hidden | hidden.T | np.eye(size, dtype=bool)] = np.nan
    return scores


def slow_links(ranking, neighbours):
    size = len(ranking)
    one_way = np.zeros((size, size))
    for q in range(size):
        seen = [g for g in range(size) if not np.isnan(ranking[q, g])]
        for g in sorted(seen, key=lambda g: -ranking[q, g])[:neighbours]:
            one_way[q, g] = 1 / (1 + np.exp(-np.float64(ranking[q, g])))
    return (one_way + one_way.T) / 2


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_order_is_the_slow_oracles(seed, neighbours):
    ranking = everybody_asked(seed)
    size = len(ranking)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chains, "NEIGHBOURS", neighbours)
        found = chained(ranking, np.arange(size), np.arange(size))
    links = slow_links(ranking, neighbours)
    span = np.nanmax(ranking) - np.nanmin(ranking)
    for q in range(size):
        seen = np.flatnonzero(~np.isnan(ranking[q]))
        assert np.isnan(found[q]).sum() == size - len(seen)
        if len(seen) == 0:
            continue
        score = {
            g: links[q, g]
            + sum((links[q, h] * links[h, g]) ** DOUBT for h in range(size))
            + 1e-3 * (ranking[q, g] - np.nanmin(ranking)) / span
            for g in seen
        }
        first = int(np.nanargmax(ranking[q]))
        assert found[q, first] == ranking[q, first]
        expected = [first, *sorted((g for g in seen if g != first), key=lambda g: -score[g])]
        gaps = np.diff([-score[g] for g in expected[1:]])
        if (gaps > 1e-6).all():  # nearly equal ones may stand either way
            assert sorted(seen, key=lambda g: -found[q, g]) == expected


def test_a_chain_brings_the_third_picture_forward():
    """0 resembles 1, 1 resembles 2; 0 and 2 hardly, less than 0 and the stranger 5."""
    ranking = np.full((6, 6), -6.0, np.float32)
    for a, b, odds in ((0, 1, 4), (1, 2, 4), (0, 2, -3.0), (0, 5, -2.5)):
        ranking[a, b] = ranking[b, a] = odds
    np.fill_diagonal(ranking, np.nan)
    assert ranking[0, 5] > ranking[0, 2]
    found = chained(ranking, ASKED, ASKED)
    assert found[0, 1] > found[0, 2] > found[0, 5]


def test_no_chain_goes_through_what_the_query_may_not_find():
    """1 is a frame of the query's own sighting: that it resembles 2 must not help 0."""
    ranking = np.full((6, 6), -6.0, np.float32)
    for a, b, odds in ((1, 2, 4), (0, 2, -3.0), (0, 5, -2.5)):
        ranking[a, b] = ranking[b, a] = odds
    np.fill_diagonal(ranking, np.nan)
    ranking[0, 1] = ranking[1, 0] = np.nan
    before = chained(ranking, ASKED, ASKED)
    assert before[0, 5] > before[0, 2]
    ranking[1, 2] = ranking[2, 1] = -6.0
    np.testing.assert_array_equal(
        np.argsort(chained(ranking, ASKED, ASKED)[0]), np.argsort(before[0])
    )


def test_a_gallery_of_others_is_linked_through_its_queries():
    """Queries 0 and 1 both resemble picture 2; only 1 resembles picture 3."""
    ranking = np.array([[4.0, -3.0, -2.5], [4.0, 4.0, -5.0]], np.float32)
    found = chained(ranking, np.array([0, 1]), np.array([2, 3, 4]))
    assert found.shape == ranking.shape
    assert found[0, 0] == np.float32(4.0)
    assert np.isfinite(found).all()


def test_a_query_that_may_find_nobody_finds_nobody():
    ranking = everybody_asked(3)
    ranking[4] = np.nan
    found = chained(ranking, np.arange(9), np.arange(9))
    assert np.isnan(found[4]).all()


@pytest.mark.slow
def test_the_first_place_and_the_evidence_are_the_fusions(task, drawn):
    rule = load_protocol("leave-one-out")
    plain = predict(load_system(NAME), NAME, task, drawn, rule)
    more = predict(load_system(f"{NAME}*"), f"{NAME}*", task, drawn, rule)
    np.testing.assert_array_equal(more.pair_score, plain.pair_score)
    best = np.nanargmax(plain.ranking, axis=1)
    np.testing.assert_array_equal(np.nanargmax(more.ranking, axis=1), best)
    np.testing.assert_array_equal(np.nanmax(more.ranking, axis=1), np.nanmax(plain.ranking, axis=1))
    assert more.about["fitted"] == plain.about["fitted"]
    assert more.about["method"] != plain.about["method"]
    assert str(NEIGHBOURS) in more.about["method"]


def test_only_a_fusion_can_be_chained():
    with pytest.raises(ConfigError, match="expected a fusion"):
        load_system("lnbnn>rootsift*")
    with pytest.raises(ConfigError, match="expected a fusion"):
        load_system("lite1*")
