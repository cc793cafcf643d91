"""What the machine had said when somebody decided: named by the door, else the last one stored."""

from __future__ import annotations

import pytest

from reid.catalogue.asked import Asked, Identifications
from reid.errors import InputError
from reid.identities import Confirm, Merge, NewIndividual, NoMatch, Reject, Rename, Undo, Withdraw
from reid.identities.event import Said
from reid.identities.shown import HIDDEN, LAST, SHOWN, answer_brief, answer_lines
from reid.review import Answer, OpenPair, Shares

MADE_WITH = {
    "bundle": {"name": "rosette-words", "version": "3", "sha256": "b" * 64},
    "weights": {"embedding": "e" * 16},
    "calibration": "c" * 64,
    "configuration": {"bundle": "rosette-words"},
    "code_version": "1.0",
}


@pytest.fixture
def known(catalogue, make):
    for number, name in enumerate("abcd"):
        catalogue.save_sighting(make.sighting(name, seed=number + 1, files=1))
    return catalogue


def asked(catalogue, sighting="a", *, prior=0.5, individual="Aidar", probability=0.93):
    """An answer, stored; its id."""
    looked = [
        {"individual": name, "llr": llr, "probability": share, "retrieval_rank": 1}
        for name, llr, share in (("Aidar", 5.2, probability), ("Zere", -2.0, 0.02))
    ]
    told = {"candidates": looked, "reasons": ["spots"]}
    kind = "individual" if individual else "inconclusive"
    answer = (kind, individual, probability, told, MADE_WITH)
    one = Asked(sighting, prior, 0.01, "rosette-words", *answer)
    return Identifications.of(catalogue).keep(one)


def answers(catalogue, decision, **shown):
    event = catalogue.decide(decision, Said("Asel", shown=shown))
    assert catalogue.event(event.number).said == event.said
    return event.said.shown["answers"]


def test_the_answer_that_was_on_the_screen_is_kept_whole_though_a_later_one_is_stored(known):
    looked_at = asked(known, prior=0.2)
    asked(known, prior=0.9, individual=None, probability=None)
    (kept,) = answers(known, NewIndividual(("a",), "Aidar"), identification=looked_at)
    assert (kept["kind"], kept["id"], kept["source"]) == ("identification", looked_at, SHOWN)
    assert kept["asked"] == {"prior_known": 0.2, "max_error": 0.01}
    assert (kept["said"], kept["individual"], kept["probability"]) == ("individual", "Aidar", 0.93)
    assert [(c["individual"], c["llr"]) for c in kept["candidates"]] == [
        ("Aidar", 5.2),
        ("Zere", -2.0),
    ]
    for name in ("bundle", "weights", "calibration", "code_version"):
        assert kept[name] == MADE_WITH[name]
    words = " ".join(answer_lines(kept))
    for said in ("Shown with the decision", "20 %", "Aidar, 93 %", "Zere (2 %", "b" * 12, "c" * 12):
        assert said in words


def test_where_no_answer_is_named_the_last_one_is_kept_as_such_or_none(known, make):
    assert answers(known, NewIndividual(("b",), "Zere")) == []
    compared = make.comparison([known.load_sighting("a"), known.load_sighting("c")])
    known.save_comparison(compared, {"prior_same": 0.3, "max_error": 0.01, "verdicts": []})
    (kept,) = answers(known, NoMatch("a"))
    assert (kept["kind"], kept["id"], kept["source"]) == ("comparison", "cmp-1", LAST)
    assert kept["asked"] == {"prior_same": 0.3, "max_error": 0.01}
    assert [(c["a"], c["b"], c["said"], c["llr"]) for c in kept["candidates"]] == [
        ("a", "c", "same", 5.25)
    ]
    assert "whether it was looked at is not known" in answer_lines(kept)[0]
    newer = asked(known)
    known.enrol("a", "Aidar", by="Asel")
    (kept,) = known.event(known.last_event()).said.shown["answers"]
    assert (kept["id"], kept["source"]) == (newer, LAST)
    (kept,) = answers(known, Reject("c", "a"))
    assert kept["id"] == "cmp-1", "of two told apart it is what compared the two"
    known.enrol("d", "Aidar", by="Asel", shown={"identification": "0" * 16})
    (kept,) = known.event(known.last_event()).said.shown["answers"]
    assert kept == {"kind": "identification", "id": "0" * 16, "source": SHOWN, "stored": False}
    assert answer_brief({"answers": []}) == "no stored answer"


def test_what_rests_on_no_pictures_has_no_answers(known):
    asked(known)
    known.decide(NewIndividual(("a",), "Aidar"), Said("Asel"))
    known.decide(NewIndividual(("b",), "Zere"), Said("Asel"))
    for decision in (Rename("Zere", "Kunay"), Merge("Aidar", "Kunay"), Undo(4), Withdraw("a")):
        assert known.decide(decision, Said("Asel", "a reason")).said.shown == {}


def test_answers_are_the_catalogues_and_of_the_sightings_that_are_decided(known):
    other = asked(known, "c")
    known.decide(NewIndividual(("b",), "Zere"), Said("Asel"))
    for shown, why in (({"answers": []}, "filled in"), ({"identification": other}, "is of c")):
        with pytest.raises(InputError, match=why):
            known.decide(Confirm("a", "Zere"), Said("Asel", shown=shown))
    assert known.last_event() == 1


def test_many_sightings_keep_many_answers_the_first_whole(catalogue, make):
    names = [f"s{number:02}" for number in range(24)]
    for number, name in enumerate(names):
        catalogue.save_sighting(make.sighting(name, seed=number + 1, files=1, size=40))
    ids = [asked(catalogue, name) for name in names]
    kept = answers(catalogue, NewIndividual(tuple(names), "Aidar"))
    assert [one["id"] for one in kept] == ids
    assert ["candidates" in one for one in kept] == [True] * 20 + [False] * 4


def test_a_reading_says_whether_the_machine_s_opinion_was_seen(known, make):
    compared = make.comparison([known.load_sighting("a"), known.load_sighting("b")])
    known.save_comparison(compared, {"verdicts": []})
    known.note_evidence([OpenPair("a", "b", 1.0, "inconclusive", "cmp-1")])
    item = known.next_item("Asel", shares=Shares(0, 0))
    for source in (HIDDEN, SHOWN):  # after the answer it is shown, so the second one knows it
        done = known.answer_item(item.id, Answer.SAME, by="Asel")
        (kept,) = known.event(done.event).said.shown["answers"]
        assert (kept["id"], kept["source"]) == ("cmp-1", source)
        item = known.take_back_answer(item.id, by="Asel")
