"""Stored answers given again: against a slow oracle, by challengers whose answers are known."""

import json
from dataclasses import replace
from itertools import chain

import pytest

from reid.catalogue.asked import Identifications
from reid.catalogue.doubting import Doubts
from reid.catalogue.jobs import JobState
from reid.consequences import submit_replay
from reid.consequences.challenger import load_challenger
from reid.consequences.measuring import lacking
from reid.consequences.replaying import Replay
from reid.pipeline import compare
from reid.review import Answer, Shares

pytestmark = pytest.mark.slow
OPEN = Shares(0, 0)
SHARP = {"unmodelled": 0.0001}, {"pattern": 8.0, "shortfall": -60.0, "lowest": -9.0}
BLIND = (
    {"unmodelled": 0.0001},
    {"pattern": 0.0, "excess": 0.0, "shortfall": -10000.0, "lowest": -9.0},
)
DUMB = {}, {"pattern": 0.0, "excess": 0.0, "shortfall": 0.0}
"""Calibrations that no pictures could teach: one believes everything, one denies everything, one
can never tell.
"""


@pytest.fixture
def replay(library):
    def make(challenger, tolerance=0.05):
        search = library.search
        return Replay(library.engine, challenger, library.catalogue, search, search, tolerance)

    return make


def comparisons(library):
    return [one.id for one in library.catalogue.list_comparisons()]


def test_an_equal_challenger_changes_nothing(library, replay):
    found = replay(replace(library.engine))
    assert [found.comparison(name) for name in comparisons(library)] == [(1, []), (1, []), (3, [])]
    asked = Identifications.of(library.catalogue)
    kept = [asked.load(name) for name in asked.ids()]
    assert {(one.sighting_id, one.kind, one.individual) for one in kept} >= {
        ("a2", "individual", "Ada")
    }
    assert [found.identification(one) for one in kept] == [None, None]
    assert asked.count() == 2  # asked again for the replay, and not stored


@pytest.mark.parametrize("numbers", [SHARP, BLIND], ids=["sharp", "blind"])
def test_what_is_said_to_change_is_what_two_engines_say(library, replay, changed, numbers):
    """The oracle: no sharing, nothing stored read, both engines over everything."""
    challenger = replace(library.engine, calibration=changed(*numbers), calibration_sha256="x")
    found = replay(challenger)
    told, wanted = {}, {}
    for name in comparisons(library):
        record = library.catalogue.load_comparison(name)
        prepared = [library.prepared(one) for one in record.sighting_ids]
        asked = {"max_error": record.provenance["asked"]["max_error"]}
        both = [compare(e, prepared, **asked).verdicts for e in (library.engine, challenger)]
        for before, after in zip(*both, strict=True):
            if before.kind != after.kind or abs(before.probability - after.probability) > 0.05:
                wanted[name, before.a, before.b] = (
                    (before.kind.value, before.probability),
                    (after.kind.value, after.probability),
                )
        for one in found.comparison(name)[1]:
            said = [(s.kind, s.probability) for s in (one.before, one.after)]
            told[name, one.a, one.b] = tuple(said)
    assert told == wanted
    assert told


def test_a_sharp_calibration_is_shown_as_surer_in_the_right_direction(library, replay, changed):
    challenger = replace(library.engine, calibration=changed(*SHARP), calibration_sha256="x")
    found = replay(challenger)
    moved = list(chain(*(found.comparison(name)[1] for name in comparisons(library))))
    assert moved
    for one in moved:
        alike = one.a[0] == one.b[0]
        assert one.after.kind == ("same" if alike else "different")
        assert (one.after.probability > one.before.probability) is alike
    assert any(one.before.kind == "inconclusive" for one in moved)


def test_an_answer_by_other_code_is_given_again_by_the_engine_that_serves(library, replay):
    """What is stored is told beside it; the change is of the models alone."""
    serving = replace(library.engine, calibration_sha256="another")
    search = library.search
    found = Replay(serving, serving, library.catalogue, search, search, 0.05)
    assert all(found.comparison(name)[1] == [] for name in comparisons(library))


