"""``reid.client`` against the document that clients are written against, and against a server."""

import json
import threading
from pathlib import Path

import pytest

from reid.catalogue.jobs import JobStore
from reid.client import Client, ContradictionError, DeniedError, MissingError, results
from reid.client.operation import OPERATIONS
from reid.client.results import (
    abundance,
    bundles,
    clocks,
    frames,
    identities,
    review,
    sightings,
    training,
    work,
)
from reid.client.results import comparisons as questions
from service.needs import NEEDS

DOCUMENT = json.loads(Path(__file__).with_name("openapi.golden.json").read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
OURS = {
    "BundleOut": bundles.Bundle,
    "BundleDetailOut": bundles.BundleDetail,
    "BundlesOut": bundles.Bundles,
    "PromotionOut": bundles.Promotion,
    "PromotionsOut": bundles.Promotions,
    "ServingOut": bundles.Serving,
    "AbundanceOut": abundance.Abundance,
    "AnimalsOut": abundance.Animals,
    "EstimateOut": abundance.Estimate,
    "MistakesOut": abundance.Mistakes,
    "MistakesRateOut": abundance.MistakesRate,
    "ScenarioOut": abundance.Scenario,
    "SeasonOut": abundance.Season,
    "AnnotationOut": sightings.Annotation,
    "AnswerOut": questions.Identification,
    "AuditEntryOut": work.AuditEntry,
    "AuditOut": work.Audit,
    "CandidateOut": questions.Candidate,
    "KeptCandidateOut": questions.KeptCandidate,
    "KeptIdentificationLine": questions.KeptIdentificationLine,
    "KeptIdentificationOut": questions.KeptIdentification,
    "KeptIdentificationsOut": questions.KeptIdentifications,
    "ComparisonLine": questions.ComparisonLine,
    "ClockEntriesOut": clocks.ClockEntries,
    "ClockEntryOut": clocks.ClockEntry,
    "ClockPreviewOut": clocks.ClockPreview,
    "CorrectionOut": clocks.ClockCorrection,
    "MovedOut": clocks.MovedSighting,
    "SuspectOut": clocks.ClockSuspect,
    "SuspectsOut": clocks.ClockSuspects,
    "ComparisonOut": questions.Comparison,
    "ComparisonsOut": questions.Comparisons,
    "ContradictionOut": identities.Contradiction,
    "ContradictionsOut": identities.Contradictions,
    "CurveOut": work.Curve,
    "DecidedOut": identities.Decided,
    "DisputesOut": review.Disputes,
    "EnrolledOut": identities.Enrolment,
    "EventOut": identities.Event,
    "EventsOut": identities.Events,
    "ExportOut": identities.Export,
    "FlankOut": sightings.FlankProbability,
    "HealthOut": work.Health,
    "IdentificationOut": identities.IdentityChange,
    "IndexOut": work.Index,
    "IndividualOut": identities.Individual,
    "IndividualsOut": identities.Individuals,
    "JobDetailOut": work.JobDetail,
    "ReEmbedOut": work.ReEmbed,
    "JobOut": work.Job,
    "JobsOut": work.Jobs,
    "KeyOut": work.Key,
    "KeysOut": work.Keys,
    "NewKeyOut": work.NewKey,
    "MachineOut": review.Machine,
    "MediaOut": sightings.StoredMedia,
    "MergeToLookAt": review.MergeToLookAt,
    "MoveOut": identities.Move,
    "NextOut": review.NextItem,
    "OutcomeOut": review.Outcome,
    "PreviewOut": identities.Preview,
    "QualityOut": sightings.Quality,
    "QueueOut": review.Queue,
    "QueuedOut": review.Queued,
    "RateOut": review.Rate,
    "RatesOut": review.Rates,
    "ReadyOut": work.Ready,
    "RebuiltOut": work.Rebuilt,
    "RejectedOut": sightings.RejectedMedia,
    "FrameOut": frames.Frame,
    "FramesOut": frames.Frames,
    "LikelyLine": frames.LikelyLine,
    "LikelyOut": frames.Likely,
    "MatchedOut": frames.Matched,
    "MatchesOut": frames.Matches,
    "ProgressOut": review.Progress,
    "TakenBackOut": review.TakenBack,
    "ReviewItemOut": review.ReviewItem,
    "ReviewerOut": review.Reviewer,
    "RouteOut": questions.Route,
    "SeenOut": identities.Seen,
    "SightingLine": sightings.SightingLine,
    "SightingOut": sightings.Sighting,
    "SightingsOut": sightings.Sightings,
    "StageOut": work.Stage,
    "StoredVerdictOut": identities.StoredVerdict,
    "TimeOut": sightings.StatedTime,
    "DoneOut": results.ImportDone,
    "ImportOut": results.Imported,
    "LabelDoubtOut": training.LabelDoubt,
    "LabelsOut": training.LabelsInDoubt,
    "ReadinessOut": training.Readiness,
    "TrainingRunOut": training.TrainingRun,
    "TrainingRunsOut": training.TrainingRuns,
    "ViewOut": sightings.View,
}
PLAIN = {"ChecksOut"}  # words by name, for there may be more of them


def documented():
    return {
        f"{method.upper()} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }


def test_every_operation_has_a_method_and_every_method_an_operation():
    assert documented() <= set(OPERATIONS) <= set(NEEDS)
    assert all(callable(getattr(Client, method)) for method in OPERATIONS.values())
    assert len(set(OPERATIONS.values())) == len(OPERATIONS)


def test_every_route_for_programs_has_a_method():
    programs = {route for route in NEEDS if " /v1/" in route}
    assert programs <= set(OPERATIONS)


def test_every_schema_of_an_answer_has_a_class():
    told = {name for name in SCHEMAS if name.endswith(("Out", "Line", "LookAt"))}
    assert told - PLAIN == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_class_has_the_fields_of_its_schema(name):
    found = {f.alias or key: f for key, f in OURS[name].model_fields.items()}
    schema = SCHEMAS[name]
    assert set(found) == set(schema["properties"])
    assert {k for k, f in found.items() if f.is_required()} == set(schema.get("required", ()))


def test_results_are_frozen():
    health = results.Health(status="up", version="1")
    with pytest.raises(ValueError, match="frozen"):
        health.status = "down"


@pytest.fixture
def service(client):
    with Client(str(client.base_url)) as opened:
        opened.library = client.library
        yield opened


@pytest.fixture
def folder(tmp_path, picture):
    (tmp_path / "in").mkdir()
    for seed in (1, 2):
        (tmp_path / "in" / f"IMG_{seed}.JPG").write_bytes(picture(seed))
    return tmp_path / "in"


def test_a_walk(service, folder):
    files = sorted(folder.glob("*.JPG"))
    assert service.health().status == "up"
    assert service.ready().checks == dict.fromkeys(
        ("models", "database", "tables", "writes", "index"), "ok"
    )
    first = service.submit(
        "november", files[:1], station="north", times=[{"at": "2018-11-11T06:57:00"}]
    )
    assert (
        service.submit(
            "november", files[:1], station="north", times=[{"at": "2018-11-11T06:57:00"}]
        )
        == first
    )
    with pytest.raises(ContradictionError):
        service.submit("november", files)
    service.submit("december", [str(file) for file in files])
    assert [s.id for s in service.every_sighting()] == ["december", "november"]
    assert service.sightings(limit=1).next == "december"
    animal = service.sighting("november").annotations[0]
    assert service.annotation_picture("november", animal.id)[:2] == b"\xff\xd8"
    answer = service.compare(["november", "december"], distances_km={("november", "december"): 3})
    assert answer.verdicts[0]["verdict"] == "not comparable"
    assert service.comparison(answer.id) == answer
    assert service.comparisons().comparisons[0].id == answer.id
    assert "<html" in service.comparison_report(answer.id)
    with pytest.raises(MissingError):
        service.comparison_picture(answer.id, "nothing.jpg")
    assert service.identify("november", prior_known=0.4).kind == "inconclusive"
    assert "leopard_reid_identifications_total" in service.metrics()
    assert service.openapi()["info"]["title"] == "leopard-reid"
    assert "vectors" in service.rebuild_index().model_dump()


def test_who_is_who(service, folder):
    for name in ("november", "december"):
        service.submit(name, sorted(folder.glob("*.JPG"))[:1], station=name)
    said = service.enrol("Aidar", "november", by="Asel", accept_flags=True)
    assert (said.individual, said.appended) == ("Aidar", True)
    assert not service.enrol("Aidar", "november", by="Asel", accept_flags=True).appended
    aidar = service.individual("Aidar")
    renamed = service.rename("Aidar", "Zere", version=aidar.version, by="Asel")
    with pytest.raises(ContradictionError):
        service.rename("Zere", "Aru", version=aidar.version, by="Asel")
    seen = [{"sighting_id": "december", "version": service.sighting("december").version}]
    decision = {"kind": "confirm", "sighting_id": "december", "individual": "Zere"}
    event = service.decide(decision, by="Asel", why="rosettes", seen=seen).event
    assert service.decision(event.number) == event
    assert service.individual("Zere", event=event.number - 1).sighting_ids == ("november",)
    assert service.individuals(event=event.number).individuals[0].name == "Zere"
    preview = service.preview({"kind": "split", "individual": "Zere", "sighting_ids": ["december"]})
    assert {move.sighting for move in preview.moves} == {"december"}
    split = {"kind": "split", "individual": "Zere", "sighting_ids": ["december"], "name": "Aru"}
    done = service.decide(split, by="Asel", seen=preview.seen).event
    assert service.undo(done.number, by="Asel").event.kind == "undo"
    assert service.contradictions("Zere").contradictions == ()
    service.withdraw("Zere", "december", by="Asel")
    kinds = [e.kind for e in service.every_decision()]
    assert kinds == ["new-individual", "rename", "confirm", "split", "undo", "withdraw"]
    assert service.decisions(sighting_id="december").events[0].number == event.number
    assert renamed.name == "Zere"
    assert service.audit(limit=2).next is not None


def test_review(service):
    assert service.next_item(by="Asel").item is None
    assert service.review_queue().queue == ()
    assert service.review_rates().reviewers == ()
    assert service.disputes().merges == ()
    with pytest.raises(MissingError):
        service.review_item("nothing")
    with pytest.raises(MissingError):
        service.answer("nothing", "same", by="Asel")


def test_jobs_are_followed_to_their_end(service, folder):
    service.submit("november", sorted(folder.glob("*.JPG"))[:1])
    service.submit("december", sorted(folder.glob("*.JPG"))[1:])
    job = service.start_job("group", sighting_ids=["november", "december"], by="Asel")
    assert service.start_job("group", sighting_ids=["november", "december"]).id == job.id
    assert service.jobs(state="queued").jobs[0].id == job.id
    assert service.job(job.id).workers == 0
    timer = threading.Timer(0.3, lambda: JobStore.of(service.library.catalogue).cancel(job.id))
    timer.start()
    told = list(service.job_events(job.id))
    assert told[-1].state == "cancelled"
    assert service.wait_for_job(job.id, timeout_s=5).ended
    assert service.cancel_job(job.id).state == "cancelled"
    with pytest.raises(MissingError):
        service.job_file(job.id, "report.html")


def test_keys(service):
    made = service.make_key("Asel", "admin")
    assert made.key not in repr(made)
    with pytest.raises(DeniedError):
        service.keys()
    with Client(service._transport.url, key=made.key) as asel:
        other = asel.make_key("Bolat", "viewer")
        assert [key.prefix for key in asel.keys().keys] == [made.prefix, other.prefix]
        assert asel.revoke_key(other.prefix).revoked_at is not None
        with pytest.raises(ContradictionError):
            asel.revoke_key(made.prefix)


def test_a_clock_is_corrected_and_its_correction_taken_back(service, folder):
    stated = [{"at": "2018-11-11T06:57:00"}]
    service.submit("november", sorted(folder.glob("*.JPG")), station="north", times=stated)
    way = {"station": "north", "half_day": "behind"}
    seen = service.preview_clock(way)
    assert [one.sighting_id for one in seen.sightings] == ["november"]
    assert service.clock_corrections().corrections == []
    entry = service.correct_clock(way, by="Asel", why="field book")
    (time,) = service.sighting("november").times
    assert (f"{time.at}", f"{time.written}") == ("2018-11-11 18:57:00", "2018-11-11 06:57:00")
    assert time.correction == entry.number
    with pytest.raises(ContradictionError):
        service.correct_clock(way, by="Asel", why="field book")
    service.undo_clock(entry.number, by="Bulat", why="another camera's book")
    assert service.sighting("november").times[0].written is None
    assert [one.holds for one in service.clock_corrections().corrections] == [False, False]
    assert service.clock_suspects().suspects == []
