"""From confirmed identities to labels: what is left out, and how doubts come back for review."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.catalogue.identity import NOBODY
from reid.identities import NewIndividual, PatternChanged, Reject
from reid.identities.event import Said
from reid.identities.facts import PatternWord
from reid.labels import excluded as of
from reid.review import Answer, Shares
from reid.types import Flank
from training.lab.from_catalogue import of_catalogue
from training.lab.offering import offer
from training.lab.suspicious import Suspicion

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"


@pytest.fixture(scope="session")
def make():
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def catalogue(tmp_path, make):
    """Aidar in three sightings, Bota in two, one animal that nobody named."""
    with Catalogue.open(tmp_path / "data") as opened:
        for seed, name in enumerate(("a1", "a2", "a3", "b1", "b2", "nobody"), start=1):
            one = make.sighting(name, seed=seed)
            flank = Flank.UNKNOWN if name == "b2" else Flank.RIGHT
            opened.save_sighting(one, make.prepared(one, flank=flank))
        for name in ("a1", "a2", "a3"):
            opened.enrol(name, "Aidar", by="Asel")
        for name in ("b1", "b2"):
            opened.enrol(name, "Bota", by="Asel")
        yield opened


def reasons(gathered):
    return Counter(one.reason.split(":")[0] for one in gathered.left_out)


def test_confirmed_animals_with_a_flank_are_taken_with_outline_and_station(catalogue):
    gathered = of_catalogue(catalogue)
    assert Counter(s.row.identity for s in gathered.seen) == {
        "catalogue/Aidar": 6,
        "catalogue/Bota": 2,
    }
    assert reasons(gathered) == {"no flank": 2}
    one = gathered.seen[0]
    assert (one.station, one.by, one.mask.shape) == ("north", "Asel", (15, 21))
    assert one.row.path.is_file()
    assert gathered.event == catalogue.last_event()


def test_disputed_sightings_changed_coats_and_machines_words_are_left_out(catalogue):
    catalogue.withdraw("a3", by="Asel", why="not sure")
    catalogue.decide(Reject("a2", "a3"), Said("Bek"))
    assert not reasons(of_catalogue(catalogue))["disputed identity"], "of two animals it is none"
    catalogue.decide(PatternChanged("Aidar", PatternWord.SCAR), Said("Asel"))
    assert reasons(of_catalogue(catalogue))[of.COAT_UNDATED] == 4
    catalogue.decide(NewIndividual((), "Dana"), Said(NOBODY))
    catalogue.enrol("nobody", "Dana", by=NOBODY)
    assert reasons(of_catalogue(catalogue))[of.NOT_CONFIRMED] == 2


def test_doubts_are_handed_out_first_decide_nothing_and_become_disputes(catalogue):
    class Set:
        sha256 = "a" * 64

    doubt = Suspicion(
        "catalogue/a1", "catalogue/Aidar", "catalogue/a2", "catalogue/b1", "catalogue/Bota",
        0.2, own_llr=-2.0, other_llr=5.0,
    )  # fmt: skip
    assert offer(catalogue, [doubt], Set()) == 2
    before = catalogue.last_event()
    asked = {}
    for _ in range(2):
        item = catalogue.next_item("Bek", shares=Shares(0, 0))
        asked[min(item.a, item.b), max(item.a, item.b)] = item.id
        answer = Answer.DIFFERENT if "a2" in (item.a, item.b) else Answer.SAME
        catalogue.answer_item(item.id, answer, by="Bek")
    assert set(asked) == {("a1", "a2"), ("a1", "b1")}
    assert catalogue.last_event() == before, "a doubt decides nothing"
    assert ("a1", "a2") in catalogue.disagreements()
    assert reasons(of_catalogue(catalogue))["disputed identity"] == 4
    assert "label in doubt" in catalogue.open_opinion(asked["a1", "b1"], by="Bek").reasons[0]
