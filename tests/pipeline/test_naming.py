"""From evidence to a name, "new", or neither."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.pipeline.naming import heed_copies, name_from

LLRS = st.dictionaries(st.sampled_from("ABCDEFGH"), st.floats(-9, 9), min_size=1)
PRIOR, ERROR = st.floats(0.05, 0.95), st.floats(0.001, 0.2)


def asked(llr, known, prior=0.5, error=0.01):
    return name_from(llr, known, prior_known=prior, max_error=error)


@given(LLRS, st.integers(0, 5), PRIOR, ERROR)
def test_the_posterior_is_one_whole(llr, unseen, prior, error):
    known = len(llr) + unseen
    named = asked(llr, known, prior, error)
    total = sum(prior / known * math.exp(v) for v in llr.values()) + prior * unseen / known
    new = (1 - prior) / (total + 1 - prior)
    nobody_looked = prior * unseen / known / (total + 1 - prior)
    assert sum(named.by_individual.values()) + new + nobody_looked == pytest.approx(1)
    assert all(0 <= p <= 1 for p in named.by_individual.values())


@given(LLRS, st.integers(0, 5), PRIOR, ERROR)
def test_a_name_needs_its_own_pictures(llr, unseen, prior, error):
    named = asked(llr, len(llr) + unseen, prior, error)
    if named.kind == "individual":
        assert llr[named.individual] == max(llr.values())
        assert llr[named.individual] >= math.log((1 - error) / error)
        assert named.probability == named.by_individual[named.individual] >= 1 - error
    else:
        assert named.individual is None
    assert named.reasons


@given(LLRS, st.integers(1, 5), PRIOR, ERROR)
def test_new_only_when_everybody_was_compared(llr, unseen, prior, error):
    assert asked(llr, len(llr) + unseen, prior, error).kind != "new"


@given(LLRS, PRIOR, ERROR)
def test_new_only_when_everybody_is_excluded(llr, prior, error):
    if asked(llr, len(llr), prior, error).kind == "new":
        assert max(llr.values()) <= -math.log((1 - error) / error)


@given(st.floats(-9, 4), st.floats(-9, 9), PRIOR)
def test_more_evidence_is_never_a_worse_chance(low, other, prior):
    before = asked({"A": low, "B": other}, 3, prior).by_individual["A"]
    assert asked({"A": low + 1, "B": other}, 3, prior).by_individual["A"] > before


@pytest.mark.parametrize(
    ("llr", "known", "kind"),
    [
        ({"A": 8.0, "B": -3.0}, 2, "individual"),
        ({"A": -7.0, "B": -6.0}, 2, "new"),
        ({"A": -7.0, "B": -6.0}, 3, "inconclusive"),
        ({"A": 8.0, "B": 8.0}, 2, "inconclusive"),
        ({"A": 1.0}, 1, "inconclusive"),
        ({"A": 0.0}, 1, "inconclusive"),
        ({}, 4, "not comparable"),
    ],
)
def test_the_four_answers(llr, known, kind):
    assert asked(llr, known).kind == kind


def test_a_prior_makes_no_name():
    assert asked({"A": 1.0}, 1, prior=0.999).kind == "inconclusive"
    assert asked({"A": -1.0}, 1, prior=0.001).kind == "inconclusive"


def test_nothing_comparable_has_no_probability():
    named = asked({}, 3)
    assert (named.probability, named.by_individual) == (None, {})


@given(LLRS, st.integers(0, 2), PRIOR, ERROR, st.sets(st.sampled_from("ABCXY"), max_size=2))
def test_a_copy_never_makes_an_answer_and_no_answer_contradicts_it(llr, unseen, prior, error, of):
    before = asked(llr, len(llr) + unseen, prior, error)
    after = heed_copies(before, of)
    assert after.by_individual == before.by_individual
    assert after.kind in (before.kind, "inconclusive")
    if of:
        assert after.kind != "new"
        assert after.individual in (None, *of)
        assert any("a copy is no evidence" in why for why in after.reasons)
    else:
        assert after == before


@pytest.mark.parametrize(
    ("llr", "of", "kind", "doubt"),
    [
        ({"A": -7.0, "B": -6.0}, {"A"}, "inconclusive", "exclude everybody known"),
        ({"A": 8.0, "B": -3.0}, {"B"}, "inconclusive", "speak for A"),
        ({"A": 8.0, "B": -3.0}, {"A", "B"}, "inconclusive", "speak for A"),
        ({"A": 8.0, "B": -3.0}, {"A"}, "individual", ""),
        ({}, {"A"}, "not comparable", ""),
    ],
)
def test_an_enrolled_copy_against_the_other_pictures(llr, of, kind, doubt):
    named = heed_copies(asked(llr, 2), of)
    assert named.kind == kind
    told = [why for why in named.reasons if "enrolment is wrong" in why]
    assert bool(told) == bool(doubt)
    assert not doubt or doubt in told[0]
