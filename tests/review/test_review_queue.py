"""The queue asks what tells most: against an oracle that weighs every grouping."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.decide import posterior
from reid.review import OpenPair, ranked
from reid.review.queue import Links, best_counts, entropy_bits

LLR = st.floats(-6, 6).map(lambda x: round(x, 3))


def tables(count):
    """Evidence between ``count`` sightings; 0 is none."""
    pairs = list(itertools.combinations(range(count), 2))
    some = st.lists(st.just(0.0) | LLR, min_size=len(pairs), max_size=len(pairs))
    return some.map(lambda values: dict(zip(pairs, values, strict=True)))


def matrix(table, count):
    llr = np.zeros((count, count))
    for (i, j), value in table.items():
        llr[i, j] = llr[j, i] = value
    return llr


def open_pairs(table):
    return [OpenPair(str(i), str(j), llr) for (i, j), llr in table.items() if llr]


def entropy(p):
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum())


def information(llr, i, j, prior):
    """The oracle: bits that the answer takes from the entropy over all groupings."""
    found = posterior(llr, prior)
    same = found.labels[:, i] == found.labels[:, j]
    left = 0.0
    for part in (same, ~same):
        weight = found.probability[part].sum()
        if weight > 0:
            left += weight * entropy(found.probability[part] / weight)
    return entropy(found.probability) - left


def component(llr, start):
    """Everything that evidence links to a sighting."""
    found = [start]
    for node in found:
        found += [int(k) for k in np.flatnonzero(llr[node]) if k not in found]
    return found


@settings(max_examples=60, deadline=None)
@given(table=st.integers(2, 6).flatmap(tables), prior=st.floats(0.1, 0.9))
def test_the_gain_is_the_expected_information_over_groupings(table, prior):
    count = 1 + max(j for _, j in table)
    llr = matrix(table, count)
    for one in ranked(open_pairs(table), {}, prior_same=prior):
        linked = component(llr, int(one.pair.a))
        i, j = linked.index(int(one.pair.a)), linked.index(int(one.pair.b))
        told = information(llr[np.ix_(linked, linked)], i, j, prior)
        assert one.gain_bits == pytest.approx(told, abs=1e-6)


def test_beyond_seven_it_is_near():
    """Nine sightings of a few animals, half of the pairs compared: five others tell nearly all."""
    rng, errors, gained, best = np.random.default_rng(3), [], 0.0, 0.0
    for _ in range(30):
        animal = rng.integers(0, 4, 9)
        table = {
            (i, j): float(rng.normal(3 if animal[i] == animal[j] else -2, 2))
            for i, j in itertools.combinations(range(9), 2)
            if rng.random() < 0.5
        }
        same = posterior(matrix(table, 9), 0.5).pair_probability()
        found = ranked(open_pairs(table), {})
        errors += [abs(r.probability - same[int(r.pair.a), int(r.pair.b)]) for r in found]
        told = [entropy_bits(same[int(r.pair.a), int(r.pair.b)]) for r in found]
        gained, best = gained + told[0], best + max(told)
    assert np.mean(errors) < 0.03
    assert gained > 0.9 * best  # what is asked first tells nearly as much as could be


def test_what_is_nearly_known_comes_last():
    pairs = [OpenPair("a", "b", 9.0), OpenPair("c", "d", 0.1), OpenPair("e", "f", -4.0)]
    assert [(r.pair.a, r.pair.b) for r in ranked(pairs, {})] == [
        ("c", "d"),
        ("e", "f"),
        ("a", "b"),
    ]


def test_what_follows_from_others_is_not_worth_asking():
    """a is b and b is c as good as certain, so a and c is no question, though unclear itself."""
    pairs = [OpenPair("a", "b", 8.0), OpenPair("b", "c", 8.0), OpenPair("a", "c", 0.0)]
    alone = ranked([OpenPair("a", "c", 0.0)], {})[0]
    found = {(r.pair.a, r.pair.b): r for r in ranked(pairs, {})}
    assert alone.gain_bits == pytest.approx(1.0)
    assert found["a", "c"].gain_bits < 0.05
    assert found["a", "c"].probability > 0.99


def test_decided_ones_are_one_node_or_not_asked():
    pairs = [
        OpenPair("a", "b", 1.0),
        OpenPair("a", "c", 2.0),
        OpenPair("b", "c", -1.0),
        OpenPair("c", "d", 0.5),
    ]
    groups = {"a": 1, "b": 1}
    found = ranked(pairs, groups)
    assert {(r.pair.a, r.pair.b) for r in found} == {("a", "c"), ("c", "d")}
    left = ranked(pairs, groups, parted=[("c", 1)])
    assert [(r.pair.a, r.pair.b) for r in left] == [("c", "d")]


def test_what_was_called_two_speaks_for_others():
    pairs = [OpenPair("a", "b", 5.0), OpenPair("b", "c", 0.0), OpenPair("a", "c", 0.5)]
    free = {r.pair.b: r for r in ranked(pairs, {}) if r.pair.a == "b"}
    parted = {r.pair.b: r for r in ranked(pairs, {}, parted=[("c", "a")]) if r.pair.a == "b"}
    assert parted["c"].probability < 0.05 < free["c"].probability


def test_a_pair_that_nobody_can_tell_goes_back():
    pairs = [OpenPair("a", "b", 0.0), OpenPair("c", "d", 1.0)]
    again = ranked(pairs, {}, doubts={("a", "b"): 1})
    assert [r.pair.a for r in again] == ["c", "a"]
    assert again[1].gain_bits == pytest.approx(0.5)


@given(st.lists(LLR, min_size=1, max_size=9))
def test_more_tries_never_make_more_of_the_same(llr):
    together = best_counts(llr)
    assert min(llr) <= together <= max(llr)
    assert best_counts([*llr, max(llr)]) <= together + 1e-9


def test_entropy_of_certainty_is_nothing():
    assert entropy_bits(0.0) == entropy_bits(1.0) == 0
    assert entropy_bits(0.5) == 1
    assert entropy_bits(0.1) == pytest.approx(entropy_bits(0.9))


def many(count):
    """So many pairs, each sighting in eight of them."""
    rng = np.random.default_rng(1)
    ends = rng.integers(0, count // 4, (count, 2))
    return [
        OpenPair(str(a), str(b), float(x))
        for (a, b), x in zip(ends, rng.normal(0, 3, count), strict=True)
        if a != b
    ]


@pytest.mark.slow
def test_the_time_grows_as_the_pairs_do():
    def seconds(count):
        pairs = many(count)
        start = time.process_time()
        ranked(pairs, {})
        return time.process_time() - start

    seconds(500)
    few, more = min(seconds(2000) for _ in range(2)), seconds(16_000)
    assert more < 8 * few * 2.5
    assert Links(many(100), {}, ())
