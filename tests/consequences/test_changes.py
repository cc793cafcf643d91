"""Which changes matter most, and what counts as one."""

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


def identity(name, before, after, believed=None, touched=()):
    what = what_changed(IDENTIFICATION, before, after, 0.05)
    return weighed(
        Change(
            IDENTIFICATION,
            name,
            "q",
            "",
            before,
            after,
            believed=believed,
            touched=touched,
            what=what,
        )
    )


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
    assert isinstance(wording.confirmed(heavy) + wording.place(heavy), str)


@given(st.lists(changes, max_size=6))
def test_the_order_does_not_hang_on_the_order_found(some):
    heavy = [weighed(one) for one in some]
    once, again = ranked(heavy), ranked(heavy[::-1])
    assert [c.weight for c in once] == [c.weight for c in again] == sorted(c.weight for c in heavy)
