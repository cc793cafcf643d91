"""Merges and splits before they are taken: everything that changes, everything against it."""

import importlib.util
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.errors import ConflictError
from reid.identities import (
    Merge,
    NewIndividual,
    NoMatch,
    PatternChanged,
    PatternWord,
    Reject,
    Split,
    Undo,
)
from reid.identities.event import Said
from reid.pipeline.previewing import contradictions, preview
from reid.types import CandidateTime, PairVerdict, Sighting, SightingMedia, VerdictKind

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"
ASEL = Said("Asel")
START = datetime(2025, 5, 1, 12)
PLACES = {"a": (43.0, 55.0), "b": (43.0, 55.0), "c": (43.0, 56.5), "d": (43.0, 55.0)}
HOURS = {"a": 0, "b": 480, "c": 1, "d": 2000}


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def known(tmp_path):
    """a, b are Aidar; c, d are Zere; c was an hour after a, 120 km away."""
    with Catalogue.open(tmp_path) as catalogue:
        for name, place in PLACES.items():
            times = (CandidateTime(START + timedelta(hours=HOURS[name])),)
            media = (SightingMedia("x.jpg", name.encode()),)
            catalogue.save_sighting(Sighting(name, media, f"at {place}", times, place))
        catalogue.decide(NewIndividual(("a", "b"), "Aidar"), ASEL)
        catalogue.decide(NewIndividual(("c", "d"), "Zere"), ASEL)
        yield catalogue


def judged(catalogue, make, number, **pairs):
    """A stored comparison with these verdicts: ``ab="same"``."""
    ids = sorted({name for pair in pairs for name in pair})
    verdicts = tuple(
        PairVerdict(p[0], p[1], VerdictKind(kind), 0.5, 1.0, (), ("because",))
        for p, kind in pairs.items()
    )
    made = make.comparison([catalogue.load_sighting(name) for name in ids], name=f"c{number}")
    made = replace(made, verdicts=verdicts, created_at=made.created_at + timedelta(days=number))
    catalogue.save_comparison(made, {"number": number})


def kinds(found):
    return sorted((c.kind, c.a, c.b) for c in found)


def test_a_merge_tells_what_changes(known, make):
    judged(known, make, 1, ab="same", ac="different", bd="inconclusive")
    known.note_export("survey.csv", "0" * 64, by="Asel")
    before = (known.individuals(), known.events())
    found = preview(known, Merge("Aidar", "Zere"))
    assert (known.individuals(), known.events()) == before
    assert [(m.sighting, m.before, m.after) for m in found.moves] == [
        ("c", "Zere", "Aidar"),
        ("d", "Zere", "Aidar"),
    ]
    assert [(v.a, v.b, v.kind) for v in found.verdicts] == [
        ("a", "c", "different"),
        ("b", "d", "inconclusive"),
    ]
    (export,) = found.exports
    assert (export.name, export.sightings) == ("survey.csv", ("c", "d"))
    assert kinds(found.contradictions) == [("journey", "a", "c"), ("pictures differ", "a", "c")]
    journey = next(c for c in found.contradictions if c.kind == "journey")
    assert "impossible" in journey.words


def test_what_people_said_speaks_against_a_merge(known):
    rejected = known.decide(Reject("b", "d"), Said("Bulat"))
    found = preview(known, Merge("Aidar", "Zere")).contradictions
    against = [c for c in found if c.kind == "rejected"]
    assert [(c.a, c.b, c.event) for c in against] == [("b", "d", rejected.number)]
    assert "Bulat" in against[0].words
    known.decide(Undo(rejected.number), ASEL)
    assert kinds(preview(known, Merge("Aidar", "Zere")).contradictions) == [("journey", "a", "c")]


