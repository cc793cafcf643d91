"""Individuals by pages and frames by sighting, against the slow ways to the same."""

import random

import pytest

from reid.catalogue.gallery import Gallery
from reid.catalogue.individual_pages import IndividualPages
from reid.errors import InputError, NotFoundError
from reid.identities import (
    Confirm,
    DecisionKind,
    Merge,
    NewIndividual,
    NotIdentifiable,
    PatternChanged,
    PatternWord,
    Rename,
    Split,
    Undo,
    Withdraw,
)
from reid.identities.event import Said
from reid.identities.words import LABELS, sentence

NAMES = ["Aidar", "Botagoz", "Zere", "Kunay", "Айдана"]


@pytest.fixture
def lived(catalogue, make):
    """Eight sightings and forty decisions of all kinds, those that were not refused."""
    from reid.identities import subjects

    names = [f"s{i}" for i in range(8)]
    for i, name in enumerate(names):
        owner = make.sighting(name, seed=i + 1)
        catalogue.save_sighting(owner, make.prepared(owner))
    rng = random.Random(3)
    for _ in range(60):
        one, two = rng.sample(NAMES, 2)
        here, there = rng.sample(names, 2)
        decision = rng.choice(
            [
                NewIndividual((here,), one),
                NewIndividual((here, there)),
                Confirm(here, one),
                NotIdentifiable(here),
                Merge(one, two),
                Split(one, (here,)),
                Rename(one, f"{two} {rng.randrange(9)}"),
                PatternChanged(one, PatternWord.SCAR),
                Withdraw(here),
                Undo(rng.randrange(1, 30)),
            ]
        )
        seen = catalogue.versions([subjects.sighting(name) for name in names])
        try:
            catalogue.decide(decision, Said(rng.choice(["Asel", "Bolat"]), seen=seen))
        except (InputError, NotFoundError):
            continue
    assert catalogue.last_event() > 15
    return catalogue


def every_page(pages, limit, **asked):
    found, after = [], ""
    while part := pages.individuals(limit=limit, after=after, **asked):
        assert len(part) <= limit
        found, after = found + part, part[-1].name
    return found


def by_number(individuals):
    return sorted(individuals, key=lambda one: one.number)


@pytest.mark.slow
def test_pages_hold_what_the_whole_list_holds_now_and_after_every_event(lived):
    pages = IndividualPages.of(lived)
    assert by_number(every_page(pages, 2)) == by_number(lived.individuals())
    assert pages.count() == len(lived.individuals())
    for event in range(lived.last_event() + 1):
        then = lived.individuals_at(event)
        assert by_number(every_page(pages, 3, event=event)) == by_number(then)
        assert pages.count(event=event) == len(then)
        for one in then:
            assert pages.one_at(one.name, event) == one


def test_somebody_who_was_not_known_then_is_not_found(lived):
    pages = IndividualPages.of(lived)
    name = lived.individuals()[0].name
    with pytest.raises(NotFoundError, match="at that time"):
        pages.one_at(name, 0)
    with pytest.raises(NotFoundError, match="at that time"):
        pages.one_at("Nobody", 5)
    with pytest.raises(InputError, match="limit"):
        pages.individuals(limit=0)


def test_names_are_found_by_a_part_however_it_is_written_also_by_one_that_they_had(catalogue):
    for name in ("Aidar", "Айдана", "50% grey"):
        catalogue.decide(NewIndividual((), name), Said("Asel"))
    catalogue.decide(Rename("Aidar", "Zere"), Said("Asel"))
    pages = IndividualPages.of(catalogue)

    def found(q, **asked):
        return [one.name for one in pages.individuals(q=q, **asked)]

    assert found("aid") == ["Zere"]
    assert found("айд") == ["Айдана"]
    assert found("0% g") == ["50% grey"]
    assert found("_") == []
    assert found("aid", event=3) == ["Aidar"]
    assert found("aid", event=4) == []
    assert pages.count(q="ER") == 1


