"""Review on real databases: what is handed out, what answers become, who is wrong how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pytest

from reid.catalogue.doubting import Doubt, Doubts
from reid.errors import ConflictError, InputError, NotFoundError
from reid.identities import (
    DecisionKind,
    Merge,
    NewIndividual,
    NoMatch,
    NotIdentifiable,
    PatternChanged,
    PatternWord,
    Reject,
    Rename,
    Undo,
)
from reid.identities.event import Said
from reid.review import Answer, OpenPair, Shares
from reid.types import PairVerdict, VerdictKind

IDS = "abcdefgh"
SAME, DIFFERENT, UNSURE = Answer.SAME, Answer.DIFFERENT, Answer.CANNOT_TELL
OPEN = Shares(0, 0)
ASEL = Said("Asel")


def pair(names, llr=0.0, kind="inconclusive"):
    return OpenPair(names[0], names[1], llr, kind, "batch 1", ("somewhat alike",))


@pytest.fixture
def known(catalogue, make):
    for i, name in enumerate(IDS):
        catalogue.save_sighting(make.sighting(name, seed=i + 1, files=1))
    return catalogue


def queue(catalogue):
    return ["".join(sorted(r.pair.a + r.pair.b)) for r in catalogue.review_queue()]


def ask(catalogue, who, shares=OPEN, *draws):
    drawn = cycle(draws or (0.0,))
    return catalogue.next_item(who, shares=shares, draw=lambda: next(drawn))


def names(item):
    return "".join(sorted(item.a + item.b))


def test_the_most_telling_pair_comes_first(known):
    known.note_evidence([pair("ab", 4.0), pair("cd", 0.2), pair("ef", -2.0)])
    assert queue(known) == ["cd", "ef", "ab"]
    item = ask(known, "Asel")
    assert names(item) == "cd"
    assert item.reasons == ("somewhat alike",)
    assert item.probability == pytest.approx(0.55, abs=0.01)
    assert ask(known, "Asel") == item  # asked again, it is the same until it is answered
    assert names(ask(known, "Bulat")) == "ef"  # and nobody else gets it meanwhile
    assert known.review_item(item.id) == item


def test_answers_are_decisions_at_once(known):
    known.note_evidence([pair("ab"), pair("bc"), pair("de", 3.0)])
    item = ask(known, "Asel")
    assert names(item) == "ab"
    done = known.answer_item(item.id, SAME, by="Asel", why="the same rosette")
    event = known.event(done.event)
    assert event.kind is DecisionKind.NEW
    assert event.said.shown["review_item"] == item.id
    assert event.said.shown["source"] == "batch 1"
    assert known.individuals_of("ab") == {"a": "L0001", "b": "L0001"}
    item = ask(known, "Asel")
    assert names(item) == "bc"
    known.answer_item(item.id, DIFFERENT, by="Asel")
    assert queue(known) == ["de"]
    known.answer_item(ask(known, "Asel").id, SAME, by="Asel")
    assert ask(known, "Asel") is None
    known.decide(Undo(done.event), ASEL)
    assert "ab" in queue(known)


def test_a_known_individual_gets_the_other_sighting(known):
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    known.note_evidence([pair("ab", 1.0)])
    done = known.answer_item(ask(known, "Bulat").id, SAME, by="Bulat")
    assert known.event(done.event).kind is DecisionKind.CONFIRM
    assert known.individuals_of("b") == {"b": "Aidar"}


def test_one_of_two_individuals_is_merged_only_after_a_look(known):
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    known.decide(NewIndividual(("b",), "Zere"), ASEL)
    known.note_evidence([pair("ab", 1.0)])
    item = ask(known, "Bulat")
    done = known.answer_item(item.id, SAME, by="Bulat")
    assert done.event is None
    assert sorted(done.merge) == ["Aidar", "Zere"]
    assert [sorted(m[:2]) for m in known.merges_to_look_at()] == [["Aidar", "Zere"]]
    assert ask(known, "Bulat") is None
    known.decide(Merge("Aidar", "Zere"), Said("Bulat"))
    assert known.merges_to_look_at() == []


def test_reviewers_edits_lost_between_two_pages(known):
    """A complaint: what was shown is not so any more when the answer comes."""
    known.note_evidence([pair("ab")])
    item = ask(known, "Asel")
    known.decide(NewIndividual(("b", "c"), "Zere"), Said("Bulat"))
    with pytest.raises(ConflictError, match=r"sighting b changed.*Bulat.*new-individual"):
        known.answer_item(item.id, SAME, by="Asel")
    assert known.individuals_of("ab") == {"b": "Zere"}
    fresh = ask(known, "Asel")
    assert fresh.id != item.id
    known.answer_item(fresh.id, SAME, by="Asel")
    assert known.individuals_of("ab") == {"a": "Zere", "b": "Zere"}


def test_answering_twice_does_nothing_twice(known):
    known.note_evidence([pair("ab")])
    item = ask(known, "Asel")
    first = known.answer_item(item.id, SAME, by="Asel")
    assert known.answer_item(item.id, SAME, by="Asel") == first
    with pytest.raises(ConflictError, match="undo event 1"):
        known.answer_item(item.id, DIFFERENT, by="Asel")
    with pytest.raises(InputError, match="handed to 'Asel'"):
        known.answer_item(item.id, SAME, by="Bulat")
    with pytest.raises(NotFoundError):
        known.answer_item("nothing", SAME, by="Asel")
    assert len(known.events()) == 1


def test_a_second_reading_is_blind(known):
    known.note_evidence([pair("ab")])
    shares = Shares(second=1.0, planted=0)
    first = ask(known, "Asel", shares)
    known.answer_item(first.id, SAME, by="Asel", why="SECRET")
    assert ask(known, "Asel", shares) is None  # nobody reads after themselves
    second = ask(known, "Bulat", shares)
    told = {key: getattr(second, key) for key in ("probability", "reasons", "comparison")}
    assert told == {key: getattr(first, key) for key in told}
    assert "SECRET" not in repr(second)
    assert "L0001" not in repr(second)
    before = known.events()
    known.answer_item(second.id, DIFFERENT, by="Bulat")
    assert known.events() == before  # a second reading decides nothing, it is counted
    assert known.disagreements() == [("a", "b")]
    asel, bulat = known.review_rates()[0]
    assert (asel.disagreed.wrong, bulat.disagreed.wrong) == (1, 1)


def test_planted_pairs_look_like_any_other_and_measure(known):
    known.decide(NewIndividual(("a", "b"), "Aidar"), ASEL)
    known.decide(NewIndividual(("c",), "Zere"), ASEL)
    known.decide(NewIndividual(("d",), "Kunay"), ASEL)
    known.decide(Reject("a", "c"), ASEL)
    alike = [pair("ab", 5.0, "same"), pair("ac", 5.0, "same"), pair("ad", 5.0, "same")]
    known.note_evidence([*alike, pair("bc", -3.0), pair("ef")])  # a and d are an open question
    shares = Shares(second=0, planted=1.0)
    assert names(ask(known, "Asel", shares)) == "ef"  # what Asel confirmed does not test Asel
    seen, truths = Counter(), {"ab": SAME, "ac": DIFFERENT, "bc": DIFFERENT}
    for draws in ((0.0, 0.0), (0.0, 0.9, 0.0), (0.0, 0.9, 0.9)):
        item = ask(known, "Bulat", shares, *draws)
        assert set(item.__slots__) == {
            *("id", "reviewer", "at", "a", "b", "probability", "reasons", "comparison"),
            *("blind", "opened", "answered"),
        }
        seen[names(item)] += 1
        before = known.events()
        known.answer_item(item.id, SAME, by="Bulat")
        assert known.events() == before
    assert seen == Counter(truths.keys())  # each once
    people, machine = known.review_rates()
    (bulat,) = people
    assert (bulat.planted.wrong, bulat.planted.answers) == (2, 3)
    assert (bulat.wrong_same.wrong, bulat.wrong_same.answers) == (2, 2)
    assert bulat.wrong_same.low > 0.15
    assert (machine.wrong_same.wrong, machine.wrong_same.answers) == (1, 2)


def test_what_nobody_can_tell_is_not_asked_again_and_again(known):
    known.note_evidence([pair("ab"), pair("cd", 1.0)])
    known.answer_item(ask(known, "Asel").id, UNSURE, by="Asel")
    assert queue(known) == ["cd", "ab"]
    known.answer_item(ask(known, "Asel").id, UNSURE, by="Asel")
    assert ask(known, "Asel") is None
    assert ask(known, "Bulat") is not None


def test_what_is_decided_otherwise_is_not_asked(known):
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    known.note_evidence([pair("ab"), pair("cd"), pair("ae")])
    known.decide(NoMatch("b"), ASEL)
    known.decide(NotIdentifiable("c"), ASEL)
    known.decide(NoMatch("e", "Aidar"), ASEL)
    assert queue(known) == []


def test_a_changed_coat_is_not_asked_as_a_difference(known):
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    known.note_evidence([pair("ab", -1.0), pair("ac", 1.0)])
    assert set(queue(known)) == {"ab", "ac"}
    known.decide(PatternChanged("Aidar", PatternWord.SCAR), ASEL)
    assert queue(known) == ["ac"]


def test_verdicts_of_comparisons_are_asked_too(known, make):
    verdict = PairVerdict("a", "b", VerdictKind.SAME, 0.9, 2.0, (), ("spot by spot",))
    made = make.comparison([known.load_sighting(name) for name in "ab"])
    known.save_comparison(
        replace(made, verdicts=(verdict,)),
        {"verdicts": [{"a": "b", "b": "a", "reasons": ["spot by spot"]}]},
    )
    item = ask(known, "Asel")
    assert (names(item), item.reasons, item.comparison) == ("ab", ("spot by spot",), "cmp-1")
    known.note_evidence([pair("ab", 3.0, "inconclusive")])  # found later: it counts
    assert known.review_queue()[0].pair.llr == 3.0
    older = replace(made, id="old", verdicts=(replace(verdict, direct_llr=9.0),))
    known.save_comparison(replace(older, created_at=made.created_at - timedelta(9)), {})
    assert known.review_queue()[0].pair.llr == 3.0


def test_evidence_on_what_is_not_stored_is_refused(known):
    with pytest.raises(NotFoundError):
        known.note_evidence([pair("ab"), pair("az")])
    with pytest.raises(InputError, match="with itself"):
        known.note_evidence([pair("aa")])
    assert queue(known) == []


def until(known, who, blind):
    """A pair that is judged blind, or is not: chance decides, so others are skipped."""
    for _ in range(200):
        item = ask(known, who)
        if item.blind is blind:
            return item
        known.skip_item(item.id, by=who)
    raise AssertionError("chance never did")


def test_the_opinion_is_hidden_until_it_is_asked_for_or_answered(known):
    known.note_evidence([pair("ab", 1.0, "same")])
    item = until(known, "Asel", blind=False)
    hidden = item.before_the_answer()
    assert (hidden.probability, hidden.reasons) == (None, ())
    with pytest.raises(ConflictError, match="by eye"):
        known.open_opinion(item.id, by="Asel", before_answer=False)
    with pytest.raises(InputError, match="handed to 'Asel'"):
        known.open_opinion(item.id, by="Bulat")
    opened = known.open_opinion(item.id, by="Asel")
    assert opened.opened
    assert opened.before_the_answer().reasons == ("somewhat alike",)
    assert known.review_item(item.id) == opened
    known.answer_item(item.id, DIFFERENT, by="Asel")
    assert known.review_item(item.id).answered is DIFFERENT
    assert known.review_rates()[1].refuted_same.answers == 0  # the opinion was seen before


def test_a_blind_pair_stays_blind_until_it_is_answered(known):
    known.note_evidence([pair("ab", 1.0, "same")])
    item = until(known, "Asel", blind=True)
    with pytest.raises(ConflictError, match="by eye"):
        known.open_opinion(item.id, by="Asel")
    known.answer_item(item.id, DIFFERENT, by="Asel")
    shown = known.review_item(item.id).before_the_answer()
    assert shown.probability == pytest.approx(0.73, abs=0.01)
    refuted = known.review_rates()[1].refuted_same
    assert (refuted.wrong, refuted.answers) == (1, 1)


def test_second_readings_and_planted_pairs_are_always_blind_and_some_open_questions(known):
    known.note_evidence([pair("ab"), pair("cd", 1.0), pair("ef", 2.0)])
    assert {until(known, "Asel", blind=b).blind for b in (True, False)} == {True, False}
    known.answer_item(until(known, "Asel", blind=False).id, SAME, by="Asel")
    assert ask(known, "Bulat", Shares(second=1.0, planted=0)).blind
    assert ask(known, "Dana", Shares(second=0, planted=1.0)).blind


def test_a_skipped_pair_comes_when_nothing_else_is_left(known):
    known.note_evidence([pair("ab"), pair("cd", 2.0)])
    item = ask(known, "Asel")
    assert names(item) == "ab"
    known.skip_item(item.id, by="Asel")
    assert names(ask(known, "Bulat")) == "ab"  # others may have it at once
    second = ask(known, "Asel")
    assert names(second) == "cd"
    known.answer_item(second.id, DIFFERENT, by="Asel")
    assert ask(known, "Asel") is None  # Bulat has it
    with pytest.raises(ConflictError, match="is answered"):
        known.skip_item(second.id, by="Asel")
    with pytest.raises(InputError, match="handed to"):
        known.skip_item(item.id, by="Bulat")
    known.skip_item(ask(known, "Bulat").id, by="Bulat")
    assert names(ask(known, "Asel")) == "ab"


@pytest.mark.slow
def test_an_answer_taken_back_is_undone_counts_nowhere_and_is_asked_again(known):
    known.note_evidence([pair("ab"), pair("cd", 3.0)])
    item = ask(known, "Asel")
    done = known.answer_item(item.id, SAME, by="Asel")
    again = known.take_back_answer(item.id, by="Asel", why="wrong key")
    assert known.individuals_of("ab") == {}
    undo = known.events()[-1]
    assert (undo.kind, undo.told["event"], undo.said.why) == (DecisionKind.UNDO, 1, "wrong key")
    assert names(again) == "ab"
    assert again.opened  # the answer showed what the machine thinks
    assert ask(known, "Asel") == again
    assert known.review_rates()[0] == []
    with pytest.raises(ConflictError, match="taken back already"):
        known.take_back_answer(item.id, by="Asel")
    with pytest.raises(ConflictError, match="was taken back; ask for the next"):
        known.answer_item(item.id, SAME, by="Asel")
    known.answer_item(again.id, DIFFERENT, by="Asel")
    assert known.review_rates()[0][0].readings == 1
    assert done.event == 1


def test_an_answer_that_later_decisions_rest_on_is_not_taken_back(known):
    known.note_evidence([pair("ab")])
    item = ask(known, "Asel")
    known.answer_item(item.id, SAME, by="Asel")
    known.decide(Rename("L0001", "Zere"), Said("Bulat"))
    with pytest.raises(ConflictError, match="events 2 depend on it"):
        known.take_back_answer(item.id, by="Asel")
    assert known.review_item(item.id).answered is SAME
    assert known.review_rates()[0][0].readings == 1
    known.note_evidence([pair("cd")])
    fresh = ask(known, "Asel").id
    with pytest.raises(ConflictError, match="is not answered"):
        known.take_back_answer(fresh, by="Asel")


def test_what_somebody_else_undid_is_not_undone_twice(known):
    known.note_evidence([pair("ab")])
    item = ask(known, "Asel")
    done = known.answer_item(item.id, SAME, by="Asel")
    known.decide(Undo(done.event), Said("Bulat"))
    assert names(known.take_back_answer(item.id, by="Asel")) == "ab"
    assert len(known.events()) == 2


def test_a_reading_of_a_second_time_is_taken_back_without_a_decision(known):
    known.note_evidence([pair("ab")])
    known.answer_item(ask(known, "Asel").id, SAME, by="Asel")
    second = ask(known, "Bulat", Shares(second=1.0, planted=0))
    known.answer_item(second.id, DIFFERENT, by="Bulat")
    assert known.disagreements() == [("a", "b")]
    again = known.take_back_answer(second.id, by="Bulat")
    assert known.disagreements() == []
    assert names(again) == "ab"
    assert len(known.events()) == 1


def test_progress_says_what_is_left_and_what_answers_are_worth(known):
    known.note_evidence([pair("ab"), pair("cd", 9.0), pair("ef", 1.0)])
    before = known.review_progress("Asel")
    assert (before.open_pairs, before.telling, before.own_today) == (3, 2, 0)
    assert before.bits == pytest.approx(1 + 0.84, abs=0.01)
    assert before.next_bits == before.bits
    item = ask(known, "Asel")
    known.answer_item(item.id, DIFFERENT, by="Asel")
    after = known.review_progress("Asel")
    assert (after.open_pairs, after.telling, after.own, after.own_today) == (2, 1, 1, 1)
    known.take_back_answer(item.id, by="Asel")
    assert known.review_progress("Asel") == before


def test_likely_others_of_a_sighting_likeliest_first(known, make):
    known.note_evidence([pair("ab", 1.0), pair("ca", 3.0), pair("bd", 9.0)])
    assert [p.llr for p in known.likely("a")] == [3.0, 1.0]
    assert [p.llr for p in known.likely("a", limit=1)] == [3.0]
    with pytest.raises(NotFoundError):
        known.likely("z")


@pytest.mark.parametrize(
    "parted",
    [Reject("a", "c"), NoMatch("a", "Ada"), NoMatch("a")],
    ids=["from another of them", "from the individual", "from everybody known"],
)
def test_a_doubt_about_those_whom_people_parted_is_read_blind_and_names_nobody(known, parted):
    known.decide(NewIndividual(("b", "c"), "Ada"), ASEL)
    event = known.decide(parted, ASEL).number
    doubts = Doubts.of(known)
    assert doubts.believed([("a", "b")]) == {("a", "b"): "different"}
    doubts.put("next 1", [Doubt("a", "b", 0, "same", "inconclusive", 0.0)])
    item = ask(known, "Bota")
    assert (names(item), item.blind) == ("ab", True)
    assert known.answer_item(item.id, SAME, by="Bota").event is None
    assert (known.last_event(), known.individuals_of(["a"])) == (event, {})
    assert known.disagreements() == [("a", "b")]