def test_a_bundle_that_denies_everything_is_found_out_and_changes_nothing(
    library, registry, worked, challenger_bundle
):
    catalogue = library.catalogue
    bundle = str(challenger_bundle(*BLIND).directory)
    before = catalogue.last_event(), catalogue.identified(), library.search.state()
    engine = load_challenger(bundle, library.engine, registry)
    assert lacking(engine, catalogue) == ["a1", "a2", "b1", "b2"]
    job, created = submit_replay(registry, bundle, by="Asel")
    assert created
    job = worked(job)
    assert (job.state, job.problem) == (JobState.DONE, "")
    assert (job.result["verdicts"], job.result["identifications"]) == (5, 2)
    assert job.result["contradict_people"] >= 1
    assert job.result["not_replayed"] == 0
    assert lacking(engine, catalogue) == []
    after = catalogue.last_event(), catalogue.identified(), library.search.state()
    assert after[:2] == before[:2]
    assert after[2].indexed == before[2].indexed

    folder = catalogue.data_dir / "jobs" / job.id
    told = json.loads((folder / "consequences.json").read_text(encoding="utf-8"))
    first = told["changes"][0]
    assert first["contradicts"]
    assert {first["a"], first["b"]} == {"a1", "a2"}
    assert (first["before"]["kind"], first["after"]["kind"]) == ("same", "different")
    assert (first["believed"], first["touched"]) == ("same", ["Ada"])
    page = (folder / "consequences.html").read_text(encoding="utf-8")
    assert "Against what people said: one animal (Ada)." in page
    assert page.count("data:image/jpeg;base64,") >= 1
    assert "http" not in page.replace("http-equiv", "")

    again, created = submit_replay(registry, bundle, by="Asel")
    assert (again.id, created) == (job.id, False)  # nothing new to ask about


def test_a_doubted_pair_is_read_again_and_stays_as_people_said(
    library, registry, worked, challenger_bundle
):
    catalogue = library.catalogue
    bundle = str(challenger_bundle(*BLIND).directory)
    worked(submit_replay(registry, bundle)[0])
    assert Doubts.of(catalogue).waiting() == {"challenger 1": 2}  # a1-a2 is decided, b1-b2 is open
    item = catalogue.next_item("Bulat", shares=OPEN)
    assert {item.a, item.b} == {"a1", "a2"}
    assert item.blind
    assert item.before_the_answer().reasons == ()
    assert item.reasons[0].startswith("the new model disagrees: ")
    assert item.reasons[0].endswith("people said one animal")
    events = catalogue.last_event()
    done = catalogue.answer_item(item.id, Answer.DIFFERENT, by="Bulat")
    assert done.event is None
    assert catalogue.last_event() == events
    assert catalogue.individuals_of(["a1", "a2"]) == {"a1": "Ada", "a2": "Ada"}
    assert catalogue.disagreements() == [("a1", "a2")]
    following = catalogue.next_item("Bulat", shares=OPEN)
    assert {following.a, following.b} == {"b1", "b2"}
    assert catalogue.answer_item(following.id, Answer.SAME, by="Bulat").event is not None
    assert Doubts.of(catalogue).waiting() == {}


def test_a_confirmed_pair_that_slips_to_inconclusive_waits_for_a_reviewer(
    library, registry, worked, challenger_bundle
):
    catalogue = library.catalogue
    bundle = str(challenger_bundle(*DUMB).directory)
    assert worked(submit_replay(registry, bundle)[0]).result["contradict_people"] == 0
    assert Doubts.of(catalogue).waiting() == {"challenger 1": 1}
    item = catalogue.next_item("Bulat", shares=OPEN)
    assert {item.a, item.b} == {"a1", "a2"}
    assert item.reasons[0].startswith("the new model cannot tell any more: ")
    assert catalogue.answer_item(item.id, Answer.SAME, by="Bulat").event is None
    assert Doubts.of(catalogue).waiting() == {}


def test_left_in_the_middle_it_goes_on_and_does_nothing_twice(
    library, registry, worked, challenger_bundle, monkeypatch
):
    bundle = str(challenger_bundle(*SHARP).directory)
    job, _ = submit_replay(registry, bundle)
    done, real = [], Replay.comparison

    def counted(self, name):
        done.append(name)
        return real(self, name)

    monkeypatch.setattr(Replay, "comparison", counted)

    def stop_after_one(worker, store):
        def stopped(self, name):
            found = counted(self, name)
            worker.stop()
            return found

        monkeypatch.setattr(Replay, "comparison", stopped)

    halfway = worked(job, stop_after_one)
    assert halfway.state is JobState.QUEUED
    assert len(done) == 1
    monkeypatch.setattr(Replay, "comparison", counted)
    assert worked(job).state is JobState.DONE
    assert sorted(done) == sorted(comparisons(library))
