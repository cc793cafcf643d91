"""Training as a job: taken up by a worker, left and taken up again, registered at its end."""

import json
import shutil
import time
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from reid.batch import brought
from reid.batch.brought import brought_kinds
from reid.catalogue.doubting import Doubts
from reid.catalogue.jobs import JobState, JobStore
from reid.catalogue.licences import Licences
from reid.cli.app import app
from reid.cli.bundles import app as bundles_app
from reid.config import Settings
from reid.jobs import Worker, submit_simple
from reid.labels import dealing, readiness
from reid.registry import Registry
from reid.review import Answer, Shares
from service import create_app
from service.ports import Opened
from tests.learn.conftest import write_world
from training.lab.head import SHRINK
from training.lab.job import TRAINING_RUN, TRIAL, TrainingRunKind

RECIPE = """
synthetic_individuals = 0
reference_individuals = 0
verify_labels = false
same_pairs = 8
different_pairs = 12
"""


class Library:
    def __init__(self, catalogue):
        self.catalogue = catalogue


@pytest.mark.slow
def test_a_run_that_was_left_goes_on_and_is_registered_with_its_lineage(
    catalogue, champion, tmp_path, monkeypatch
):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE)
    valley = write_world(tmp_path / "valley", individuals=2, pictures=2)
    once = write_world(tmp_path / "once", individuals=2, pictures=1)
    monkeypatch.setenv("LEOPARD_REID_REFERENCES", f"{valley}:{once.parent}")
    came = catalogue.load_sighting("s0-1")
    files = tuple(replace(one, licence="CC-BY-NC-4.0") for one in came.media)
    Licences.of(catalogue).state(replace(came, media=files))
    store, data_dir = JobStore.of(catalogue), catalogue.data_dir
    kind = TrainingRunKind(lambda: Library(catalogue), data_dir)
    job, _ = submit_simple(store, TRAINING_RUN, {"recipe": str(recipe)}, by="Asel")
    first = Worker(store, {TRAINING_RUN: kind}, poll_s=0.01)
    folder = data_dir / "training" / job.id

    def write(made, where):
        first.stop()  # told to leave as soon as the set is frozen
        return kept(made, where)

    from training.lab import job_run

    kept = job_run.write_training_set
    monkeypatch.setattr(job_run, "write_training_set", write)
    first.run(until_idle=True)
    frozen = (folder / "manifest.json").read_bytes()
    assert store.job(job.id).state is JobState.QUEUED
    catalogue.withdraw("s0-0", by="Asel", why="labels may change meanwhile")
    shutil.copytree(champion.directory, tmp_path / "weights" / "parent")
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("LEOPARD_REID_BUNDLE", "rosette-words")  # so may what is configured
    Worker(store, {TRAINING_RUN: kind}, poll_s=0.01).run(until_idle=True)
    done = store.job(job.id)
    assert done.state is JobState.DONE, done.problem
    assert (folder / "manifest.json").read_bytes() == frozen
    assert json.loads((folder / "curve.jsonl").read_text().splitlines()[0])["shrink"] == 1.0
    registry = Registry.of(catalogue, Settings(data_dir=data_dir))
    bundle = registry.bundle(done.result["bundle"]["sha256"])
    assert bundle.data_manifest_sha256 == done.result["training_set"]
    assert registry.open(bundle).manifest.origin.source.endswith("from parent 1")
    assert bundle.parent is None, "what it began from is not of this registry any more"
    assert bundle.data_licences == ("CC-BY-NC-4.0", "LicenseRef-own-pictures")
    assert bundle.licence == "CC-BY-NC-4.0 AND LicenseRef-own-pictures"
    card = (folder / "bundle" / "card.md").read_text(encoding="utf-8")
    assert "catalogue (CC-BY-NC-4.0), catalogue (LicenseRef-own-pictures)" in card
    assert "Not for commercial use." in card
    assert {"report.md", "gate.json", "gate.html"} <= set(done.result["files"])
    labels = done.result["labels"]
    assert labels["looked_at"] > 0
    assert Doubts.of(catalogue).count() == labels["offered"]
    page = (folder / "gate.html").read_text(encoding="utf-8")
    assert "The place&#39;s held-out individuals" in page or "The place's held-out" in page
    judged = {one["where"] for one in bundle.gate["lines"]}
    assert "reference valley" in judged, "what the service's settings name judges in jobs"
    assert [one["where"] for one in bundle.gate["unjudged"]] == ["reference once"]
    assert any("reference once: could not judge" in note for note in done.result["notes"])
    assert bundle.gate["lines"], "every figure is kept with the bundle, strata included"
    shown = CliRunner().invoke(
        bundles_app, ["show", "tiny", "--data-dir", str(data_dir)], env={"COLUMNS": "200"}
    )
    assert shown.exit_code == 0, shown.output
    kept = {one["where"] for one in bundle.gate["lines"]}
    assert all(where in shown.output for where in kept)


