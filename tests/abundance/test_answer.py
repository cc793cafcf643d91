"""How many leopards, in numbers and words."""

import itertools
import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.abundance import (
    APART,
    Capture,
    Mistakes,
    Season,
    abundance,
    abundance_json,
    count_of,
    drawn,
    headline,
    mistakes_of,
    sentences,
)
from reid.abundance.captures import ground_of
from reid.abundance.drawing import LARGEST, draw_nodes
from reid.abundance.mistakes import parted, recognised
from reid.decide import posterior
from reid.review import Answer, Purpose, Read, rate_of, reviewer_rates

DAY = datetime(2018, 9, 29)


def capture(name, who="", sides="left", day=0):
    return Capture(who, "x", DAY + timedelta(days=day), name, frozenset(sides.split()))


USTYURT = [
    capture("september", sides="right"),
    capture("november", sides="left right", day=43),
    capture("december", sides="left", day=69),
]
NO_MISTAKES = Mistakes(rate_of(0, 10_000), None, True)


def one_season(captures, occasions=80):
    members = tuple(range(len(captures)))
    return [Season("1", members, tuple((c.at - DAY).days + 1 for c in captures), occasions)]


def test_ustyurt_is_at_least_one_and_probably_one_leopard():
    evidence = {("november", "september"): 4.0, ("december", "november"): 4.0}
    found = abundance(USTYURT, one_season(USTYURT), evidence, Mistakes())
    assert headline(found.whole.count) == "At least one and probably one leopard; at most three."
    assert "fewer than 5 animals" in sentences(found)[-1]


@pytest.mark.parametrize(
    "evidence",
    [{}, {("november", "september"): 4.0}, {("november", "september"): 1.0}],
    ids=["nothing", "december compared with nobody", "too little"],
)
def test_nothing_is_probable_that_was_not_looked_at(evidence):
    count = count_of(USTYURT, evidence)
    assert (count.least, count.most) == (1, 3)
    assert count.probable is None
    assert headline(count) == "At least one leopard; at most three."


def test_two_that_the_pictures_tell_apart_are_probably_two():
    evidence = {("november", "september"): -4.0, ("december", "november"): 5.0}
    count = count_of(USTYURT, evidence | {("december", "september"): -3.0})
    assert (count.least, count.probable) == (1, 2)


NAMES = st.sampled_from(["", "A", "B", "C"])
SIDES = st.sampled_from(["", "left", "right", "left right"])


@st.composite
def surveys(draw):
    told = draw(st.lists(st.tuples(NAMES, SIDES, st.integers(0, 20)), min_size=1, max_size=6))
    captures = [capture(f"s{k}", who, sides, day) for k, (who, sides, day) in enumerate(told)]
    pairs = list(itertools.combinations([c.sighting for c in captures], 2))
    llrs = st.floats(-4, 4)
    return captures, draw(st.dictionaries(st.sampled_from(pairs), llrs)) if pairs else {}


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_a_sighting_that_nobody_compared_only_widens(survey):
    captures, evidence = survey
    before = count_of(captures, evidence, draws=40)
    after = count_of([*captures, capture("alone", sides="left")], evidence, draws=40)
    assert after.least == before.least
    assert after.low <= before.low  # it may be any of the others
    assert after.high >= before.high
    assert after.most == before.most + 1


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_the_bounds_hold_each_other_and_do_not_depend_on_the_order(survey):
    captures, evidence = survey
    count = count_of(captures, evidence, draws=40)
    assert 1 <= count.least <= count.low <= count.high <= count.most
    assert count.probable is None or count.low <= count.probable <= count.high
    turned = {(b, a): llr for (a, b), llr in reversed(evidence.items())}
    assert count_of(captures[::-1], turned, draws=40) == count


def test_left_only_and_right_only_may_be_one_and_both_are_two():
    halves = [capture("a", "Aidar", "left"), capture("b", "Bota", "right")]
    assert (count_of(halves, {}).least, count_of(halves, {}).most) == (1, 2)
    apart = {("a", "b"): APART}
    assert count_of(halves, apart).least == 2
    known = [capture("a", "Aidar", "left"), capture("b", "Bota", "left right")]
    assert count_of(known, {}).least == 2
    untold = [capture("a", "Aidar", ""), capture("b", "Bota", "")]
    assert count_of(untold, {}).least == 2  # as people named them


def test_somebody_unnamed_beside_a_named_animal_is_not_lost():
    both = [capture("e", "Aidar"), capture("e")]
    assert (count_of(both, {}).least, count_of(both, {}).most) == (1, 2)


def test_draws_follow_the_posterior():
    three = [capture("s"), capture("t"), capture("u")]
    evidence = {("s", "t"): 1.0, ("t", "u"): -0.5, ("s", "u"): 0.3}
    ways = drawn(three, evidence, 4000, 7)
    table = np.array([[0, 1.0, 0.3], [1.0, 0, -0.5], [0.3, -0.5, 0]])
    expected = posterior(table, 0.5).pair_probability()
    for (i, a), (j, b) in itertools.combinations(enumerate("stu"), 2):
        share = np.mean([way[a] == way[b] for way in ways])
        assert share == pytest.approx(expected[i, j], abs=0.03)
    assert drawn(three, evidence, 4000, 7) == ways


def test_whom_people_named_or_told_apart_stays_so():
    known = [capture("a", "Aidar"), capture("b", "Bota"), capture("s"), capture("t")]
    evidence = {("a", "s"): 6.0, ("b", "s"): 5.0, ("s", "t"): 4.0, ("t", "individual:Aidar"): APART}
    for way in drawn(known, evidence, 200, 3):
        assert way["t"] != "Aidar"
        assert set(way) == {"s", "t"}


