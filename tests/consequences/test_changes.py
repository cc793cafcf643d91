"""Which changes matter most, and what counts as one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.consequences import wording
from reid.consequences.changes import (
    IDENTIFICATION,
    VERDICT,
    Change,
    Said,
    change_json,
    ranked,
    read_change,
    weighed,
    what_changed,
)
from reid.consequences.doubting import doubts_of
from reid.consequences.telling import telling_sighting
from reid.pipeline import CandidateIndividual, IdentificationAnswer

UNSURE = Said("inconclusive", 0.6)
SAME, DIFFERENT = Said("same", 0.995), Said("different", 0.004)
NOBODY = Said("not comparable", None)


def verdict(name, before, after, believed=None, touched=()):
    what = what_changed(VERDICT, before, after, 0.05)
    return weighed(
        Change(
            VERDICT, name, "a", "b", before, after, believed=believed, touched=touched, what=what
        )
    )


def identity(name, before, after, believed=None, touched=(), b="b", **more):
    what = what_changed(IDENTIFICATION, before, after, 0.05)
    told = {"believed": believed, "touched": touched, "what": what, **more}
    return weighed(Change(IDENTIFICATION, name, "q", b, before, after, **told))


def named(who, probability=0.99):
    return Said("individual", probability, individual=who, best=who, rank=1)


def test_what_matters_most_comes_first():
    ada = ("Ada",)
    wanted = [
        verdict("wrong same", DIFFERENT, SAME, "different", ada),
        verdict("newly wrong same", UNSURE, SAME, "different", ada),
        verdict("confirmed pair torn", SAME, DIFFERENT, "same", ada),
        verdict("confirmed pair doubted", UNSURE, DIFFERENT, "same", ada),
        verdict("of a named one, turned", DIFFERENT, SAME, None, ada),
        verdict("of a named one, torn", SAME, DIFFERENT, None, ada),
        verdict("confirmed pair lost", SAME, UNSURE, "same", ada),
        verdict("of a named one, unsure", DIFFERENT, UNSURE, None, ada),
        verdict("of a named one, a number", UNSURE, Said("inconclusive", 0.7), None, ada),
        verdict("nobody's, turned", DIFFERENT, SAME),
        verdict("nobody's, torn", SAME, DIFFERENT),
        verdict("nobody's, sure", UNSURE, SAME),
        verdict("nobody's, apart", UNSURE, DIFFERENT),
        verdict("nobody's, incomparable", UNSURE, NOBODY),
        verdict("nobody's, the other side", UNSURE, Said("inconclusive", 0.3)),
        verdict("nobody's, a number", UNSURE, Said("inconclusive", 0.7)),
    ]
    found = ranked(wanted[::-1])
    assert [c.source for c in found] == [c.source for c in wanted]
    assert [c.contradicts for c in found] == [True] * 4 + [False] * (len(wanted) - 4)


@pytest.mark.parametrize(
    ("before", "after", "believed", "asked"),
    [
        (SAME, UNSURE, "same", True),
        (SAME, NOBODY, "same", True),
        (SAME, DIFFERENT, "same", True),
        (UNSURE, DIFFERENT, "same", True),
        (UNSURE, SAME, "different", True),
        (SAME, DIFFERENT, None, True),
        (SAME, UNSURE, None, False),
        (UNSURE, Said("inconclusive", 0.2), "same", False),
        (DIFFERENT, UNSURE, "different", False),
        (UNSURE, SAME, "same", False),
    ],
)
def test_people_look_at_what_goes_against_them_turns_or_slips(before, after, believed, asked):
    assert verdict("x", before, after, believed, ("Ada",)).for_review == asked


def test_what_contradicted_people_before_and_does_no_more_is_no_contradiction():
    mended = verdict("mended", SAME, UNSURE, "different", ("Ada",))
    assert not mended.contradicts
    assert mended.notes == ("what people confirmed is not contradicted any more",)
    still = verdict("still", SAME, Said("same", 0.9), "different", ("Ada",))
    assert not still.contradicts
    assert still.notes == ("what people confirmed was contradicted before, and still is",)


@pytest.mark.parametrize(
    ("before", "after", "believed", "contradicts"),
    [
        (named("Ada"), named("Bo"), "Ada", True),
        (named("Cy"), named("Bo"), "Ada", True),  # wrong before, and wrong in another way
        (named("Bo"), named("Ada"), "Ada", False),
        (named("Ada"), Said("new", 0.99), "Ada", True),
        (UNSURE, named("Bo"), "new", True),
        (UNSURE, Said("new", 0.99), "new", False),
        (named("Ada"), UNSURE, "Ada", False),
        (UNSURE, named("Bo"), None, False),
    ],
)
def test_a_name_against_what_people_said(before, after, believed, contradicts):
    assert identity("x", before, after, believed, ("Ada",)).contradicts is contradicts


@pytest.mark.parametrize(
    ("before", "after", "believed", "asked"),
    [
        (named("Ada"), named("Bo"), "Ada", True),
        (UNSURE, named("Bo"), "Ada", True),
        (UNSURE, named("Bo"), "new", True),
        (named("Ada"), Said("new", 0.99), "Ada", True),
        (UNSURE, Said("new", 0.99), "Ada", True),
        (named("Ada"), UNSURE, "Ada", True),  # the name that people confirmed vanished
        (named("Ada"), named("Bo"), None, True),
        (named("Ada"), Said("new", 0.99), None, True),
        (Said("new", 0.99), named("Ada"), None, True),
        (named("Ada"), UNSURE, None, False),
        (UNSURE, named("Ada"), None, False),
        (UNSURE, named("Ada"), "Ada", False),
        (named("Bo"), UNSURE, "Ada", False),
        (named("Ada"), named("Ada", 0.9), "Ada", False),
    ],
)
def test_people_look_at_names_that_go_against_them_turn_or_vanish(before, after, believed, asked):
    assert identity("x", before, after, believed, ("Ada",)).for_review is asked
    assert not identity("x", before, after, believed, ("Ada",), b="").for_review  # nobody to show


def test_a_name_from_which_people_parted_it_goes_against_them():
    wrong = identity("x", UNSURE, named("Bo"), parted=("Bo",), touched=("Bo",))
    assert (wrong.contradicts, wrong.for_review) == (True, True)
    assert wording.stand(wrong) == "Against what people said: not Bo."
    assert not identity("x", UNSURE, named("Cy"), parted=("Bo",)).contradicts
    mended = identity("x", named("Bo"), UNSURE, parted=("Bo",))
    assert mended.notes == ("what people confirmed is not contradicted any more",)


def test_a_doubt_is_of_a_pair_and_tells_all_that_is_said_of_it():
    """What counts as the machine's verdict is that of the model that serves, on the pair alone."""
    alone = Said("inconclusive", 0.7, llr=0.8)
    some = [
        identity("1", named("Ada"), Said("new", 0.99), "Ada", ("Ada",), b="a", pair=alone),
        verdict("2", SAME, UNSURE, "same", ("Ada",)),
        identity("3", UNSURE, named("Ada"), "Ada", ("Ada",)),
        replace(verdict("4", SAME, DIFFERENT, "same", ("Ada",)), a="q", b="a"),
        identity("5", named("Ada"), named("Bo"), "Ada", ("Ada",), pair=alone),
    ]
    found = {(one.a, one.b): one for one in doubts_of(ranked(some), "next 2")}
    assert set(found) == {("a", "b"), ("a", "q"), ("b", "q")}
    wrong = found["b", "q"]
    assert (wrong.said, wrong.kind, wrong.llr, wrong.source) == ("same", "inconclusive", 0.8, "5")
    assert wrong.reasons == (
        "the new model disagrees: next 2 answers who q is: Bo, 99 %; the one that serves: "
        "Ada, 99 %; people said Ada",
    )
    both = found["a", "q"]
    assert (both.said, both.kind, both.source, len(both.reasons)) == ("different", "same", "4", 2)
    assert both.weight == min(one.weight for one in some if one.source in "14")
    assert both.reasons[0].endswith("the one that serves one animal; people said one animal")
    assert found["a", "b"].reasons[0].startswith("the new model cannot tell any more: next 2 calls")


