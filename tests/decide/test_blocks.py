"""Groupings of many sightings, block by block, against the exact score."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.decide.blocks import (
    best_partition,
    blocks_of,
    cut_weak,
    neighbours_of,
    propose_groups,
    score,
)
from reid.decide.ewens import theta_of
from reid.decide.partitions import all_partitions, log_likelihood

SURE = math.log(99)


def groups(ids, llr, **more):
    chosen = {"prior_same": 0.5, "max_error": 0.01, **more}
    return propose_groups(ids, llr, **chosen)


def members(found):
    return [set(group.members) for group in found]


def names(n):
    return [f"s{k:03}" for k in range(n)]


def families(rng, sizes, *, same=6.0, different=-2.0, seen=0.5):
    """Sightings of animals, and evidence of a share of the pairs."""
    ids = names(sum(sizes))
    who = np.repeat(np.arange(len(sizes)), sizes)
    llr = {}
    for i, j in itertools.combinations(range(len(ids)), 2):
        if rng.random() < seen:
            mean = same if who[i] == who[j] else different
            llr[ids[i], ids[j]] = float(mean + rng.normal())
    return ids, who, llr


def test_every_sighting_is_in_one_group():
    ids, _, llr = families(np.random.default_rng(1), [3, 1, 14, 2])
    found = groups(ids, llr)
    assert sorted(name for group in found for name in group.members) == ids
    assert [g.members[0] for g in found] == sorted(g.members[0] for g in found)


@pytest.mark.parametrize("sizes", [[2, 3, 1], [12, 15, 1, 2], [40, 5]])
def test_clear_evidence_gives_the_animals_back(sizes):
    ids, who, llr = families(np.random.default_rng(7), sizes, same=9.0, seen=1.0)
    true = [{n for n, w in zip(ids, who, strict=True) if w == k} for k in range(len(sizes))]
    assert members(groups(ids, llr)) == true


def test_a_wrong_same_needs_more_than_many_half_hearted_links():
    """Two large groups of look-alikes joined by weak links only."""
    ids, who, llr = families(np.random.default_rng(2), [8, 8], same=9.0, different=1.0, seen=1.0)
    for (a, b), value in llr.items():
        if who[ids.index(a)] != who[ids.index(b)]:
            llr[a, b] = min(value, 2.0)
    found = groups(ids, llr)
    assert all(len({who[ids.index(n)] for n in g.members}) == 1 for g in found)
    assert any(g.perhaps for g in found), "and it is said that they may be one"


def test_what_was_not_compared_is_not_proposed_as_same():
    assert members(groups(names(3), {})) == [{"s000"}, {"s001"}, {"s002"}]


def test_a_chain_reaches_as_far_as_its_weakest_link():
    ids = names(3)
    sure = {("s000", "s001"): 9.0, ("s001", "s002"): 9.0}
    assert members(groups(ids, sure)) == [set(ids)]
    weak = {**sure, ("s001", "s002"): 1.0}
    found = groups(ids, weak)
    assert members(found) == [{"s000", "s001"}, {"s002"}]
    assert found[0].perhaps[0][0] == "s002"


def test_contradictions_are_told():
    ids = names(3)
    llr = {("s000", "s001"): 12.0, ("s001", "s002"): 12.0, ("s000", "s002"): -4.0}
    found = groups(ids, llr)
    assert any(group.conflict == (("s000", "s002"),) for group in found) or len(found) > 1


def test_the_order_does_not_matter():
    ids, _, llr = families(np.random.default_rng(4), [3, 13, 2])
    one = {frozenset(m) for m in map(frozenset, members(groups(ids, llr)))}
    turned = {(b, a): v for (a, b), v in reversed(llr.items())}
    two = {frozenset(m) for m in members(groups(ids[::-1], turned))}
    assert one == two


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10_000), st.sampled_from([0.1, 0.5, 0.8]))
def test_the_search_scores_as_the_oracle_does(n, seed, prior):
    rng = np.random.default_rng(seed)
    ids, theta = names(n), theta_of(prior)
    table = np.triu(rng.normal(0, 4, (n, n)), 1)
    table += table.T
    llr = {(ids[i], ids[j]): table[i, j] for i, j in itertools.combinations(range(n), 2)}
    label = best_partition(ids, neighbours_of(ids, llr), theta, SURE)
    labels = all_partitions(n)
    animals = labels.max(axis=1) + 1
    every = log_likelihood(labels, table) + animals * math.log(theta)
    mine = score(label, neighbours_of(ids, llr), theta)
    row = np.array([[label[name] for name in ids]], np.int16)
    _, row[0] = np.unique(row[0], return_inverse=True)
    exact = log_likelihood(row, table)[0] + (row.max() + 1) * math.log(theta)
    assert mine == pytest.approx(float(exact))
    assert mine <= every.max() + 1e-9
    assert mine >= n * math.log(theta) - 1e-9, "never worse than everybody alone"


def test_blocks_are_joined_by_evidence_for_sameness_alone():
    llr = {("a", "b"): 1.0, ("b", "c"): -5.0, ("c", "d"): 0.1}
    assert blocks_of(["a", "b", "c", "d"], llr) == [["a", "b"], ["c", "d"]]


def test_cutting_leaves_sure_groups_whole():
    ids = names(30)
    near = neighbours_of(ids, dict.fromkeys(itertools.pairwise(ids), 8.0))
    assert cut_weak(ids, near, SURE) == [ids]
    near["s014"]["s015"] = near["s015"]["s014"] = 2.0
    assert sorted(map(len, cut_weak(ids, near, SURE))) == [15, 15]


@pytest.mark.slow
def test_thousands_of_sightings_take_seconds():
    ids, who, llr = families(np.random.default_rng(3), [9] * 200, same=8.0, seen=0.02)
    for k in range(len(ids) - 1):
        if who[k] == who[k + 1]:
            llr[ids[k], ids[k + 1]] = 8.0
    found = groups(ids, llr)
    assert [len(group.members) for group in found] == [9] * 200
