"""Individuals, events, and answers."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reid.catalogue import Catalogue, IdentificationKind, content_sha256
from reid.errors import ConflictError, InputError, NotFoundError


@pytest.fixture
def three(catalogue, make):
    """A catalogue with three sightings."""
    for i, name in enumerate(("a", "b", "c")):
        catalogue.save_sighting(make.sighting(name, seed=i + 1, files=1))
    return catalogue


def test_enrolling_makes_an_individual_and_an_event(three):
    event, appended = three.enrol("a", "Aidar", by="Asel", why="rosettes", note="male")
    assert appended
    assert (event.kind, event.individual, event.by) == (IdentificationKind.NEW, "Aidar", "Asel")
    event, appended = three.enrol("b", "Aidar", by="Asel")
    assert (event.kind, appended) == (IdentificationKind.CONFIRMED, True)
    assert three.individual("Aidar").sighting_ids == ("a", "b")
    assert three.individual("Aidar").note == "male"
    assert three.individuals_of(["a", "c"]) == {"a": "Aidar"}
    assert three.sighting("b").individual == "Aidar"


def test_enrolling_twice_appends_nothing(three):
    first, _ = three.enrol("a", "Aidar", by="Asel")
    again, appended = three.enrol("a", "Aidar", by="Bulat")
    assert not appended
    assert again == first
    assert three.history("a") == [first]


def test_the_last_event_counts_and_history_keeps_all(three):
    three.enrol("a", "Aidar", by="Asel")
    with pytest.raises(ConflictError, match=r"is 'Aidar'.*withdraw that first"):
        three.enrol("a", "Botagoz", by="Asel")
    with pytest.raises(NotFoundError):
        three.individual("Botagoz")
    three.withdraw("a", by="Asel", why="another flank seen")
    three.enrol("a", "Botagoz", by="Asel")
    assert three.individual("Aidar").sighting_ids == ()
    three.withdraw("a", by="Bulat", why="too dark")
    assert three.individuals_of(["a"]) == {}
    kinds = [(e.kind.value, e.individual) for e in three.history("a")]
    new, gone = [("new", "Aidar"), ("withdrawn", "Aidar")], [("withdrawn", "Botagoz")]
    assert kinds == [*new, ("new", "Botagoz"), *gone]
    with pytest.raises(InputError, match="nothing to withdraw"):
        three.withdraw("a", by="Bulat", why="again")
    _, appended = three.enrol("a", "Botagoz", by="Asel")
    assert appended


def test_individuals_are_listed_by_name(three):
    three.add_individual("Zere", note="cub")
    three.enrol("a", "Aidar", by="Asel")
    assert [(i.name, i.sighting_ids) for i in three.individuals()] == [
        ("Aidar", ("a",)),
        ("Zere", ()),
    ]
    with pytest.raises(InputError, match="already"):
        three.add_individual("Zere")


def test_identity_mistakes_are_said(three):
    with pytest.raises(NotFoundError, match="save it first"):
        three.enrol("nobody", "Aidar", by="Asel")
    with pytest.raises(InputError, match="expected a name"):
        three.enrol("a", " ", by="Asel")
    with pytest.raises(InputError, match="who says it"):
        three.enrol("a", "Aidar", by="")
    with pytest.raises(NotFoundError, match="no individual 'Aidar'"):
        three.individual("Aidar")
    assert three.individuals() == []


saying = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["X", "Y", None])), max_size=12)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=saying)
def test_the_projection_is_the_last_word(steps, make, tmp_path_factory):
    with Catalogue.open(tmp_path_factory.mktemp("data")) as catalogue:
        for i, name in enumerate("abc"):
            catalogue.save_sighting(make.sighting(name, seed=i + 1, files=1))
        believed = {}
        for sighting, name in steps:
            if name is not None and believed.get(sighting, name) == name:
                catalogue.enrol(sighting, name, by="me")
                believed[sighting] = name
            elif name is not None:
                with pytest.raises(ConflictError):
                    catalogue.enrol(sighting, name, by="me")
            elif sighting in believed:
                catalogue.withdraw(sighting, by="me", why="test")
                del believed[sighting]
        assert catalogue.individuals_of(list("abc")) == believed
        held = {s: i.name for i in catalogue.individuals() for s in i.sighting_ids}
        assert held == believed


def test_an_answer_is_kept_with_all_it_was_made_from(catalogue, make):
    sightings = [make.sighting("a", seed=1), make.sighting("b", seed=2)]
    comparison = make.comparison(sightings)
    result = {"verdicts": [{"kind": "same", "probability": 0.995}], "ü": None}
    assert catalogue.save_comparison(comparison, result).created
    record = catalogue.load_comparison("cmp-1")
    assert record.result == result
    assert record.created_at == comparison.created_at
    assert record.sighting_ids == ("a", "b")
    assert [i["file_name"] for i in record.inputs] == ["IMG_0.JPG", "IMG_1.JPG"] * 2
    assert all(len(i["sha256"]) == 64 for i in record.inputs)
    assert record.fingerprints == {"embedding": ["fp-1"], "local": ["sift-1"]}
    assert record.configuration == {"max_error": 0.01}
    assert record.code_version == "0.1.0+abc"
    assert [c.summary for c in catalogue.list_comparisons()] == ["the same animal"]


def test_an_answer_can_be_replayed_once_its_sightings_are_stored(catalogue, make):
    sightings = [make.sighting("a", seed=1), make.sighting("b", seed=2)]
    catalogue.save_comparison(make.comparison(sightings), {})
    catalogue.save_sighting(sightings[0])
    catalogue.save_sighting(make.sighting("b", seed=3))  # the id, but other content
    with pytest.raises(NotFoundError, match=r"does not hold b with the content"):
        catalogue.replayable("cmp-1")
    catalogue.save_comparison(
        make.comparison([sightings[0], make.sighting("b", seed=3)], name="2"), {}
    )
    assert catalogue.replayable("2") == ("a", "b")


def test_the_same_answer_twice_changes_nothing(catalogue, make):
    comparison = make.comparison([make.sighting("a"), make.sighting("b", seed=2)])
    key = content_sha256({"request": 1})
    first = catalogue.save_comparison(comparison, {"x": 1}, key=key)
    assert not catalogue.save_comparison(comparison, {"x": 1}).created
    with pytest.raises(InputError, match="another answer"):
        catalogue.save_comparison(comparison, {"x": 2})
    later = dataclasses.replace(comparison, id="cmp-2")
    repeated = catalogue.save_comparison(later, {"x": 2}, key=key)
    assert (repeated.id, repeated.created) == (first.id, False)
    assert catalogue.find_comparison(key) == "cmp-1"
    assert catalogue.find_comparison("0" * 64) is None
    assert len(catalogue.list_comparisons()) == 1


def test_answers_that_cannot_be_replayed_are_refused(catalogue, make):
    sightings = [make.sighting("a"), make.sighting("b", seed=2)]
    with pytest.raises(InputError, match="code_version"):
        catalogue.save_comparison(make.comparison(sightings, provenance={}), {})
    with pytest.raises(InputError, match="JSON can say"):
        catalogue.save_comparison(make.comparison(sightings), {"llr": float("nan")})
    with pytest.raises(InputError, match="64 hex digits"):
        catalogue.save_comparison(make.comparison(sightings), {}, key="short")
    assert catalogue.list_comparisons() == []
    with pytest.raises(NotFoundError, match="no comparison 'cmp-1'"):
        catalogue.load_comparison("cmp-1")


def test_requests_are_remembered_by_kind(catalogue):
    key = content_sha256([1, 2])
    assert catalogue.remember(key, "identification", "one") == "one"
    assert catalogue.remember(key, "identification", "two") == "one"
    assert catalogue.recall(key, "identification") == "one"
    assert catalogue.recall(key, "comparison") is None
