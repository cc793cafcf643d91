"""Decisions in real databases: nothing lost, nothing twice, everything shown as it was."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from reid.catalogue import Catalogue, core
from reid.errors import ConflictError, InputError, NotFoundError
from reid.identities import (
    Confirm,
    DecisionKind,
    Merge,
    NewIndividual,
    NoMatch,
    NotIdentifiable,
    PatternChanged,
    PatternWord,
    Reject,
    Rename,
    Split,
    Undo,
    Withdraw,
    subjects,
)
from reid.identities.event import Said

ASEL, BULAT = Said("Asel"), Said("Bulat")
IDS = "abcdef"
PROCESS = """
import sys
from pathlib import Path
from reid.catalogue import Catalogue
from reid.identities import NewIndividual
from reid.identities.event import Said

where, folder, who = sys.argv[1:]
with Catalogue.open(where, data_dir=Path(folder)) as catalogue:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(10):
        catalogue.decide(NewIndividual(), Said(who))
"""


@pytest.fixture
def known(catalogue, make):
    for i, name in enumerate(IDS):
        catalogue.save_sighting(make.sighting(name, seed=i + 1, files=1))
    return catalogue


def who(catalogue):
    return {s: i.name for i in catalogue.individuals() for s in i.sighting_ids}


def test_nobody_knows_who_confirmed_a_match_or_which_filters_it_used(known):
    """A complaint that must be impossible here."""
    shown = {
        "comparison": "c1",
        "result_sha256": "0" * 64,
        "candidates": ["a", "c"],
        "filters": {"station": "north", "flank": "left"},
    }
    seen = {subjects.sighting("a"): 0}
    said = Said("Asel", "rosettes behind the shoulder", shown, seen)
    event = known.decide(NewIndividual(("a",), "Aidar"), said)
    kept = known.event(event.number)
    assert kept == event
    unknown = {"kind": "comparison", "id": "c1", "source": "shown", "stored": False}
    assert kept.said == replace(said, shown={**shown, "answers": [unknown]})
    assert kept.kind is DecisionKind.NEW
    assert abs(kept.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert kept.told == {"sightings": ["a"], "name": "Aidar", "note": ""}


def test_reviewers_edits_lost(known):
    """A complaint: two see the same page; the second is told what the first did."""
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    page = known.versions([subjects.sighting("b"), subjects.individual(1)])
    first = Said("Bulat", seen=page)
    second = Said("Asel", seen={subjects.sighting("b"): 0})
    known.decide(Confirm("b", "Aidar"), first)
    with pytest.raises(ConflictError, match=r"sighting b changed since .* Bulat at .*confirm"):
        known.decide(NewIndividual(("b",), "Zere"), second)
    assert who(known) == {"a": "Aidar", "b": "Aidar"}
    assert [e.said.by for e in known.events()] == ["Asel", "Bulat"]


def test_of_many_who_saw_the_same_page_one_decides(known):
    def decide(number):
        seen = {subjects.sighting("a"): 0}
        try:
            known.decide(NewIndividual(("a",), f"N{number}"), Said(str(number), seen=seen))
        except ConflictError:
            return 0
        return 1

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(decide, range(12))) == 1
    assert len(known.events()) == len(known.individuals()) == 1


@pytest.mark.slow
def test_names_generated_twice(ready, known):
    """A complaint: threads and processes name animals at once."""
    place = ready[0] if isinstance(ready[0], str) else f"sqlite:///{ready[0]}/catalogue.db"
    folder = known.data_dir
    command = [sys.executable, "-c", PROCESS, place, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    root = Path(__file__).parents[2]
    others = [subprocess.Popen([*command, who], cwd=root, **pipes) for who in ("x", "y")]
    assert [process.stdout.readline() for process in others] == ["ready\n"] * 2
    for process in others:
        process.stdin.write("go\n")
        process.stdin.flush()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: known.decide(NewIndividual(), ASEL), range(10)))
    for process in others:
        process.communicate(timeout=60)
        assert process.returncode == 0
    found = known.individuals()
    assert len(found) == len({i.name for i in found}) == len({i.number for i in found}) == 30
    assert [e.number for e in known.events()] == list(range(1, 31))


def test_a_merge_that_fails_silently_or_leaves_duplicates(known):
    """A complaint: after a merge one is left, with all of it, or an error says why not."""
    known.decide(NewIndividual(("a", "b"), "Aidar"), ASEL)
    known.decide(NewIndividual(("c",), "Zere"), ASEL)
    merged = known.decide(Merge("Aidar", "Zere"), BULAT)
    assert [(i.name, i.sighting_ids) for i in known.individuals()] == [("Aidar", ("a", "b", "c"))]
    with pytest.raises(ConflictError, match="merged into 'Aidar'"):
        known.individual("Zere")
    with pytest.raises(ConflictError):
        known.decide(Merge("Aidar", "Zere"), BULAT)
    known.decide(Undo(merged.number), BULAT)
    assert who(known) == {"a": "Aidar", "b": "Aidar", "c": "Zere"}


def test_a_sighting_is_never_two_animals(known):
    known.enrol("a", "Aidar", by="Asel")
    with pytest.raises(ConflictError):
        known.decide(NewIndividual(("b", "a"), "Zere"), BULAT)
    assert [(i.name, i.sighting_ids) for i in known.individuals()] == [("Aidar", ("a",))]
    assert len(known.events()) == 1  # and what was refused left nothing
    assert known.decide(NewIndividual((), "Zere"), BULAT).number == 2


def test_any_past_state_can_be_shown(known, monkeypatch):
    steps = [
        NewIndividual(("a",), "Aidar"),
        Confirm("b", "Aidar"),
        Split("Aidar", ("b",), "Zere"),
        Rename("Zere", "Kunay"),
        Merge("Kunay", "Aidar"),
        Undo(5),
        NotIdentifiable("c"),
        Withdraw("b"),
    ]
    start, hour = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)
    then = []
    for number, step in enumerate(steps):
        monkeypatch.setattr("reid.catalogue.identity_log.now", lambda n=number: start + n * hour)
        known.decide(step, ASEL)
        then.append(known.individuals())
    assert known.individuals_at(0) == []
    for number, held in enumerate(then, 1):
        assert known.individuals_at(number) == held
        assert known.event_at(start + (number - 1) * hour) == number
        assert known.event_at(start + (number - 0.5) * hour) == number
    assert known.event_at(start - hour) == 0
    with pytest.raises(InputError, match="with a zone"):
        known.event_at(datetime(2026, 1, 1))


def test_a_clock_set_back_changes_no_order(known, monkeypatch):
    late = core.now() + timedelta(days=3)
    monkeypatch.setattr("reid.catalogue.identity_log.now", lambda: late)
    known.decide(NewIndividual((), "Aidar"), ASEL)
    monkeypatch.undo()
    known.decide(NewIndividual((), "Zere"), ASEL)
    assert [e.at for e in known.events()] == [late, late]


def test_a_history_of_one_animal_or_sighting(known):
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    known.decide(NewIndividual(("b",), "Zere"), ASEL)
    known.decide(Reject("a", "b"), ASEL)
    known.decide(NoMatch("c", "Aidar"), ASEL)
    known.decide(PatternChanged("Aidar", PatternWord.SCAR), ASEL)
    known.decide(Confirm("d", "Aidar"), ASEL)

    def about(*subject):
        return [e.number for e in known.events(about=subject)]

    assert about(subjects.sighting("a")) == [1, 3]
    assert about(subjects.individual(known.number_of("Aidar"))) == [1, 4, 5, 6]
    assert about(subjects.sighting("c")) == [4]
    assert known.events(after=4, limit=1)[0].number == 5


def test_mistakes_leave_nothing(known):
    for decision, said, error in [
        (NewIndividual((), "Aidar"), Said(" "), InputError),
        (NewIndividual((), "A\0"), ASEL, InputError),
        (Confirm("nobody", "Aidar"), ASEL, NotFoundError),
        (NewIndividual(), Said("Asel", shown={"llr": float("nan")}), InputError),
        (NewIndividual(), Said("Asel", shown={"all": "x" * 300_000}), InputError),
        (NewIndividual(), Said("Asel", seen={subjects.sighting("a"): 3}), ConflictError),
        (Undo(1), ASEL, NotFoundError),
    ]:
        with pytest.raises(error):
            known.decide(decision, said)
    with pytest.raises(NotFoundError, match="no event 1"):
        known.event(1)
    assert known.events() == known.individuals() == []


def random_decision(draw):
    names, ids = ["Aidar", "Zere", "Kunay", "L0002"], IDS
    name, other = draw.choice(names), draw.choice(names)
    some = tuple(draw.sample(ids, draw.randint(0, 3)))
    return draw.choice(
        [
            NewIndividual(some, draw.choice([None, name])),
            Confirm(draw.choice(ids), name),
            NotIdentifiable(draw.choice(ids)),
            Withdraw(draw.choice(ids)),
            Reject(draw.choice(ids), draw.choice(ids)),
            Merge(name, other),
            Split(name, some, draw.choice([None, other])),
            Rename(name, other),
            PatternChanged(name, PatternWord.GROWTH),
            NoMatch(draw.choice(ids)),
            Undo(draw.randint(1, 30)),
        ]
    )


@pytest.mark.slow
def test_made_again_from_nothing_it_is_the_same(known):
    draw = random.Random(7)
    taken = 0
    seen_all = [subjects.sighting(name) for name in IDS]
    while taken < 60:
        seen = known.versions(seen_all)
        try:
            taken += known.decide(random_decision(draw), Said("r", seen=seen)) is not None
        except InputError:
            continue
    before = known.individuals()
    assert known.check_identities() == ()
    assert known.rebuild_identities() == ()
    assert known.individuals() == before == known.individuals_at(taken)
    with known._writer.begin() as connection:
        connection.execute(text("UPDATE identity_facts SET version = 999 WHERE kind = 'sighting'"))
        connection.execute(text("DELETE FROM identity_facts WHERE kind = 'individual'"))
    assert known.individuals() != before
    wrong = known.check_identities()
    assert any("sighting" in name for name in wrong)
    assert known.rebuild_identities() == wrong
    assert known.individuals() == before


def test_opened_again_it_goes_on(ready, known):
    known.decide(NewIndividual(("a",), "Aidar"), ASEL)
    with Catalogue.open(ready[0], data_dir=ready[1]) as again:
        assert again.decide(Confirm("b", "Aidar"), BULAT).number == 2
    assert who(known) == {"a": "Aidar", "b": "Aidar"}
