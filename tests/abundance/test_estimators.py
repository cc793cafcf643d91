"""Closed-population estimates against their definitions, worked out slowly."""

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reid.abundance.estimators import (
    ESTIMATORS,
    Caught,
    _weighed,
    _weights,
    caught,
    equal,
    jackknife,
    lower_bound,
)

RABBITS = Caught((43, 16, 8, 6, 0, 2, 1), 18)
"""Edwards & Eberhardt (1967): 135 penned cottontails, 76 of them caught, in 18 nights."""


def histories(occasions):
    row = st.sets(st.integers(0, occasions - 1), min_size=1)
    return st.lists(row, min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6).flatmap(lambda t: st.tuples(st.just(t), histories(t))), st.integers(1, 5))
def test_the_jackknife_is_the_mean_over_occasions_left_out(drawn, order):
    t, rows = drawn
    order = min(order, t - 1)

    def animals_without(i):
        left_out = [set(some) for some in itertools.combinations(range(t), i)]
        seen = [sum(bool(row - out) for row in rows) for out in left_out]
        return Fraction(sum(seen), len(seen))

    literal = sum(
        (-1) ** i * math.comb(order, i) * (t - i) ** order * animals_without(i)
        for i in range(order + 1)
    ) / math.factorial(order)
    found = _weighed(caught(map(len, rows), t), _weights(order, t))
    assert found == pytest.approx(float(literal))


def test_known_figures_of_the_rabbits():
    orders = [_weighed(RABBITS, _weights(k, 18)) for k in (1, 2, 3)]
    t, n, (f1, f2, f3) = 18, 76, RABBITS.times[:3]
    # as Burnham & Overton (1979) write them out
    assert orders == pytest.approx(
        [
            n + (t - 1) / t * f1,
            n + (2 * t - 3) / t * f1 - (t - 2) ** 2 / (t * (t - 1)) * f2,
            n
            + (3 * t - 6) / t * f1
            - (3 * t**2 - 15 * t + 19) / (t * (t - 1)) * f2
            + (t - 3) ** 3 / (t * (t - 1) * (t - 2)) * f3,
        ]
    )
    assert round(jackknife(RABBITS).number) == 142  # theirs, interpolated
    chosen = jackknife(RABBITS)
    assert chosen.low < 135 < chosen.high
    assert lower_bound(RABBITS).number == pytest.approx(76 + 17 / 18 * 43 * 42 / 34)
    assert equal(RABBITS).number < 110  # equal catchability is wrong for them, and too low


def log_likelihood(one, number):
    p = one.catches / (one.occasions * number)
    missed = one.occasions * number - one.catches
    ways = sum(math.log(k) for k in range(number - one.animals + 1, number + 1))
    return ways + one.catches * math.log(p) + (missed * math.log1p(-p) if missed else 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=8))
def test_m0_is_the_likeliest_whole_number(times):
    one = caught(times, 8)
    assume(one.catches > one.animals)
    scanned = {number: log_likelihood(one, number) for number in range(one.animals, 400)}
    found = equal(one)
    assert scanned[found.number] == pytest.approx(max(scanned.values()), abs=1e-9)
    inside = [n for n, value in scanned.items() if value >= max(scanned.values()) - 3.8415 / 2]
    assert found.low == pytest.approx(inside[0], abs=1)
    assert min(found.high, 399) == pytest.approx(inside[-1], abs=1)


@given(st.lists(st.integers(1, 10), max_size=30))
def test_every_estimate_holds_the_animals_seen(times):
    one = caught(times, 10)
    for estimate in ESTIMATORS.values():
        found = estimate(one)
        assert one.animals <= found.low <= found.high
        assert found.number >= one.animals


def test_where_nobody_came_back_there_is_no_upper_end():
    once = caught([1, 1, 1], 10)
    assert equal(once).high == jackknife(once).high == math.inf
    assert equal(once).low == 3
    assert lower_bound(once).number > 3
    assert equal(caught([], 10)).high == 0
