"""Figures against slow oracles, on ties, weights and emptiness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import InputError
from training.calibration import metrics
from training.evaluation.retrieval.bootstrap import (
    balanced_draws,
    coded,
    draws,
    mean_figure,
    pair_weight,
)
from training.evaluation.retrieval.openset import balanced, best_threshold
from training.evaluation.retrieval.paired import differences
from training.evaluation.retrieval.predictions import Pictures, Prediction
from training.evaluation.retrieval.ranks import Ranks, ranks_of


@st.composite
def pairs(draw):
    """llrs with ties, truth with both kinds, small whole weights."""
    n = draw(st.integers(2, 25))
    llr = draw(st.lists(st.integers(-6, 6), min_size=n, max_size=n))
    same = [True, False, *draw(st.lists(st.booleans(), min_size=n - 2, max_size=n - 2))]
    weight = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    return np.array(llr) / 2, np.array(same), np.array(weight, dtype=float)


def repeated(values):
    """Weights as repetitions: what a weight of 3 means."""
    llr, same, weight = values
    times = weight.astype(int)
    return np.repeat(llr, times), np.repeat(same, times)


@given(pairs())
@settings(max_examples=40, deadline=None)
def test_a_weight_is_a_repetition(values):
    llr, same, weight = values
    many_llr, many_same = repeated(values)
    for measure in (
        metrics.auc,
        metrics.cllr,
        metrics.cllr_min,
        metrics.above_every_different,
        metrics.calibration_error,
        lambda *a, **k: metrics.coverage_at(*a, most_wrong=0.1, **k),
        lambda *a, **k: metrics.wrong_and_covered(*a, 0.1, **k)[0],
    ):
        whole = measure(many_llr, many_same)
        assert measure(llr, same, weight=weight) == pytest.approx(whole, abs=1e-9)


@given(pairs())
@settings(max_examples=40, deadline=None)
def test_auc_is_the_share_of_ordered_pairs(values):
    llr, same, _ = values
    wins = [(s > d) + 0.5 * (s == d) for s in llr[same] for d in llr[~same]]
    assert metrics.auc(llr, same) == pytest.approx(np.mean(wins))


@given(pairs())
@settings(max_examples=40, deadline=None)
def test_cllr_is_the_mean_cost_of_each_kind(values):
    llr, same, _ = values
    good = np.mean([np.log2(1 + np.exp(-x)) for x in llr[same]])
    bad = np.mean([np.log2(1 + np.exp(x)) for x in llr[~same]])
    assert metrics.cllr(llr, same) == pytest.approx((good + bad) / 2)
    assert metrics.cllr_min(llr, same) <= min(metrics.cllr(llr, same), 1) + 1e-6


@given(pairs(), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_calibration_error_bin_by_bin(values, bins):
    llr, same, _ = values
    posterior = 1 / (1 + np.exp(-llr))
    mass = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    total = 0.0
    for k in range(bins):
        inside = (posterior >= k / bins) & (posterior < (k + 1) / bins + (k == bins - 1))
        if inside.any():
            share = (mass * same)[inside].sum() / mass[inside].sum()
            said = (mass * posterior)[inside].sum() / mass[inside].sum()
            total += mass[inside].sum() * abs(said - share)
    assert metrics.calibration_error(llr, same, bins=bins) == pytest.approx(total, abs=1e-9)


@given(pairs(), st.floats(0, 0.5))
@settings(max_examples=40, deadline=None)
def test_coverage_tries_every_limit(values, most_wrong):
    llr, same, _ = values
    mass = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    wrong = (np.sign(llr) != np.where(same, 1, -1)) * mass
    best = 0.0
    for limit in np.abs(llr):
        use = np.abs(llr) >= limit
        if wrong[use].sum() <= most_wrong * mass[use].sum() * (1 + 1e-12):
            best = max(best, mass[use].sum())
    assert metrics.coverage_at(llr, same, most_wrong) == pytest.approx(best, abs=1e-9)


def test_known_answers():
    llr, same = np.array([3.0, 2.0, -2.0, -3.0]), np.array([True, True, False, False])
    assert metrics.coverage_at(llr, same, 0.01) == 1
    assert metrics.wrong_and_covered(llr, same, 0.1) == (0.0, 0.5)  # log 9 = 2.2
    assert metrics.cllr(np.zeros(4), same) == 1
    assert metrics.coverage_at(-llr, same, 0.01) == 0
    assert metrics.calibration_error(np.zeros(4), same) == pytest.approx(0)


def pictures(classes, fold=None):
    n = len(classes)
    words = np.array(classes, dtype=str)
    individual = np.array([c.split("|")[0] for c in classes], dtype=str)
    folds = np.zeros(n, np.int64) if fold is None else np.array(fold)
    number = np.array([str(k) for k in range(n)], dtype=str)
    light = np.full(n, "colour")
    return Pictures(number, number, individual, words, folds, np.ones(n, np.float32), light)


@st.composite
def rankings(draw):
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 8))
    name = st.sampled_from(["a|left", "b|left", "c|right"])
    queries = draw(st.lists(name, min_size=n, max_size=n))
    gallery = draw(st.lists(name, min_size=m, max_size=m))
    score = st.one_of(st.just(np.nan), st.integers(0, 3).map(float))
    ranking = draw(st.lists(score, min_size=n * m, max_size=n * m))
    allowed = draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))
    return Prediction(
        pictures(queries),
        pictures(gallery),
        np.array(ranking, np.float32).reshape(n, m),
        np.array(allowed).reshape(n, m),
        np.zeros(n, np.bool_),
        np.zeros((0, 2), np.int64),
        np.zeros(0, np.float32),
    )


@given(rankings(), rankings())
@settings(max_examples=40, deadline=None)
def test_a_paired_difference_is_of_the_queries_that_both_answer(a, b):
    n = min(len(a.queries), len(b.queries))
    if len(a.queries) != len(b.queries):
        with pytest.raises(InputError, match="same queries"):
            differences(a, b, replicates=10)
        return
    gains = []
    for k in range(n):
        one, other = (ranks_of(said) for said in (a, b))
        if one.known[k] and other.known[k]:
            gains.append(float(one.class_rank[k] == 1) - float(other.class_rank[k] == 1))
    if gains:
        found = differences(a, b, replicates=50)["top-1"]
        assert found.value == pytest.approx(np.mean(gains))
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9 or len(gains) > 1
    if not np.isnan(ranks_of(a).precision[ranks_of(a).known]).any() and ranks_of(a).known.any():
        same = differences(a, a, replicates=20)
        assert all((f.value, f.low, f.high) == (0, 0, 0) for f in same.values())


def slow_ranks(prediction, k):
    """One query, in words: list, sort, walk."""
    own = prediction.queries.flank_class[k]
    proposed = []
    positives = 0
    for j in range(len(prediction.gallery)):
        if prediction.allowed[k, j]:
            good = prediction.gallery.flank_class[j] == own
            positives += good
            if not np.isnan(prediction.ranking[k, j]):
                name = prediction.gallery.flank_class[j]
                proposed.append((-float(prediction.ranking[k, j]), bool(good), name))
    proposed.sort(key=lambda entry: entry[:2])  # of equal scores False, the wrong one, first
    hits, total, rank, before = 0, 0.0, np.inf, []
    for place, (_, good, name) in enumerate(proposed, start=1):
        if good:
            hits += 1
            total += hits / place
            if hits == 1:
                rank = len(set(before)) + 1
        before.append(name)
    return positives > 0, rank, total / max(positives, 1), bool(proposed and proposed[0][1])


@given(rankings())
@settings(max_examples=40, deadline=None)
def test_ranks_agree_with_the_slow_oracle(prediction):
    found = ranks_of(prediction)
    for k in range(len(prediction.queries)):
        known, rank, precision, right = slow_ranks(prediction, k)
        assert found.known[k] == known
        assert found.class_rank[k] == rank
        assert found.precision[k] == pytest.approx(precision)
        assert found.right[k] == right
        assert (found.class_rank[k] == 1) == right


def test_a_tie_is_no_find():
    ties = Prediction(
        pictures(["a|left"]),
        pictures(["a|left", "b|left"]),
        np.ones((1, 2), np.float32),
        np.ones((1, 2), np.bool_),
        np.zeros(1, np.bool_),
        np.zeros((0, 2), np.int64),
        np.zeros(0, np.float32),
    )
    found = ranks_of(ties)
    assert (found.class_rank[0], found.precision[0], found.right[0]) == (2, 0.5, False)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_bootstrap_means_repeat_individuals(values):
    individual = coded([str(i) for i, _ in values])
    value = np.array([v for _, v in values], dtype=float)
    counts = draws(int(individual.max()) + 1, replicates=20, seed=1)
    assert (counts.sum(axis=1) == counts.shape[1]).all()
    slow = [np.repeat(value, row[individual]).mean() for row in counts]
    found = mean_figure(value, individual, counts)
    assert found.value == pytest.approx(value.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])))
    np.testing.assert_array_equal(counts, draws(counts.shape[1], replicates=20, seed=1))


def test_balanced_means_count_every_class_once():
    value, classes = np.array([1.0, 1, 1, 0]), np.array([0, 0, 0, 1])
    counts = draws(2, replicates=10)
    mean, drawn = balanced_draws(value, classes, classes, counts)
    assert mean == 0.5
    np.testing.assert_allclose(drawn, counts[:, 0] / counts.sum(axis=1))
    assert balanced(value.astype(bool), np.array(["a", "a", "a", "b"])) == 0.5


def test_pairs_weigh_by_both_individuals():
    row = np.array([2, 0, 1])
    assert pair_weight(row, np.array([0, 0, 2, 1]), np.array([0, 2, 2, 0])).tolist() == [2, 2, 1, 0]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_the_threshold_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    n = 24
    unknown = rng.random(n) < 0.4
    unknown[:2] = True, False
    right = ~unknown & (rng.random(n) < 0.7)
    score = np.round(rng.normal(np.where(right, 1, 0), 1), 1)
    ranks = Ranks(~unknown, np.ones(n), np.ones(n), score, right, np.zeros(n, np.int64))
    classes = np.array([f"{k % 5}{u}" for k, u in enumerate(unknown)])

    def mean(limit):
        named = score >= limit
        known_share = balanced((named & right)[~unknown], classes[~unknown])
        return np.sqrt(known_share * balanced(~named[unknown], classes[unknown]))

    chosen = best_threshold(ranks, ~unknown, unknown, classes)
    assert mean(chosen) == pytest.approx(max(mean(t) for t in [*score, np.inf]))