def test_a_sighting_may_be_called_as_an_individual_is():
    named = [capture("a", "new-b"), capture("b"), capture("new-b")]
    for way in drawn(named, {}, 5, 0):
        assert len({"new-b", *way.values()}) == 3


def test_a_block_too_large_to_group_is_taken_apart():
    many = [capture(f"s{k:03}") for k in range(LARGEST + 2)]
    evidence = {(a.sighting, b.sighting): -2.0 for a, b in itertools.pairwise(many)}
    evidence["s000", "s001"] = 9.0
    (way,) = draw_nodes(ground_of(many, evidence), 1, 0)
    assert way["s000"] == way["s001"]
    assert len(set(way.values())) == LARGEST + 1


def survey_of(animals, seed=3):
    random = np.random.default_rng(seed)
    return [
        capture(f"{k}-{j}", f"L{k:02}", "left right", int(random.integers(0, 30)))
        for k in range(animals)
        for j in range(int(random.integers(1, 4)))
    ]


def test_estimates_are_bands_over_names_mistakes_and_chance():
    named = survey_of(12)
    unsure = [capture(f"u{k}", sides="left", day=k) for k in range(4)]
    captures = [*named, *unsure]
    found = abundance(captures, one_season(captures, 30), {("u0", "0-0"): 3.0}, Mistakes())
    (season,) = found.seasons
    assert [one.kind for one in season.scenarios] == ["evidence", "fewest", "most", "missed"]
    wide = {one.method: one for one in season.over_all()}
    for scenario in season.scenarios:
        for one in scenario.estimates:
            assert wide[one.method].band.low <= one.band.low <= one.band.high
            assert one.low <= one.band.low <= one.band.high <= one.high
            assert wide[one.method].high >= one.high
    told = json.dumps(abundance_json(found))
    assert told == json.dumps(
        abundance_json(
            abundance(captures, one_season(captures, 30), {("u0", "0-0"): 3.0}, Mistakes())
        )
    )
    assert "nobody compared taken both ways" in told
    assert "12.5 %" in told


def test_bands_without_an_end_are_null_in_json_and_said():
    once = [capture(f"s{k}", f"L{k}", "left right", k) for k in range(6)]
    found = abundance(once, one_season(once, 30), {}, NO_MISTAKES)
    told = abundance_json(found)
    m0 = next(e for e in told["seasons"][0]["estimates"] if e["method"] == "M0")
    assert m0["interval_high"] is None
    assert m0["interval_low"] == 6
    assert any("without an upper end" in sentence for sentence in told["sentences"])


def test_seasons_are_answered_one_by_one():
    captures = survey_of(6)
    half = len(captures) // 2
    seasons = [
        Season("2018", tuple(range(half)), (1,) * half, 30),
        Season("2019", tuple(range(half, len(captures))), (2,) * (len(captures) - half), None),
    ]
    found = abundance(captures, seasons, {}, Mistakes())
    assert [one.name for one in found.seasons] == ["2018", "2019"]
    assert sum(one.count.most for one in found.seasons) >= found.whole.count.most == 6
    assert "not known when cameras were out" in found.seasons[1].withheld
    assert any(sentence.startswith("2018: As they are named") for sentence in sentences(found))


def test_nobody_at_all():
    found = abundance([], [Season("1", ())], {}, Mistakes())
    assert sentences(found)[0] == "No leopards were seen."
    assert found.whole.count.most == 0


def readings(different, same):
    """Planted pairs: wrong and right answers to pairs of two animals, and of one."""
    found = []
    for truth, (wrong, right) in ((Answer.DIFFERENT, different), (Answer.SAME, same)):
        other = Answer.SAME if truth is Answer.DIFFERENT else Answer.DIFFERENT
        for k, answer in enumerate([other] * wrong + [truth] * right):
            found.append(Read("Asel", Purpose.PLANTED, f"{truth}{k}", "z", answer, truth))
    return found


def test_rates_measured_by_review_are_used_when_there_are_enough():
    few = mistakes_of(reviewer_rates(readings((1, 3), (2, 6))))
    assert (few.missed.rate, few.joined, few.measured) == (0.125, None, False)
    many = mistakes_of(reviewer_rates(readings((3, 27), (2, 38))))
    assert (many.missed.rate, many.joined.rate, many.measured) == (0.05, 0.1, True)
    captures = survey_of(8)
    found = abundance(captures, one_season(captures, 30), {}, many)
    assert {"missed", "joined"} <= {one.kind for one in found.whole.scenarios}
    kinds = {one.kind: one.animals for one in found.whole.scenarios}
    assert kinds["missed"].low <= 8 == kinds["evidence"].low
    assert kinds["joined"].high > 8
    assert any("as measured here" in sentence for sentence in sentences(found))


@given(st.lists(NAMES, max_size=12), st.floats(0, 1), st.integers(0, 5))
def test_mistakes_move_named_animals_alone(who, rate, seed):
    animals = [name or f"new-{k}" for k, name in enumerate(who)]
    named = [bool(name) for name in who]
    for mistaken, least in ((recognised, -1), (parted, 1)):
        found = mistaken(animals, named, rate, np.random.default_rng(seed))
        kept = [a == b for a, b in zip(animals, found, strict=True)]
        assert all(same for same, known in zip(kept, named, strict=True) if not known)
        change = len(set(found)) - len(set(animals))
        assert change * least >= 0
        assert mistaken(animals, named, 0.0, np.random.default_rng(seed)) == animals
    if any(named):
        apart = parted(animals, named, 1.0, np.random.default_rng(seed))
        assert len(set(apart)) == len(apart)
