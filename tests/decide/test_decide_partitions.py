"""The posterior over groupings, against a slow oracle and its own laws."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from reid.decide import posterior
from reid.decide.ewens import block_sizes, log_prior, theta_of
from reid.decide.particles import optimal_resample, sample_partitions
from reid.decide.partitions import Posterior, all_partitions
from reid.errors import ConfigError, InputError

BELL = [1, 1, 2, 5, 15, 52, 203, 877, 4140, 21147, 115975]


def table(n, values):
    llr = np.zeros((n, n))
    for (i, j), value in zip(itertools.combinations(range(n), 2), values, strict=True):
        llr[i, j] = llr[j, i] = value
    return llr


@st.composite
def tables(draw, most=5, limit=12.0):
    n = draw(st.integers(1, most))
    size = n * (n - 1) // 2
    values = draw(st.lists(st.floats(-limit, limit), min_size=size, max_size=size))
    return table(n, values)


def set_partitions(items):
    """Every way to share a list among unnamed groups, one item at a time."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for smaller in set_partitions(rest):
        for k, group in enumerate(smaller):
            yield [*smaller[:k], [first, *group], *smaller[k + 1 :]]
        yield [[first], *smaller]


def chain(llr, a, b, passed=()):
    """The weakest link for sameness of the best chain between two, found by trying all."""
    others = [k for k in range(len(llr)) if k not in (a, b, *passed)]
    detours = [min(llr[a, k], chain(llr, k, b, (*passed, a))) for k in others]
    return max(0.0, llr[a, b], *detours)


def slow_shares(llr):
    n = range(len(llr))
    tied = [[1.0 if a == b else math.tanh(chain(llr, a, b) / 2) ** 2 for b in n] for a in n]
    return [1 / sum(row) for row in tied]


def oracle(llr, prior_same):
    """Pair probabilities from the definition: (size - 1)! ways to order what a group counts."""
    n, theta = len(llr), (1 - prior_same) / prior_same
    share = slow_shares(llr)
    total, same = 0.0, np.zeros((n, n))
    for groups in set_partitions(list(range(n))):
        weight = theta ** len(groups)
        for group in groups:
            weight *= math.gamma(max(2.0, sum(share[k] for k in group)))
            for i, j in itertools.combinations(group, 2):
                weight *= math.exp(llr[i, j])
        total += weight
        for group in groups:
            for i, j in itertools.product(group, group):
                same[i, j] += weight
    return same / total


@pytest.mark.parametrize("n", range(1, 11))
def test_every_partition_is_listed_once(n):
    labels = all_partitions(n)
    assert labels.shape == (BELL[n], n)
    assert len(np.unique(labels, axis=0)) == BELL[n]


@pytest.mark.parametrize("n", [0, 11])
def test_too_few_or_too_many_sightings_are_refused(n):
    with pytest.raises(InputError, match=str(n)):
        all_partitions(n)


@settings(deadline=None, max_examples=60)
@given(tables(), st.floats(0.02, 0.98))
def test_agrees_with_a_slow_oracle(llr, prior):
    assert_allclose(posterior(llr, prior).pair_probability(), oracle(llr, prior), atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(tables(), st.floats(0.02, 0.98))
def test_probabilities_add_to_one(llr, prior):
    found = posterior(llr, prior)
    assert found.probability.sum() == pytest.approx(1)
    assert found.animal_count().sum() == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(tables(most=6), st.floats(0.05, 0.95), st.randoms(use_true_random=False))
def test_the_order_of_sightings_does_not_matter(llr, prior, random):
    order = list(range(len(llr)))
    random.shuffle(order)
    same = posterior(llr, prior).pair_probability()
    moved = posterior(llr[np.ix_(order, order)], prior).pair_probability()
    assert_allclose(moved, same[np.ix_(order, order)], atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(tables(most=5))
def test_pair_probabilities_agree_with_each_other(llr):
    """P(a=c) >= P(a=b) + P(b=c) - 1 for probabilities that come from groupings."""
    same = posterior(llr, 0.5).pair_probability()
    for a, b, c in itertools.permutations(range(len(llr)), 3):
        assert same[a, c] >= same[a, b] + same[b, c] - 1 - 1e-9


@pytest.mark.parametrize("n", [2, 3, 6, 10])
@pytest.mark.parametrize("prior", [0.1, 0.5, 0.9])
def test_without_evidence_every_pair_has_exactly_the_prior(n, prior):
    same = posterior(np.zeros((n, n)), prior).pair_probability()
    off_diagonal = same[~np.eye(n, dtype=bool)]
    assert_allclose(off_diagonal, prior, atol=1e-10)


@settings(deadline=None, max_examples=40)
@given(tables(most=5), st.floats(0.01, 4))
def test_more_evidence_for_a_pair_never_lowers_it(llr, more):
    if len(llr) < 2:
        return
    before = posterior(llr, 0.5).pair_probability()[0, 1]
    raised = llr.copy()
    raised[0, 1] = raised[1, 0] = llr[0, 1] + more
    assert posterior(raised, 0.5).pair_probability()[0, 1] >= before - 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(2, 4), (5, 5), (1, 9), (3, 3, 4)])
