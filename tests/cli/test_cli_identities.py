"""Decisions and review from the command line, over a real catalogue."""

import csv
import json

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.asked import Asked, Identifications
from reid.cli.exits import Exit
from reid.review import OpenPair
from reid.types import Sighting, SightingMedia


@pytest.fixture
def data(tmp_path):
    with Catalogue.open(tmp_path / "data") as catalogue:
        for name in ("sep", "nov", "dec", "jan"):
            catalogue.save_sighting(Sighting(name, (SightingMedia("x.jpg", name.encode()),)))
    return tmp_path / "data"


@pytest.fixture
def say(reid, data):
    """Run a command as Asel; its answer as JSON, or its error."""

    def run(*arguments, by="Asel", status=Exit.ANSWERED, as_json=True):
        said = [*arguments, "--data-dir", data, *(["--by", by] if by else [])]
        done = reid(*said, *(["--json"] if as_json else []))
        assert done.exit_code == status, done.stderr
        if status != Exit.ANSWERED or not as_json:
            return done.stderr if status != Exit.ANSWERED else done.stdout
        return json.loads(done.stdout)

    return run


def who(say, *more):
    told = say("identities", "list", *more, by="")["individuals"]
    return {one["name"]: one["sightings"] for one in told}


@pytest.mark.slow
def test_the_whole_road(say):
    assert say("identities", "new", "sep", "nov", "--name", "Aidar")["event"] == 1
    assert "L0002" in say("identities", "new", "dec", as_json=False)
    say("identities", "confirm", "jan", "L0002", "--why", "same rosette", by="Bulat")
    say("identities", "rename", "L0002", "Zere")
    say("identities", "reject", "sep", "dec")
    looked = say("identities", "merge", "Aidar", "Zere")
    assert looked["event"] is None
    assert [c["kind"] for c in looked["preview"]["contradictions"]] == ["rejected"]
    assert who(say) == {"Aidar": ["nov", "sep"], "Zere": ["dec", "jan"]}
    assert say("identities", "merge", "Aidar", "Zere", "--yes")["event"] == 6
    assert who(say) == {"Aidar": ["dec", "jan", "nov", "sep"]}
    assert say("identities", "contradictions", "Aidar", by="")["contradictions"][0]["event"] == 5
    assert say("identities", "undo", 6)["kind"] == "undo"
    assert who(say) == {"Aidar": ["nov", "sep"], "Zere": ["dec", "jan"]}
    assert who(say, "--event", 2) == {"Aidar": ["nov", "sep"], "L0002": ["dec"]}
    assert who(say, "--at", "2020-01-01T00:00:00Z") == {}
    told = say("identities", "history", "--individual", "Zere", by="")["events"]
    assert [(e["number"], e["by"]) for e in told][:3] == [(2, "Asel"), (3, "Bulat"), (4, "Asel")]
    assert say("identities", "check", by="") == {"differing": [], "rebuilt": False}


def test_a_decision_names_the_answer_that_it_rests_on_or_keeps_the_last_one(say, data):
    with Catalogue.open(data) as catalogue:
        kept = Identifications.of(catalogue)
        told = {"candidates": [{"individual": "Aidar", "llr": 3.0, "probability": 0.9}]}
        ids = [
            kept.keep(Asked("nov", prior, 0.01, "b", "individual", "Aidar", 0.9, told, {}))
            for prior in (0.2, 0.8)
        ]
    say("identities", "new", "sep", "--name", "Aidar")
    say("identities", "confirm", "nov", "Aidar", "--answer", ids[0])
    say("identities", "no-match", "dec")
    say("identities", "reject", "nov", "dec")
    shown = [e["shown"]["answers"] for e in say("identities", "history", by="")["events"]]
    assert [[(a["id"], a["source"]) for a in answers] for answers in shown] == [
        *([], [(ids[0], "shown")], [], [(ids[1], "last stored answer")]),
    ]
    table = " ".join(say("identities", "history", as_json=False, by="").split())
    assert "no stored" in table
    wrong = say("identities", "no-match", "jan", "--answer", "c0ffee", status=Exit.BAD_INPUT)
    assert "expected the id of a stored identification or comparison" in wrong
    other = say("identities", "no-match", "jan", "--answer", ids[0], status=Exit.BAD_INPUT)
    assert "is of nov" in other