def answer(kind, individual, *candidates):
    found = tuple(
        CandidateIndividual(name, (sighting,), 1.0, 0.5, 1, (), telling=sighting)
        for name, sighting in candidates
    )
    return IdentificationAnswer("q", kind, individual, 0.99, found, (), "", 9)


ADA, BO = ("Ada", "ada-2"), ("Bo", "bo-1")


@pytest.mark.parametrize(
    ("before", "after", "known", "shown"),
    [
        (answer("individual", "Ada", ADA), answer("individual", "Bo", BO, ADA), "Ada", "bo-1"),
        (answer("individual", "Ada", BO, ADA), answer("new", None, BO, ADA), None, "ada-2"),
        (answer("individual", "Ada", ADA), answer("inconclusive", None, BO), "Ada", "ada-2"),
        (answer("inconclusive", None, BO), answer("new", None, BO, ADA), "Ada", "ada-2"),
        (answer("inconclusive", None, ADA), answer("inconclusive", None, BO), "Ada", "bo-1"),
        (answer("inconclusive", None, ADA), answer("not comparable", None), "Ada", ""),
    ],
    ids=["named otherwise", "named before", "vanished", "excluded", "the best", "nobody"],
)
def test_the_sighting_that_is_shown_is_of_whom_the_change_is_about(before, after, known, shown):
    assert telling_sighting(before, after, known) == shown