def test_no_match_then_speaks_against_a_merge_later(tmp_path):
    with Catalogue.open(tmp_path) as catalogue:
        for name in "abc":
            catalogue.save_sighting(Sighting(name, (SightingMedia("x.jpg", name.encode()),)))
        catalogue.decide(NewIndividual(("a",), "Aidar"), ASEL)
        said = catalogue.decide(NoMatch("b"), Said("Bulat"))
        catalogue.decide(NewIndividual(("c",), "Later"), ASEL)
        catalogue.decide(NewIndividual(("b",), "Zere"), ASEL)
        assert kinds(preview(catalogue, Merge("Later", "Zere")).contradictions) == []
        (against,) = preview(catalogue, Merge("Aidar", "Zere")).contradictions
        assert (against.kind, against.a, against.event) == ("no match", "b", said.number)


def test_the_versions_of_a_preview_decide(known):
    found = preview(known, Merge("Aidar", "Zere"))
    known.decide(Split("Zere", ("d",), "Kunay"), Said("Bulat"))
    with pytest.raises(ConflictError, match=r"changed since .*Bulat.*split"):
        known.decide(Merge("Aidar", "Zere"), Said("Asel", seen=found.seen))
    again = preview(known, Merge("Aidar", "Zere"))
    assert known.decide(Merge("Aidar", "Zere"), Said("Asel", seen=again.seen))


def test_a_split_tells_what_it_parts(known, make):
    judged(known, make, 1, ab="same", ac="inconclusive")
    found = preview(known, Split("Aidar", ("b",)))
    assert [(m.sighting, m.before, m.after) for m in found.moves] == [
        ("b", "Aidar", "(a new individual)")
    ]
    assert [(v.a, v.b) for v in found.verdicts] == [("a", "b")]
    assert kinds(found.contradictions) == [("pictures agree", "a", "b")]
    assert known.decide(Split("Aidar", ("b",)), Said("Asel", seen=found.seen))


def test_a_later_verdict_takes_the_place_of_an_earlier(known, make):
    judged(known, make, 1, ab="different")
    assert kinds(contradictions(known, "Aidar")) == [("pictures differ", "a", "b")]
    judged(known, make, 2, ab="inconclusive")
    assert contradictions(known, "Aidar") == ()


def test_a_pattern_change_does_not_split_an_animal(known, make):
    """A scar between two sightings: other pictures are no contradiction any more."""
    judged(known, make, 1, ab="different", ad="different")
    assert kinds(contradictions(known, "Aidar")) == [("pictures differ", "a", "b")]
    since = START + timedelta(hours=12)
    noted = known.decide(PatternChanged("Aidar", PatternWord.SCAR, since), ASEL)
    assert contradictions(known, "Aidar") == ()
    found = preview(known, Merge("Aidar", "Zere"))
    assert [(v.a, v.b) for v in found.explained] == [("a", "d")]
    assert kinds(found.contradictions) == [("journey", "a", "c")]
    known.decide(Undo(noted.number), ASEL)
    late = START + timedelta(hours=600)
    known.decide(PatternChanged("Aidar", PatternWord.SCAR, late), ASEL)
    assert kinds(contradictions(known, "Aidar")) == [("pictures differ", "a", "b")]


def test_sightings_that_cannot_be_one_animals_are_told(known):
    assert contradictions(known, "Zere") == ()
    known.decide(Merge("Aidar", "Zere"), ASEL)
    assert kinds(contradictions(known, "Aidar")) == [("journey", "a", "c")]


def test_a_changed_coat_parts_old_pictures_from_new(known):
    known.decide(PatternChanged("Aidar", PatternWord.SCAR, START + timedelta(hours=12)), ASEL)
    assert known.across_changes("d") == {"a"}  # long after: b looks as d may
    assert known.across_changes("c") == {"b"}
    every = [("a", "b"), ("a", "d"), ("b", "d"), ("c", "d")]
    assert known.across_change(every) == {("a", "b"), ("a", "d")}, "of either's coat, by its time"
    known.decide(Merge("Zere", "Aidar"), ASEL)
    assert known.across_changes("d") == {"a", "c"}
    assert known.across_change(every) == {("a", "b"), ("a", "d"), ("c", "d")}
    assert known.across_changes("nobody stored") == {"a", "b", "c", "d"}