def test_every_decision_has_a_command(say):
    say("identities", "new", "sep", "nov", "--name", "Aidar")
    say("identities", "not-identifiable", "dec")
    say("identities", "withdraw", "dec")
    say("identities", "no-match", "dec", "Aidar")
    say("identities", "no-match", "jan")
    say("identities", "pattern-change", "Aidar", "scar", "--since", "2025-05-01")
    say("identities", "split", "Aidar", "nov", "--name", "Zere", "--yes")
    kinds = [e["kind"] for e in say("identities", "history", by="")["events"]]
    assert kinds == [
        *("new-individual", "not-identifiable", "withdraw", "no-match", "no-match"),
        *("pattern-change", "split"),
    ]
    assert say("identities", "confirm", "nov", "Zere")["event"] is None
    split = say("identities", "history", by="")["events"][-1]["shown"]
    assert split == {"contradictions": [], "verdicts": [], "verdicts_left_out": 0, "answers": []}


def test_a_conflict_says_who_and_changes_nothing(say):
    say("identities", "new", "sep", "--name", "Aidar", by="Bulat")
    told = say("identities", "new", "sep", "--name", "Zere", status=Exit.BAD_INPUT)
    assert "is 'Aidar' (event 1)" in told
    told = say("identities", "rename", "Aidar", "Zere", "--seen", "Aidar=0", status=Exit.BAD_INPUT)
    assert "Bulat" in told
    say("identities", "rename", "Aidar", "Zere", "--seen", "Aidar=1")
    told = say("identities", "undo", 1, status=Exit.BAD_INPUT)
    assert "events 2 depend on it" in told
    for wrong in ("Aidar", "Aidar=x", "=3"):
        say("identities", "withdraw", "sep", "--seen", wrong, status=Exit.BAD_INPUT)
    assert who(say) == {"Zere": ["sep"]}


def test_tables_for_people(say):
    say("identities", "new", "sep", "--name", "Aidar", "--why", "rosettes")
    assert "Aidar" in say("identities", "list", by="", as_json=False)
    told = say("identities", "history", by="", as_json=False)
    assert "rosettes" in told
    say("identities", "new", "nov", "--name", "Zere")
    told = say("identities", "merge", "Aidar", "Zere", as_json=False)
    assert "nov: Zere -> Aidar" in told
    assert "Nothing was changed" in told


def test_an_export_is_remembered(say, tmp_path):
    say("identities", "new", "sep", "nov", "--name", "Aidar")
    table = tmp_path / "out.csv"
    say("identities", "export", table, as_json=False)
    rows = list(csv.DictReader(table.open()))
    assert [(r["eventID"], r["individualID"], r["classifiedBy"]) for r in rows] == [
        ("nov", "Aidar", "Asel"),
        ("sep", "Aidar", "Asel"),
    ]
    (told,) = say("identities", "split", "Aidar", "nov")["preview"]["exports"]
    assert (told["name"], told["sightings"]) == ("out.csv", ["nov"])


def test_review(say, data):
    with Catalogue.open(data) as catalogue:
        catalogue.note_evidence([OpenPair("dec", "jan", 0.2, "inconclusive", "b", ("dark",))])
    assert say("review", "queue", by="")["queue"][0]["reasons"] == ["dark"]
    assert "dec" in say("review", "queue", by="", as_json=False)
    item = say("review", "next")["item"]
    assert item["id"] in say("review", "next", as_json=False)
    say("review", "answer", item["id"], "perhaps", status=Exit.BAD_INPUT)
    assert say("review", "answer", item["id"], "same")["event"] == 1
    assert say("review", "next")["item"] is None
    assert say("review", "rates", by="")["reviewers"][0]["readings"] == 1
    assert "the machine" in say("review", "rates", by="", as_json=False)
    assert who(say) == {"L0001": ["dec", "jan"]}