def test_a_number_within_the_tolerance_is_no_change():
    assert what_changed(VERDICT, UNSURE, Said("inconclusive", 0.649), 0.05) == ()
    assert what_changed(VERDICT, UNSURE, Said("inconclusive", 0.651), 0.05) == ("probability",)
    hardly = what_changed(VERDICT, Said("inconclusive", 0.51), Said("inconclusive", 0.49), 0.05)
    assert hardly == ()
    assert what_changed(IDENTIFICATION, named("Ada"), named("Ada"), 0.05) == ()
    later = Said("individual", 0.99, individual="Ada", best="Ada", rank=4)
    assert what_changed(IDENTIFICATION, named("Ada"), later, 0.05) == ("rank",)


texts = st.text(max_size=8)
saids = st.builds(
    Said,
    st.sampled_from(["same", "different", "inconclusive", "not comparable", "individual", "new"]),
    st.none() | st.floats(0, 1),
    llr=st.none() | st.floats(-9, 9),
    individual=st.none() | texts,
    best=st.none() | texts,
    rank=st.none() | st.integers(1, 99),
    reasons=st.lists(texts, max_size=2).map(tuple),
)
changes = st.builds(
    Change,
    st.sampled_from([VERDICT, IDENTIFICATION]),
    texts,
    texts,
    texts,
    saids,
    saids,
    stored=st.none() | saids,
    believed=st.none() | st.sampled_from(["same", "different"]),
    touched=st.lists(texts, max_size=2).map(tuple),
    parted=st.lists(texts, max_size=2).map(tuple),
    pair=st.none() | saids,
    crops=st.lists(texts, max_size=2).map(tuple),
)


@given(changes)
def test_a_change_comes_back_from_its_json_and_can_be_said(change):
    heavy = weighed(change)
    told = change_json(heavy)
    assert read_change(told) == heavy
    assert told["contradicts"] is heavy.contradicts
    for line in (wording.title(heavy), wording.moved(heavy)):
        assert line
    assert wording.doubted(heavy, "next")
    assert bool(wording.asked(heavy)) is heavy.for_review
    assert isinstance(wording.confirmed(heavy) + wording.place(heavy), str)
    del told["pair"], told["parted"], told["for_review"]  # as earlier versions wrote it
    assert read_change(told) == replace(heavy, pair=None, parted=())


@given(st.lists(changes, max_size=6))
def test_the_order_does_not_hang_on_the_order_found(some):
    heavy = [weighed(one) for one in some]
    once, again = ranked(heavy), ranked(heavy[::-1])
    assert [c.weight for c in once] == [c.weight for c in again] == sorted(c.weight for c in heavy)
