"""Fitting a calibration: what is drawn from a known law is found again; files and intervals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from reid.errors import NotFoundError
from reid.fuse import PairQuality, aligned_llr
from training.calibration.fit import LEAST_UNMODELLED, fit_all, fit_pairs, held_out, llr_of
from training.calibration.misses import BEST, MISSED_BELOW, miss_rates, wilson
from training.calibration.pairs import SCORES, ScoredPairs


def drawn(seed, n=600):
    """Half the pairs are of one animal; the better the pictures, the more of it is found."""
    rng = np.random.default_rng(seed)
    same = np.arange(2 * n) < n
    usable, coverage = rng.uniform(0.05, 1, 2 * n), rng.uniform(0.5, 1, 2 * n)
    found = same & (rng.random(2 * n) < usable)
    chance = rng.exponential(0.2, (2 * n, 2))
    pattern = np.where(found, rng.gamma(2, 25 * usable), chance[:, 0])
    tentative = 5 + pattern + rng.exponential(1.5, 2 * n)
    scores = np.stack([pattern, chance[:, 1], tentative, 5 + rng.exponential(1.5, 2 * n)], 1)
    first = rng.integers(0, 40, 2 * n)
    second = np.where(same, first, (first + rng.integers(1, 40, 2 * n)) % 40)
    infrared = rng.random(2 * n) < 0.3
    return ScoredPairs(scores, usable, coverage, same, np.stack([first, second], 1), infrared)


@pytest.fixture(scope="module")
def pairs():
    return drawn(0)


def test_the_signs_are_held_even_where_the_pairs_say_otherwise(pairs):
    upside_down = ScoredPairs(
        pairs.scores, pairs.usable, pairs.coverage, ~pairs.same, pairs.individual, pairs.infrared
    )
    for fit in (fit_pairs(pairs), fit_pairs(upside_down)):
        assert fit.pattern >= 0
        assert fit.excess >= 0
        assert fit.shortfall <= 0


def test_what_was_fitted_is_calibrated_on_others(pairs):
    calibration = fit_all(pairs)
    other = drawn(1)
    llr = llr_of(calibration.pair, other, 1e-6)
    for low, high in ((-4, -1), (-1, 1), (1, 4)):
        inside = (llr >= low) & (llr < high)
        said = (1 / (1 + np.exp(-llr[inside]))).mean()
        assert said == pytest.approx(other.same[inside].mean(), abs=0.12)
    assert held_out(pairs)["all"]["Cllr"] < 0.8


def test_the_vectors_say_what_the_pipeline_says(pairs):
    calibration = fit_all(pairs)
    fast = llr_of(calibration.pair, pairs, calibration.miss.unmodelled)
    for k in range(0, len(fast), 40):
        scores = dict(zip(SCORES, pairs.scores[k], strict=True))
        quality = PairQuality(pairs.usable[k], pairs.coverage[k])
        assert fast[k] == pytest.approx(aligned_llr(calibration, scores, quality), abs=1e-9)


def test_it_says_what_it_was_fitted_on(pairs):
    calibration = fit_all(pairs)
    assert "40 synthetic leopards (600 same, 600 different" in calibration.fitted_on
    assert calibration.pair.highest == pytest.approx(math.log(600))
    assert calibration.miss.usable < 0
    good = next(r for r in miss_rates(pairs) if r.stratum == BEST)
    assert calibration.miss.unmodelled == pytest.approx(max(LEAST_UNMODELLED, good.high))
    assert f"{good.high:.3f}" in calibration.miss.source


def test_scored_pairs_come_back_from_their_file(pairs, tmp_path):
    path = tmp_path / "pairs.npz"
    pairs.save(path)
    again = ScoredPairs.load(path)
    np.testing.assert_array_equal(again.scores, pairs.scores)
    np.testing.assert_array_equal(again.infrared, pairs.infrared)
    with pytest.raises(NotFoundError, match=r"training\.calibration\.score"):
        ScoredPairs.load(tmp_path / "none.npz")


@given(st.floats(0, 1), st.integers(1, 500))
def test_the_interval_is_where_the_score_test_does_not_reject(rate, n):
    low, high = wilson(rate, n)
    assert 0 <= low <= rate + 1e-9
    assert rate - 1e-9 <= high <= 1
    for edge in (low, high):
        if 1e-6 < edge < 1 - 1e-6:
            distance = abs(rate - edge) / math.sqrt(edge * (1 - edge) / n)
            assert distance == pytest.approx(1.96, abs=1e-6)


def test_the_upper_end_against_a_root_finder():
    def excess(p):
        return (p - 0.1) / math.sqrt(p * (1 - p) / 30) - 1.96

    assert wilson(0.1, 30)[1] == pytest.approx(brentq(excess, 0.11, 0.9), abs=1e-9)


def test_every_individual_counts_once_among_the_missed():
    """One animal with a hundred missed pairs is one animal."""
    pattern = np.array([0.0] * 100 + [50.0, 50.0, 50.0, 0.0])
    who = np.array([1] * 100 + [2, 3, 4, 4])
    n = len(who)
    scores = np.stack([pattern, *np.zeros((3, n))], 1)
    full, no = np.full(n, 0.9), np.zeros(n, bool)
    pairs = ScoredPairs(scores, full, full, ~no, np.stack([who, who], 1), no)
    top = next(r for r in miss_rates(pairs) if r.stratum == "usable 0.75 to 1")
    assert (top.pairs, top.individuals) == (104, 4)
    assert top.rate == pytest.approx((1 + 0 + 0 + 0.5) / 4)
    assert MISSED_BELOW == 1.0