@pytest.mark.parametrize("prior", [0.1, 0.5, 0.9])
def test_between_groups_of_which_nothing_is_known_the_prior_is_what_was_stated(sizes, prior):
    """However many pictures each has: that is the pull of the prior, and no evidence."""
    truth = np.repeat(range(len(sizes)), sizes)
    inside = truth[:, None] == truth[None, :]
    same = posterior(np.where(inside, 20.0, 0.0) * ~np.eye(len(truth), dtype=bool), prior)
    found = same.pair_probability()
    assert_allclose(found[inside], 1, atol=1e-6)
    assert_allclose(found[~inside], prior, atol=1e-5)


def test_between_groups_among_many_too():
    truth = np.repeat([0, 1, 2], 6)
    inside = truth[:, None] == truth[None, :]
    same = posterior(np.where(inside, 20.0, 0.0) * ~np.eye(18, dtype=bool), 0.5)
    assert not same.exact
    assert_allclose(same.pair_probability()[~inside], 0.5, atol=0.01)


def test_two_sightings_follow_the_rule_of_bayes():
    llr = table(2, [1.3])
    for prior in (0.1, 0.5, 0.7):
        odds = prior / (1 - prior) * math.exp(1.3)
        found = posterior(llr, prior).pair_probability()[0, 1]
        assert found == pytest.approx(odds / (1 + odds))


@pytest.mark.parametrize("theta", [0.11, 1.0, 9.0])
def test_the_prior_adds_to_one(theta):
    sizes = block_sizes(all_partitions(7))
    assert np.exp(log_prior(sizes, theta)).sum() == pytest.approx(1)


def test_the_prior_does_not_depend_on_how_many_others_there_are():
    """Consistency: leaving the last sighting out of five gives the prior over four."""
    of_five = np.exp(log_prior(block_sizes(all_partitions(5)), 0.7))
    of_four = np.exp(log_prior(block_sizes(all_partitions(4)), 0.7))
    rest = {tuple(row): 0.0 for row in all_partitions(4)}
    for row, weight in zip(all_partitions(5), of_five, strict=True):
        rest[tuple(row[:4])] += weight
    assert_allclose(list(rest.values()), of_four)


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_an_impossible_prior_is_refused(prior):
    with pytest.raises(ConfigError, match="prior_same"):
        theta_of(prior)


@pytest.mark.parametrize(
    "llr",
    [np.zeros((2, 3)), np.array([[0, 1], [2, 0.0]]), np.eye(2), np.full((2, 2), np.nan)],
)
def test_a_table_that_is_no_table_of_pairs_is_refused(llr):
    with pytest.raises(InputError, match="llr"):
        posterior(llr, 0.5)


def sampled(llr, prior, count):
    labels, weight = sample_partitions(llr, theta_of(prior), count=count)
    return Posterior(labels, weight, exact=False).pair_probability()


@pytest.mark.parametrize("n", [2, 5, 7])
def test_the_sampler_is_exact_while_nothing_has_to_be_thinned(n):
    random = np.random.default_rng(n)
    llr = table(n, random.normal(0, 3, n * (n - 1) // 2))
    exact = posterior(llr, 0.3).pair_probability()
    assert_allclose(sampled(llr, 0.3, BELL[n]), exact, atol=1e-9)


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0, 8.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_sampler_is_near_the_exact_answer_at_nine(spread, seed):
    random = np.random.default_rng(seed)
    llr = table(9, random.normal(0, 1, 36) * spread)
    exact = posterior(llr, 0.5).pair_probability()
    assert_allclose(sampled(llr, 0.5, 4000), exact, atol=0.02)


def test_the_sampler_finds_clear_groups_among_many():
    truth = np.repeat([0, 1, 2, 3], 6)
    alike = truth[:, None] == truth[None, :]
    llr = np.where(alike, 3.0, -3.0)
    np.fill_diagonal(llr, 0)
    found = posterior(llr, 0.5)
    assert not found.exact
    assert_allclose(found.pair_probability(), alike, atol=1e-3)
    assert found.animal_count()[3] > 0.99


def test_the_sampler_repeats_itself():
    llr = table(12, np.random.default_rng(0).normal(0, 2, 66))
    first, second = posterior(llr, 0.5), posterior(llr, 0.5)
    assert np.array_equal(first.labels, second.labels)
    assert len(np.unique(first.labels, axis=0)) == len(first.labels)


def test_without_evidence_the_sampler_stays_near_the_prior():
    same = posterior(np.zeros((14, 14)), 0.5).pair_probability()
    assert_allclose(same[~np.eye(14, dtype=bool)], 0.5, atol=0.06)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=40), st.integers(1, 39))
def test_resampling_keeps_the_total_and_the_heavy_ones(weights, count):
    weight = np.array(weights) / sum(weights)
    keep, new = optimal_resample(weight, count, np.random.default_rng(3))
    assert len(keep) <= count
    assert len(set(keep.tolist())) == len(keep)
    assert new.sum() == pytest.approx(1, rel=1e-6)
    assert (new >= weight[keep] - 1e-12).all()


def test_resampling_is_unbiased():
    weight = np.array([0.4, 0.3, 0.1, 0.1, 0.05, 0.05])
    random, mean = np.random.default_rng(1), np.zeros(6)
    for _ in range(4000):
        keep, new = optimal_resample(weight, 4, random)
        mean[keep] += new / 4000
    assert_allclose(mean, weight, atol=0.01)