def test_lines_say_when_somebody_was_seen_and_which_frame_shows_most(lived):
    pages, gallery = IndividualPages.of(lived), Gallery.of(lived)
    for line in pages.lines():
        held = lived.individual(line.name).sighting_ids
        assert line.sighting_ids == held
        frames = [f for fs in gallery.frames(held).values() for f in fs]
        if not held:
            assert (line.first, line.last, line.best) == (None, None, None)
            continue
        assert line.best.usable == max(f.usable for f in frames)
        times = [t.at.replace(tzinfo=None) for s in held for t in lived.sighting(s).times]
        assert (line.first, line.last) == (min(times), max(times))


def test_a_page_of_one_individual(catalogue, make):
    for i, name in enumerate(("a", "b", "c")):
        owner = make.sighting(name, seed=i + 1)
        catalogue.save_sighting(owner, make.prepared(owner))
    said = Said("Asel")
    catalogue.decide(NewIndividual(("a",), "Aidar"), said)
    catalogue.decide(NewIndividual(("b",), "Botagoz"), said)
    catalogue.decide(NewIndividual(("c",), "Zere"), said)
    catalogue.decide(PatternChanged("Zere", PatternWord.SCAR), said)
    catalogue.decide(Rename("Aidar", "Kunay"), said)
    catalogue.decide(Merge("Kunay", "Zere"), said)
    found = IndividualPages.of(catalogue).page("Aidar")
    assert found.individual == catalogue.individual("Kunay")
    assert found.names == ("Aidar", "Kunay")
    assert found.merged == ("Zere",)
    assert [change.what for change in found.changed] == [PatternWord.SCAR]
    assert [seen.sighting_id for seen in found.seen] == ["a", "c"]
    assert found.seen[0].station == "north"
    assert found.seen[0].position == (43.5, 55.0)
    assert len(found.seen[0].frames) == 2
    assert (found.before, found.following) == ("Botagoz", None)


def test_frames_say_what_the_measured_annotations_say(catalogue, make):
    owner = make.sighting("a")
    catalogue.save_sighting(owner, make.prepared(owner))
    gallery = Gallery.of(catalogue)
    found = gallery.frames(["a", "nobody"])["a"]
    stored = catalogue.load_prepared("a")
    assert len(found) == len(stored) > 1
    for frame, animal in zip(found, stored, strict=True):
        assert gallery.frame("a", frame.annotation_id) == frame
        assert (frame.annotation_id, frame.box) == (animal.id, animal.annotation.box)
        assert frame.flank is animal.view.flank.best
        assert frame.usable == animal.view.quality.usable
        assert frame.reasons == animal.view.quality.reasons
        assert frame.light is animal.image.light
        assert frame.size_wh == animal.image.size_wh
        assert frame.captured_at == animal.image.captured_at
        assert {"synthetic", "touches-edge"} <= set(frame.flags)
    with pytest.raises(NotFoundError, match="no annotation 'x'"):
        gallery.frame("a", "x")


def test_the_history_newest_first_by_person_by_kind(lived):
    every = lived.events()
    numbers = [event.number for event in every]
    newest = lived.events(before=numbers[-1] + 1, limit=5)
    assert [event.number for event in newest] == numbers[::-1][:5]
    assert lived.deciders() == ["Asel", "Bolat"]
    own = lived.events(by="Asel", kind=DecisionKind.NEW)
    assert own == [e for e in every if e.said.by == "Asel" and e.kind is DecisionKind.NEW]
    assert own


def test_what_was_undone_is_known_and_its_redoing_too(catalogue):
    said = Said("Asel")
    catalogue.decide(NewIndividual((), "Aidar"), said)
    catalogue.decide(Undo(1), said)
    assert catalogue.undone() == {1: 2}
    catalogue.decide(Undo(2), said)
    assert catalogue.undone() == {2: 3}
    catalogue.decide(Undo(3), said)
    assert catalogue.undone() == {1: 2, 3: 4}


def test_every_decision_is_said_in_words(lived):
    assert set(LABELS) == set(DecisionKind)
    for event in lived.events():
        words = sentence(event.kind, event.told)
        assert words
        assert "None" not in words
