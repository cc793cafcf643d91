"""Verdicts, bridges, conflicts and what the prior may and may not do."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.decide import decide, summarise
from reid.decide.bridges import bridges, conflicts
from reid.decide.links import likelihood_ratio, links_of
from reid.decide.verdict import kind_of
from reid.errors import ConfigError, InputError
from reid.types import SightingPairEvidence, VerdictKind

SAME, DIFFERENT = VerdictKind.SAME, VerdictKind.DIFFERENT
OPEN, NOT_COMPARABLE = VerdictKind.INCONCLUSIVE, VerdictKind.NOT_COMPARABLE


def by_pair(decision):
    return {(v.a, v.b): v for v in decision.verdicts}


def kinds(decision):
    return {pair: verdict.kind for pair, verdict in by_pair(decision).items()}


@pytest.mark.parametrize(
    ("llr", "kind"), [(8, SAME), (4.7, SAME), (4.5, OPEN), (0, OPEN), (-4.5, OPEN), (-5, DIFFERENT)]
)
def test_two_sightings(evidence, llr, kind):
    assert kinds(decide(["a", "b"], [evidence("a", "b", llr)])) == {("a", "b"): kind}


def test_the_error_rate_of_the_user_counts(evidence):
    pairs = [evidence("a", "b", 3.5)]
    assert decide(["a", "b"], pairs, max_error=0.05).verdicts[0].kind is SAME
    assert decide(["a", "b"], pairs, max_error=0.001).verdicts[0].kind is OPEN


@settings(deadline=None, max_examples=60)
@given(st.floats(0.001, 0.999), st.floats(0.001, 0.2))
def test_a_prior_alone_never_answers(prior, max_error):
    ids = ["a", "b", "c"]
    pairs = [SightingPairEvidence(a, b, True, 0.0) for a, b in itertools.combinations(ids, 2)]
    decision = decide(ids, pairs, prior_same=prior, max_error=max_error)
    assert set(kinds(decision).values()) == {OPEN}
    assert all(v.probability == pytest.approx(prior) for v in decision.verdicts)


def test_a_large_group_does_not_pull_a_stranger_in(evidence):
    """Nine sure sightings of one animal make "same" likely a priori, yet say nothing of x."""
    ids = [*"abcdefghi", "x"]
    pairs = [evidence(a, b, 0.1 if b == "x" else 9.0) for a, b in itertools.combinations(ids, 2)]
    verdicts = by_pair(decide(ids, pairs, prior_same=0.9))
    assert verdicts["a", "x"].probability > 0.9
    assert verdicts["a", "x"].kind is OPEN
    assert verdicts["a", "b"].kind is SAME


def test_a_high_prior_does_not_lift_a_weak_match(evidence):
    verdict = decide(["a", "b"], [evidence("a", "b", 2.5)], prior_same=0.95).verdicts[0]
    assert verdict.probability > 0.99
    assert verdict.kind is OPEN


def test_an_answer_that_hangs_on_the_prior_says_so(evidence):
    weak = decide(["a", "b"], [evidence("a", "b", 5.0)])
    strong = decide(["a", "b"], [evidence("a", "b", 9.0)])
    assert weak.verdicts[0].kind is strong.verdicts[0].kind is SAME
    assert "prior-sensitive" in weak.flags
    assert "prior-sensitive" not in strong.flags
    assert any("Depends on the prior" in r for r in weak.verdicts[0].reasons)
    assert any("10 % to 90 %" in r for r in strong.verdicts[0].reasons)
    priors = [point.prior for point in weak.verdicts[0].prior_curve]
    assert priors == pytest.approx([0.1 * k for k in range(1, 10)])


def test_left_and_right_meet_through_a_sighting_with_both_flanks(evidence):
    pairs = [
        evidence("sep", "nov", 7.0),
        evidence("nov", "dec", 8.0),
        evidence("sep", "dec", comparable=False),
    ]
    verdict = by_pair(decide(["sep", "nov", "dec"], pairs))["sep", "dec"]
    assert verdict.kind is SAME
    assert verdict.bridged_by == ("nov",)
    assert any("Through nov" in reason for reason in verdict.reasons)


def test_a_bridge_can_also_part(evidence):
    pairs = [
        evidence("sep", "nov", 7.0),
        evidence("nov", "dec", -8.0),
        evidence("sep", "dec", comparable=False),
    ]
    verdict = by_pair(decide(["sep", "nov", "dec"], pairs))["sep", "dec"]
    assert verdict.kind is DIFFERENT
    assert verdict.bridged_by == ("nov",)


def test_two_different_from_a_third_say_nothing_of_each_other(evidence):
    pairs = [
        evidence("a", "b", -8.0),
        evidence("b", "c", -8.0),
        evidence("a", "c", comparable=False),
    ]
    verdict = by_pair(decide(["a", "b", "c"], pairs))["a", "c"]
    assert verdict.kind is NOT_COMPARABLE
    assert verdict.probability is None


def test_no_chain_is_not_comparable(evidence):
    pairs = [
        evidence("a", "b", 9.0),
        evidence("b", "c", comparable=False, missing="left against right"),
        evidence("a", "c", comparable=False, missing="left against right"),
    ]
    decision = decide(["a", "b", "c"], pairs)
    assert kinds(decision) == {
        ("a", "b"): SAME,
        ("a", "c"): NOT_COMPARABLE,
        ("b", "c"): NOT_COMPARABLE,
    }
    assert "left against right" in by_pair(decision)["a", "c"].reasons[0]


def test_two_bridges_are_both_named(evidence):
    pairs = [
        evidence("a", "c", 6.0),
        evidence("c", "b", 6.0),
        evidence("a", "d", 6.0),
        evidence("d", "b", 6.0),
        evidence("a", "b", comparable=False),
        evidence("c", "d", 0.0),
    ]
    links = links_of("abcd", pairs)
    assert set(bridges(links, 0, 1)) == {"c", "d"}


def test_a_chain_of_three_links_bridges(evidence):
    strong = {("a", "b"), ("b", "c"), ("c", "d")}
    pairs = [
        evidence(*pair, 8.0) if pair in strong else evidence(*pair, comparable=False)
        for pair in itertools.combinations("abcd", 2)
    ]
    verdict = by_pair(decide("abcd", pairs))["a", "d"]
    assert verdict.kind is SAME
    assert set(verdict.bridged_by) == {"b", "c"}


@pytest.mark.parametrize("control", ["background", "erased", "mirrored"])
def test_a_failed_control_withholds_the_verdict(evidence, control):
    decision = decide(["a", "b"], [evidence("a", "b", 12.0, withheld=(control,))])
    verdict = decision.verdicts[0]
    assert verdict.kind is OPEN
    assert verdict.probability == pytest.approx(0.5)
    assert verdict.reasons[0].startswith("Withheld:")
    assert "withheld" in decision.flags


def test_withheld_evidence_bridges_nothing(evidence):
    pairs = [
        evidence("a", "b", 9.0, withheld=("background",)),
        evidence("b", "c", 9.0),
        evidence("a", "c", comparable=False),
    ]
    assert by_pair(decide("abc", pairs))["a", "c"].kind is NOT_COMPARABLE


def test_contradiction_is_flagged_and_never_overruled(evidence):
    pairs = [evidence("a", "b", 12.0), evidence("b", "c", 12.0), evidence("a", "c", -6.0)]
    decision = decide("abc", pairs)
    assert conflicts(links_of("abc", pairs)) == (("a", "b", "c"),)
    assert "conflict" in decision.flags
    assert by_pair(decision)["a", "c"].kind is OPEN
    assert all(any("contradicts" in r for r in v.reasons) for v in decision.verdicts)


def test_the_likelihood_ratio_of_two_is_their_own(evidence):
    links = links_of("ab", [evidence("b", "a", 3.25)])
    assert likelihood_ratio(links.llr, 0, 1) == 3.25
    assert likelihood_ratio(links.llr, 1, 0) == 3.25


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-10, 10), min_size=6, max_size=6), st.permutations("abcd"))
def test_the_order_of_sightings_and_pairs_changes_no_verdict(values, order):
    pairs = [
        SightingPairEvidence(a, b, True, v)
        for (a, b), v in zip(itertools.combinations("abcd", 2), values, strict=True)
    ]
    first = {frozenset(pair): kind for pair, kind in kinds(decide("abcd", pairs)).items()}
    again = {frozenset(pair): kind for pair, kind in kinds(decide(order, pairs[::-1])).items()}
    assert first == again


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-15, 15), min_size=6, max_size=6))
def test_verdicts_never_contradict_each_other(values):
    pairs = [
        SightingPairEvidence(a, b, True, v)
        for (a, b), v in zip(itertools.combinations("abcd", 2), values, strict=True)
    ]
    found = {frozenset(p): k for p, k in kinds(decide("abcd", pairs)).items()}
    for a, b, c in itertools.permutations("abcd", 3):
        if found[frozenset((a, b))] is SAME and found[frozenset((b, c))] is SAME:
            assert found[frozenset((a, c))] is not DIFFERENT


@given(st.floats(0, 1), st.floats(-50, 50), st.floats(0.001, 0.49))
def test_a_verdict_needs_both_the_posterior_and_the_evidence(probability, evidence, error):
    kind = kind_of(probability, evidence, error)
    if kind is SAME:
        assert probability >= 1 - error - 1e-9
        assert evidence > 0
    if kind is DIFFERENT:
        assert probability <= error + 1e-9
        assert evidence < 0


def test_more_than_ten_sightings_are_approximate(evidence):
    ids = [f"s{k:02d}" for k in range(14)]
    pairs = [
        evidence(a, b, 5.0 if (int(a[1:]) < 7) == (int(b[1:]) < 7) else -5.0)
        for a, b in itertools.combinations(ids, 2)
    ]
    decision = decide(ids, pairs)
    assert not decision.exact
    assert "approximate" in decision.flags
    assert decision.animals.at_least == decision.animals.at_most == 2
    assert sum(kind is SAME for kind in kinds(decision).values()) == 42


def test_one_sighting_has_a_typed_answer():
    decision = decide(["a"], [])
    assert decision.verdicts == ()
    assert decision.flags == ("one-sighting",)
    assert "nothing to compare" in summarise(decision)


@pytest.mark.parametrize(
    ("ids", "pairs", "said"),
    [
        ([], [], "at least one"),
        (["a", "a"], [("a", "b")], "different ids"),
        (["a", "b"], [], "no evidence for a and b"),
        (["a", "b"], [("a", "x")], "'x'"),
        (["a", "b"], [("a", "b"), ("b", "a")], "twice"),
        (["a", "b"], [("a", "a")], "itself"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(evidence, ids, pairs, said):
    with pytest.raises(InputError, match=said):
        decide(ids, [evidence(a, b, 1.0) for a, b in pairs])


@pytest.mark.parametrize("bad", [{"prior_same": 1.0}, {"max_error": 0.0}, {"max_error": 0.5}])
def test_impossible_settings_are_refused(evidence, bad):
    with pytest.raises(ConfigError):
        decide(["a", "b"], [evidence("a", "b", 1.0)], **bad)
