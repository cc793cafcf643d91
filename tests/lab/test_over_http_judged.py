"""What was said that would change, held against what a service answered under each bundle."""

from copy import deepcopy

import pytest

from reid.client.results import Candidate, Identification
from reid.consequences.changes import (
    IDENTIFICATION,
    VERDICT,
    Change,
    Said,
    change_json,
    what_changed,
)
from training.lab.over_http_judged import TOLERANCE, answered, checked
from training.lab.over_http_told import _consequences


def named(kind, probability, individual, **ranks):
    """As the walk keeps an answer; ``ranks`` likeliest first."""
    said = {"kind": kind, "probability": probability, "individual": individual}
    return said | {"best": next(iter(ranks), None), "ranks": ranks, "place": 1}


BEFORE = {
    "verdicts": {
        "a|b": {"verdict": "same", "probability": 0.995},
        "a|c": {"verdict": "different", "probability": 0.004},
        "b|c": {"verdict": "not comparable", "probability": None},
    },
    "named": {
        "q": named("inconclusive", 0.6, None, Ada=1, Bo=2),
        "r": named("individual", 0.99, "Bo", Bo=1),
        "s": named("inconclusive", 0.3, None, Bo=1, Ada=2),
        "t": named("not comparable", None, None),
    },
}
AFTER = {
    "verdicts": {
        "a|b": {"verdict": "inconclusive", "probability": 0.7},
        "a|c": {"verdict": "different", "probability": 0.006},
        "b|c": {"verdict": "not comparable", "probability": None},
    },
    "named": {
        "q": named("individual", 0.99, "Bo", Bo=1, Ada=3),
        "r": named("individual", 0.97, "Bo", Bo=1),
        "s": named("inconclusive", 0.31, None, Bo=4, Ada=2),
        "t": named("not comparable", None, None),
    },
}


def said(answer, watched):
    rank = answer["ranks"].get(watched)
    told = {"individual": answer["individual"], "best": answer["best"], "rank": rank}
    return Said(answer["kind"], answer["probability"], **told)


def lines():
    """The consequences of these answers, by the rules of the report itself."""
    found = []
    for pair, old in BEFORE["verdicts"].items():
        both = [Said(*one.values()) for one in (old, AFTER["verdicts"][pair])]
        found.append(Change(VERDICT, "1", *pair.split("|"), *both))
    for name, old in BEFORE["named"].items():
        both = [said(one, old["best"]) for one in (old, AFTER["named"][name])]
        found.append(Change(IDENTIFICATION, "2", name, "b", *both))
    moved = [one for one in found if what_changed(one.about, one.before, one.after, TOLERANCE)]
    return {"changes": [change_json(one) for one in moved]}


def test_what_is_said_right_is_found_right():
    assert checked(lines(), BEFORE, AFTER) == {
        "verdicts": {"lines": 1, "wrong": [], "missing": []},
        "named": {"lines": 2, "wrong": [], "missing": []},  # q is named, s has another place
    }


@pytest.mark.parametrize(
    "spoilt",
    [
        {"individual": "Ada"},
        {"best": "Ada"},
        {"rank": 2},
        {"probability": 0.9},
        {"probability": None},
        {"kind": "new"},
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_line_on_who_somebody_is_that_says_something_else_is_wrong(spoilt, when):
    told = lines()
    line = next(one for one in told["changes"] if one["a"] == "q")
    (name, value), *_ = spoilt.items()
    if line[when][name] == value:
        value = "Cy"
    line[when][name] = value
    found = checked(told, BEFORE, AFTER)
    assert (found["named"]["wrong"], found["verdicts"]["wrong"]) == (["q"], [])


def test_a_question_that_moved_without_a_line_is_missing_and_one_nobody_asked_is_wrong():
    told = lines()
    told["changes"] = [one for one in told["changes"] if one["a"] not in ("a", "q")]
    found = checked(told, BEFORE, AFTER)
    assert (found["named"]["missing"], found["verdicts"]["missing"]) == (["q"], ["a|b"])
    told = lines()
    told["changes"].append({**told["changes"][-1], "a": "nobody asked"})
    assert checked(told, BEFORE, AFTER)["named"]["wrong"] == ["nobody asked"]


def test_what_moves_by_no_more_than_the_tolerance_needs_no_line():
    after = deepcopy(AFTER)
    after["named"]["r"]["probability"] = 0.99 - TOLERANCE
    assert checked(lines(), BEFORE, after)["named"]["missing"] == []
    after["named"]["r"]["probability"] -= 0.001
    assert checked(lines(), BEFORE, after)["named"]["missing"] == ["r"]


def test_the_words_count_both_kinds_of_lines():
    counts = {"changed_verdicts": 1, "verdicts": 3, "changed_identifications": 2}
    counts |= {"identifications": 4, "contradict_people": 0, "for_review": 1}
    found = {"consequences": counts, "consequences_wrong": checked(lines(), BEFORE, AFTER)}
    words = " ".join(_consequences(found).split())
    assert "Its lines, 1 on pairs and 2 on who somebody is, and all" in words
    assert words.endswith("all of them say what was answered.")
    found["consequences_wrong"]["named"]["missing"] = ["q"]
    assert "all but 1 of them say" in _consequences(found)


def test_what_is_kept_of_an_answer():
    one = Candidate(
        individual="Ada",
        sighting_ids=("a",),
        llr=2.0,
        probability=0.9,
        retrieval_rank=3,
        ranks={},
        reasons=(),
    )
    empty = dict.fromkeys(Identification.model_fields)
    told = {**empty, "kind": "individual", "individual": "Ada", "probability": 0.9}
    answer = Identification.model_construct(**{**told, "candidates": (one,)})
    wanted = named("individual", 0.9, "Ada", Ada=3)
    assert answered(answer) == {key: wanted[key] for key in wanted if key != "place"}