@pytest.fixture
def service(catalogue):
    """The service beside the worker, over the same catalogue."""
    opened = Opened(Library(catalogue), catalogue.check, lambda: None)
    app = create_app(Settings(data_dir=catalogue.data_dir), library_factory=lambda _: opened)
    here = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 1)}
    with TestClient(app, **here) as client:
        while client.get("/v1/ready").json().get("type", "").endswith(":not-ready"):
            time.sleep(0.02)
        yield client


def run_watched(service, catalogue, params, monkeypatch):
    """The job, done; the run as the service told it whenever the job said how far it is."""
    store, told, seen = JobStore.of(catalogue), JobStore.tell, []
    job, _ = submit_simple(store, TRAINING_RUN, params, by="Asel")

    def tell(self, *words, **more):
        after = told(self, *words, **more)
        seen.append(service.get(f"/v1/training-runs/{job.id}").json())
        return after

    monkeypatch.setattr(JobStore, "tell", tell)
    kind = TrainingRunKind(lambda: Library(catalogue), catalogue.data_dir)
    Worker(store, {TRAINING_RUN: kind}, poll_s=0.01).run(until_idle=True)
    done = store.job(job.id)
    assert done.state is JobState.DONE, done.problem
    return done, [run for run in seen if run["job"]["state"] == "running"]


def test_the_curve_grows_while_the_job_runs_and_the_service_shows_it(
    catalogue, service, tmp_path, monkeypatch
):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE)
    done, seen = run_watched(service, catalogue, {"recipe": str(recipe)}, monkeypatch)
    lengths = list(dict.fromkeys(len(run["points"]) for run in seen))
    assert lengths == list(range(len(SHRINK) + 1)), "point by point"
    folds = [run["points"][0].get("folds", 0) for run in seen if run["points"]]
    assert list(dict.fromkeys(folds)) == [1, 2, 3, 4, 0], "fold by fold, then as it stays"
    registry = Registry.of(catalogue, Settings(data_dir=catalogue.data_dir))
    made = registry.bundle(done.result["bundle"]["sha256"])
    assert made.parent == registry.configured().sha256
    after = service.get(f"/v1/training-runs/{done.id}").json()["points"]
    assert after == service.get(f"/v1/jobs/{done.id}/curve").json()["points"]
    assert [list(point) for point in after] == [["shrink", "map", "error"]] * len(SHRINK)
    assert {run["job"]["stage"] for run in seen if run["points"]} >= {"head"}


def ask_reviewer(catalogue, answer):
    """Answer the next pair that Mira is asked; its sightings."""
    item = catalogue.next_item("Mira", shares=Shares(0, 0))
    catalogue.answer_item(item.id, answer, by="Mira")
    return {item.a, item.b}


