"""Sightings and comparisons as pages list them, on every database."""

import pytest

from reid.catalogue.comparison_pages import ComparisonPages
from reid.catalogue.sighting_pages import Chosen, SightingPages, Standing
from reid.errors import InputError
from reid.identities import NotIdentifiable, Withdraw
from reid.identities.event import Said

NAMES = [f"s{number}" for number in range(5)]


@pytest.fixture
def full(catalogue, make):
    """Five sightings at two stations: one named, one never to be, one named and withdrawn."""
    for number, name in enumerate(NAMES):
        station = "north" if number % 2 else "south"
        sighting = make.sighting(name, seed=number, station=station)
        rejected = [(name, "x.jpg", "broken")] if number == 4 else []
        catalogue.save_sighting(sighting, make.prepared(sighting), rejected)
    catalogue.enrol("s1", "Aidar", by="Asel")
    catalogue.enrol("s2", "Zere", by="Asel")
    catalogue.decide(Withdraw("s2"), Said("Asel"))
    catalogue.decide(NotIdentifiable("s3"), Said("Asel"))
    return catalogue


def ids(cards):
    return [card.record.id for card in cards]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Chosen(), ["s4", "s3", "s2", "s1", "s0"]),
        (Chosen(station="north"), ["s3", "s1"]),
        (Chosen(standing=Standing.NAMED), ["s1"]),
        (Chosen(standing=Standing.UNIDENTIFIABLE), ["s3"]),
        (Chosen(standing=Standing.UNNAMED), ["s4", "s2", "s0"]),
        (Chosen(standing=Standing.REJECTED), ["s4"]),
        (Chosen(standing=Standing.UNNAMED, station="south", named="S2"), ["s2"]),
        (Chosen(named="%"), []),
        (Chosen(named="_"), []),
    ],
)
def test_who_is_listed_and_counted(full, chosen, expected):
    pages = SightingPages.of(full)
    assert ids(pages.page(chosen)) == pages.ids(chosen) == expected
    assert pages.count(chosen) == len(expected)


def test_pages_follow_each_other_without_gap_or_repeat(full):
    pages, seen, after = SightingPages.of(full), [], ""
    while cards := pages.page(limit=2, after=after):
        seen += ids(cards)
        after = cards[-1].place
    assert seen == NAMES[::-1]


@pytest.mark.parametrize("after", ["yesterday", "/", "2026-13-01T00:00:00/x"])
def test_no_place_is_refused(full, after):
    with pytest.raises(InputError, match="after"):
        SightingPages.of(full).page(after=after)


def test_a_card_says_what_a_list_shows(full):
    pages = SightingPages.of(full)
    named, never = pages.cards(["s1", "s3", "nobody"])
    assert (named.record.individual, named.identifiable) == ("Aidar", True)
    assert (never.record.individual, never.identifiable) == (None, False)
    assert named.best in named.frames
    assert named.best.usable == max(frame.usable for frame in named.frames)
    assert pages.stations() == [("north", 2), ("south", 3)]


def test_comparisons_are_listed_with_what_they_say(full, make):
    sightings = [full.load_sighting(name) for name in ("s0", "s1")]
    comparison = make.comparison(sightings)
    full.save_comparison(comparison, {"summary": comparison.summary})
    pages = ComparisonPages.of(full)
    (line,) = pages.page()
    assert (line.sighting_ids, sum(line.verdicts.values())) == (("s0", "s1"), 1)
    assert pages.page(sighting_id="s0") == [line]
    assert pages.page(sighting_id="s4") == pages.page(skip=1) == []
    (said,) = pages.verdicts_on("s1")
    assert (said.other, said.comparison_id) == ("s0", comparison.id)
    assert said.kind == next(iter(line.verdicts))
