"""Error rates that promise no more than the readings bear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from reid.errors import ConfigError, InputError
from reid.review import Answer, Purpose, Read, Shares, machine_rates, rate_of, reviewer_rates

SAME, DIFFERENT, UNSURE = Answer.SAME, Answer.DIFFERENT, Answer.CANNOT_TELL


@pytest.mark.parametrize("answers", [1, 7, 40])
def test_the_interval_covers_the_truth_often_enough(answers):
    rates = [rate_of(wrong, answers) for wrong in range(answers + 1)]
    for truth in np.linspace(0.001, 0.999, 97):
        covered = [r.low <= truth <= r.high for r in rates]
        assert binom.pmf(np.arange(answers + 1), answers, truth) @ covered >= 0.95 - 1e-9


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate(counts):
    found = rate_of(*counts)
    assert 0 <= found.low <= found.high <= 1
    if found.rate is not None:
        assert found.low <= found.rate <= found.high


def test_known_intervals():
    assert (rate_of(0, 0).low, rate_of(0, 0).high, rate_of(0, 0).rate) == (0, 1, None)
    assert rate_of(0, 10).high == pytest.approx(0.3085, abs=1e-4)
    assert rate_of(1, 10).low == pytest.approx(0.0025, abs=1e-4)
    with pytest.raises(InputError, match="expected 0 to 3 wrong"):
        rate_of(4, 3)


def planted(who, answer, truth, pair="ab", machine=""):
    return Read(who, Purpose.PLANTED, *pair, answer, truth, machine)


def read(who, answer, pair="ab", purpose=Purpose.FIRST, machine=""):
    return Read(who, purpose, *pair, answer, None, machine)


def test_each_reviewer_is_measured_by_what_is_known():
    readings = [
        planted("Asel", SAME, SAME),
        planted("Asel", SAME, DIFFERENT),
        planted("Asel", UNSURE, DIFFERENT),
        planted("Bulat", DIFFERENT, SAME),
        read("Asel", SAME, "cd"),
        read("Bulat", DIFFERENT, "dc", Purpose.SECOND),
        read("Bulat", DIFFERENT, "ef"),
    ]
    asel, bulat = reviewer_rates(readings)
    assert (asel.reviewer, asel.readings, asel.cannot_tell) == ("Asel", 4, 1)
    assert (asel.planted.wrong, asel.planted.answers) == (1, 2)
    assert (asel.wrong_same.wrong, asel.wrong_same.answers) == (1, 1)
    assert (asel.wrong_different.wrong, asel.wrong_different.answers) == (0, 1)
    assert (asel.disagreed.wrong, asel.disagreed.answers) == (1, 1)
    assert (bulat.wrong_different.wrong, bulat.wrong_different.answers) == (1, 1)
    assert (bulat.disagreed.wrong, bulat.disagreed.answers) == (1, 1)
    assert reviewer_rates([]) == []


def test_the_machine_is_measured_apart_from_whom_it_helped():
    readings = [
        planted("Asel", SAME, DIFFERENT, "ab", "same"),
        planted("Bulat", DIFFERENT, DIFFERENT, "ab", "same"),  # the same pair counts once
        planted("Asel", SAME, SAME, "cd", "different"),
        planted("Asel", SAME, SAME, "ce", "inconclusive"),
        read("Asel", SAME, "ef", machine="same"),
        read("Asel", UNSURE, "gh", machine="same"),
    ]
    found = machine_rates(readings)
    assert (found.wrong_same.wrong, found.wrong_same.answers) == (1, 1)
    assert (found.wrong_different.wrong, found.wrong_different.answers) == (1, 1)
    assert (found.refuted_same.wrong, found.refuted_same.answers) == (0, 1)
    assert found.refuted_different.answers == 0


def test_shares():
    order = Shares(second=0.2, planted=0.1).purposes
    assert order(0.05)[0] is Purpose.PLANTED
    assert order(0.15)[0] is Purpose.SECOND
    assert order(0.31)[0] is Purpose.FIRST
    assert Shares(0, 0).purposes(0.0) == (Purpose.FIRST,)
    with pytest.raises(ConfigError, match="at most 1"):
        Shares(0.9, 0.2)