def test_labels_in_doubt_are_offered_before_training_and_not_twice(
    catalogue, tmp_path, monkeypatch
):
    monkeypatch.setattr(readiness, "LEAST_LEARN", 500)  # too few to train, enough to look at
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE)
    monkeypatch.setattr(dealing, "SHARES", {dealing.Part.TRAIN: 1.0})
    catalogue.withdraw("s3-0", by="Asel", why="a slip of the pen")
    catalogue.enrol("s3-0", "A5", by="Asel")
    store = JobStore.of(catalogue)
    kind = TrainingRunKind(lambda: Library(catalogue), catalogue.data_dir)

    def look(n):
        params = {"recipe": str(recipe), "only": "labels", "n": n}
        job, _ = submit_simple(store, TRAINING_RUN, params, by="Asel")
        Worker(store, {TRAINING_RUN: kind}, poll_s=0.01).run(until_idle=True)
        done = store.job(job.id)
        assert done.state is JobState.DONE, done.problem
        return done.result

    found = look(1)
    assert "bundle" not in found
    assert not found["readiness"]["ready"]
    assert "at least 500 are needed" in found["readiness"]["refusals"][0]
    assert set(found["files"]) == {"suspicious.json", "manifest.json"}
    (worst, *_), labels = found["labels"]["doubts"], found["labels"]
    assert (worst["sighting"], worst["individual"]) == ("s3-0", "A5")
    assert worst["nearest_individual"] == "A3"
    assert labels["looked_at"] >= labels["doubted"] >= 1
    waiting = Doubts.of(catalogue).waiting()
    assert waiting["labels"] == labels["offered"] > 0
    assert "s3-0" in ask_reviewer(catalogue, Answer.SAME)
    left = Doubts.of(catalogue).waiting().get("labels", 0)
    assert left == labels["offered"] - 1
    look(2)
    assert Doubts.of(catalogue).waiting().get("labels", 0) == left, "who looked is not asked again"


def test_labels_of_too_few_individuals_are_not_judged(catalogue, monkeypatch):
    monkeypatch.setattr(dealing, "SHARES", dict(zip(dealing.Part, (0.0, 0.5, 0.5), strict=True)))
    store = JobStore.of(catalogue)
    kind = TrainingRunKind(lambda: Library(catalogue), catalogue.data_dir)
    job, _ = submit_simple(store, TRAINING_RUN, {"only": "labels"}, by="Asel")
    Worker(store, {TRAINING_RUN: kind}, poll_s=0.01).run(until_idle=True)
    assert "expected sightings of 3 individuals that train" in store.job(job.id).problem


def test_a_catalogue_that_cannot_teach_fails_at_once_and_says_why(catalogue, monkeypatch):
    monkeypatch.setattr(readiness, "LEAST_LEARN", 500)
    store = JobStore.of(catalogue)
    kind = TrainingRunKind(lambda: Library(catalogue), catalogue.data_dir)
    job, _ = submit_simple(store, TRAINING_RUN, {}, by="Asel")
    Worker(store, {TRAINING_RUN: kind}, poll_s=0.01).run(until_idle=True)
    done = store.job(job.id)
    assert done.state is JobState.FAILED
    assert "at least 500 are needed" in done.problem


def test_kinds_are_found_by_entry_point_and_a_broken_one_is_a_warning(monkeypatch, caplog):
    points = [
        EntryPoint("training", "training.lab.job:kinds", brought.GROUP),
        EntryPoint("gone", "nowhere.at_all:kinds", brought.GROUP),
    ]
    monkeypatch.setattr(brought, "entry_points", lambda group: points)
    found = brought_kinds(lambda: None, Path())
    assert set(found) == {TRAINING_RUN, TRIAL}
    assert "nowhere.at_all" in caplog.text


def reid(*words):
    return CliRunner().invoke(app, ["train", "--threads", "1", *map(str, words)])


@pytest.mark.slow
def test_the_command_says_whether_and_why_not_then_trains_and_registers(
    catalogue, tmp_path, monkeypatch
):
    recipe, out = tmp_path / "tiny.toml", tmp_path / "run"
    recipe.write_text(RECIPE)
    common = ("--data-dir", catalogue.data_dir)
    ready = reid("--check", *common)
    assert "ready to train" in ready.output
    assert "30 pictures of 30 sightings and 10 individuals" in ready.output
    wanted = ("--from-catalogue", *common, "--recipe", recipe, "--out", out)
    taken = reid(*wanted, "--by", "Asel", "--override", "a first one to try with")
    assert taken.exit_code == 0, taken.output
    assert "## Figures" in taken.output
    assert "registered as tiny@" in taken.output
    assert reid(*wanted).exit_code == 2, "a run lies there"
    doubts = reid("--suspicious", *common, "--recipe", recipe, "--out", tmp_path / "doubts")
    assert doubts.exit_code == 0, doubts.output
    monkeypatch.setattr(readiness, "LEAST_LEARN", 500)
    refused = reid("--from-catalogue", *common, "--out", tmp_path / "other")
    assert refused.exit_code == 2
    assert "at least 500 are needed" in " ".join(refused.output.split())
