"""Metric functions against slow oracles written from their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.types import VerdictKind
from training.calibration.metrics import above_every_different, auc, cllr, cllr_min
from training.evaluation.baseline import RATIO, naive_score
from training.evaluation.tables import table, verdict_row

LLRS = st.lists(st.floats(-8, 8).map(lambda v: round(v, 1)), min_size=1, max_size=8)


def joined(same, different):
    """Scores and truth of two lists."""
    truth = np.array([True] * len(same) + [False] * len(different))
    return np.array([*same, *different]), truth


@given(LLRS, LLRS)
def test_auc_counts_pairs_in_order(same, different):
    points = [1 if s > d else 0.5 if s == d else 0 for s in same for d in different]
    assert auc(*joined(same, different)) == pytest.approx(sum(points) / len(points))


@given(LLRS, LLRS)
def test_share_above_every_different(same, different):
    above = [all(s > d for d in different) for s in same]
    assert above_every_different(*joined(same, different)) == pytest.approx(sum(above) / len(same))


@given(LLRS, LLRS)
def test_cllr_is_the_mean_cost_of_both_kinds(same, different):
    missed = sum(math.log2(1 + math.exp(-v)) for v in same) / len(same)
    false = sum(math.log2(1 + math.exp(v)) for v in different) / len(different)
    assert cllr(*joined(same, different)) == pytest.approx((missed + false) / 2)


def least_cost(same, different):
    """Cllr-min by trying every way of cutting the ordered scores into constant runs."""
    order = sorted({*same, *different})
    best = math.inf
    for cuts in range(2 ** (len(order) - 1)):
        runs, current = [], [order[0]]
        for k, value in enumerate(order[1:]):
            if cuts >> k & 1:
                runs.append(current)
                current = []
            current.append(value)
        runs.append(current)
        best = min(best, run_cost(runs, same, different))
    return best


def run_cost(runs, same, different):
    """Cost of the best odds in each run; infinite where they do not rise."""
    odds, cost = [], 0.0
    for run in runs:
        s = sum(v in run for v in same) / len(same)
        d = sum(v in run for v in different) / len(different)
        p = min(max(s / (s + d), 1e-9), 1 - 1e-9)
        odds.append(p)
        cost -= (s * math.log2(p) + d * math.log2(1 - p)) / 2
    return cost if odds == sorted(odds) else math.inf


SHORT = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(SHORT, SHORT)
def test_cllr_min_is_the_best_monotone_cost(same, different):
    found = cllr_min(*joined(same, different))
    assert found == pytest.approx(least_cost(same, different), abs=1e-6)


@given(LLRS, LLRS)
def test_cllr_min_is_not_above_cllr_or_silence(same, different):
    score, truth = joined(same, different)
    assert cllr_min(score, truth) <= min(cllr(score, truth), 1.0) + 1e-6


def slow_naive(a, b):
    """The naive score, one descriptor at a time."""
    total = 0.0
    for i, one in enumerate(a):
        far = [float(np.linalg.norm(one - two)) for two in b]
        j = min(range(len(far)), key=far.__getitem__)
        back = min(range(len(a)), key=lambda k: float(np.linalg.norm(a[k] - b[j])))
        first, second = sorted(far)[:2]
        if back == i and first / second < RATIO:
            total += 1 - first / second
    return total


@given(st.integers(0, 10_000))
def test_naive_score_against_loops(seed):
    rng = np.random.default_rng(seed)
    a = rng.random((9, 8)).astype(np.float32)
    b = np.vstack([a[:4] + 0.05 * rng.random((4, 8)), rng.random((5, 8))]).astype(np.float32)
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b))
    assert naive_score(a, b) == pytest.approx(slow_naive(a, b), abs=1e-3)
    assert naive_score(a, b[:1]) == 0.0


def test_verdict_row_counts_errors_and_coverage():
    kinds = [VerdictKind.SAME, VerdictKind.DIFFERENT, VerdictKind.SAME, VerdictKind.INCONCLUSIVE]
    row = verdict_row("x", kinds, np.array([True, True, False, False]))
    assert row == ("x", "1 of 2", "1 of 2", "50.0 %", "0.0 %", "75.0 %")


def test_table_has_one_line_a_row():
    assert table(("a", "b"), [(1, 2)]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
