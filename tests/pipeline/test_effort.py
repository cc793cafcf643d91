"""Stopping early gives the answer that looking at everybody gives."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reid.pipeline.effort import Looked, best_of, bounded, settled
from reid.pipeline.naming import heed_copies, name_from

NAMES = "ABCDEF"
LLR = st.one_of(
    st.none(), st.floats(-9, 17), st.floats(-6, 0), st.sampled_from([-5.0, -3.0, 0.0, 8.0])
)
CANDIDATE = st.builds(
    Looked,
    st.sampled_from(NAMES),
    LLR,
    st.sampled_from([False] * 9 + [True]),
    st.sampled_from([False] * 9 + [True]),
)
LIBRARY = st.lists(CANDIDATE, min_size=1, max_size=24)
PRIOR, ERROR = st.floats(0.05, 0.95), st.floats(0.001, 0.2)


def valid(one):
    """What verification gives: only a match is withheld, and what is a copy says nothing."""
    if one.llr is None:
        return Looked(one.individual, None, one.copy)
    return Looked(one.individual, one.llr, one.copy, one.withheld and one.llr > 1)


def within_reach(library, head, patience):
    """The rule's assumption: evidence never comes after the head and a gap of ``patience``."""
    quiet, out = 0, []
    for number, one in enumerate(library):
        if number >= max(head, patience) and quiet >= patience and one.evidence:
            one = Looked(one.individual, -1.0)
        quiet = 0 if one.evidence else quiet + 1
        out.append(one)
    return out


def answer(looked, waiting, known, prior, error):
    named = name_from(bounded(best_of(looked), waiting), known, prior_known=prior, max_error=error)
    return heed_copies(named, {one.individual for one in looked if one.copy})


def stopped(library, known, prior, error, head, patience):
    for number in range(len(library)):
        rest = {one.individual for one in library[number:]}
        if settled(
            library[:number],
            rest,
            known,
            head=head,
            patience=patience,
            prior_known=prior,
            max_error=error,
        ):
            return number
    return len(library)


@given(LIBRARY, st.integers(0, 5), PRIOR, ERROR, st.integers(0, 6), st.integers(1, 5))
@example([Looked("A", 8.0), *[Looked("B", -2.0)] * 6], 3, 0.5, 0.01, 2, 3)
def test_the_verdict_is_the_one_of_looking_at_everybody(
    library, unlisted, prior, error, head, patience
):
    library = within_reach([valid(one) for one in library], head, patience)
    known = len({one.individual for one in library}) + unlisted
    number = stopped(library, known, prior, error, head, patience)
    early = answer(
        library[:number], {one.individual for one in library[number:]}, known, prior, error
    )
    whole = answer(library, set(), known, prior, error)
    assert (early.kind, early.individual) == (whole.kind, whole.individual)
    if early.kind == "individual":  # what nobody looked at keeps its prior: never surer
        assert early.probability <= whole.probability + 1e-9


@given(LIBRARY, st.integers(0, 5), PRIOR, ERROR, st.integers(0, 30), st.integers(1, 5))
def test_the_best_of_the_routes_are_always_looked_at(
    library, unlisted, prior, error, head, patience
):
    library = [valid(one) for one in library]
    known = len({one.individual for one in library}) + unlisted
    number = stopped(library, known, prior, error, head, patience)
    assert number >= min(head, len(library))
    quiet = library[max(0, number - patience) : number]
    assert number == len(library) or not any(one.evidence for one in quiet)


@given(LIBRARY, PRIOR, ERROR, st.integers(0, 4))
def test_without_patience_everybody_is_looked_at(library, prior, error, head):
    assert stopped([valid(one) for one in library], 9, prior, error, head, 0) == len(library)


EXCLUDED = st.lists(
    st.builds(Looked, st.sampled_from(NAMES), st.floats(-12, -7)), min_size=2, max_size=24
)


@given(EXCLUDED, st.floats(0.05, 0.5), st.integers(1, 4))
def test_a_new_animal_needs_everybody(library, prior, patience):
    known = len({one.individual for one in library})
    whole = answer(library, set(), known, prior, 0.01)
    assert whole.kind == "new"
    number = stopped(library, known, prior, 0.01, 0, patience)
    assert {one.individual for one in library[:number]} == {one.individual for one in library}


def looked(*llrs):
    return [Looked(name, llr) for name, llr in zip(NAMES, llrs, strict=False)]


@pytest.mark.parametrize(
    ("found", "waiting", "known", "stops"),
    [
        (looked(8.0, -2.0, -2.0), "DEF", 6, True),  # a name that the rest cannot take away
        (looked(8.0, -2.0, 1.0), "DEF", 6, False),  # the last one found spoke for sameness
        (looked(6.5, -2.0, -2.0), "DEF", 6, False),  # with the rest excluded A would be named
        (looked(2.0, -2.0, -2.0), "DEF", 6, True),  # inconclusive, whatever the rest does not show
        (looked(-5.0, -5.0, -5.0), "DEF", 6, False),  # perhaps a new one
        (looked(-5.0, -5.0, -5.0), "DEF", 7, True),  # never a new one: somebody is not proposed
        (looked(None, None, None), "DEF", 6, False),  # nothing comparable yet
    ],
)
def test_when_it_stops(found, waiting, known, stops):
    said = settled(found, set(waiting), known, head=2, patience=2, prior_known=0.5, max_error=0.01)
    assert said is stops


def test_a_withheld_match_counts_as_nothing_and_hides_a_weaker_one():
    found = [Looked("A", 3.0), Looked("A", 6.0, withheld=True), Looked("B", -1.0)]
    assert best_of(found) == {"A": 0.0, "B": -1.0}
    assert bounded({"A": -2.0, "B": 4.0, "C": -3.0}, {"A", "B"}) == {"A": 0.0, "B": 4.0, "C": -3.0}
    assert best_of([Looked("A", -math.inf), Looked("B", None)]) == {}
