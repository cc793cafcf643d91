"""Training as a job: taken up by a worker, left and taken up again, registered at its end."""

import importlib.util
import json
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from reid.batch import brought
from reid.batch.brought import brought_kinds
from reid.catalogue import Catalogue
from reid.catalogue.bundle_records import PromotionKind
from reid.catalogue.doubting import Doubts
from reid.catalogue.jobs import JobState, JobStore
from reid.cli.app import app
from reid.cli.bundles import app as bundles_app
from reid.config import Settings
from reid.errors import ConfigError, InputsChangedError
from reid.image import open_image
from reid.jobs import Worker, submit_simple
from reid.labels import dealing, readiness
from reid.registry import Registry
from reid.review import Answer, Shares
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Flank,
    FlankEstimate,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)
from service import create_app
from service.ports import Opened
from tests.learn.conftest import coat, write_world
from training.lab.champions import champion_of
from training.lab.head import SHRINK
from training.lab.job import TRAINING_RUN, TrainingRunKind
from training.lab.recipe import read_lab_recipe
from training.lab.sources import Sources
from training.lab.start import start_of
from training.lab.training_set import (
    _digest,
    begun,
    plain,
    read_training_set,
    write_training_set,
)

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"
RECIPE = """
synthetic_individuals = 0
reference_individuals = 0
verify_labels = false
same_pairs = 8
different_pairs = 12
"""


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def animal(make, sighting, file, flank, n):
    image = open_image(sighting.media[0].content, file_name=file)
    mask = np.zeros((44, 56), bool)
    mask[6:38, 4:52] = True
    rng = np.random.default_rng(n)
    parts = dict.fromkeys(("sharpness", "exposure", "contrast", "size", "coverage", "usable"), 0.5)
    return PreparedAnnotation(
        id=f"{sighting.id}-0",
        sighting_id=sighting.id,
        image=image,
        annotation=Annotation(image.sha256, Box(0, 0, 56, 44), AnnotationOrigin.USER, mask=mask),
        view=View(FlankEstimate.known(flank), Quality(**parts, animal_px=50, reasons=())),
        embedding=make.annotation(make.sighting()).embedding,
        features=make.features(rng, 4),
        mirrored=make.features(rng, 4),
    )


@pytest.fixture
def catalogue(tmp_path, make, champion, monkeypatch):
    """Ten animals, one flank each, three sightings each, all confirmed."""
    monkeypatch.setenv("LEOPARD_REID_BUNDLE", str(champion.directory))
    monkeypatch.setattr(readiness, "LEAST_LEARN", 2)
    monkeypatch.setattr(readiness, "LEAST_HELD_OUT", 1)
    with Catalogue.open(tmp_path / "data") as opened:
        for k in range(10):
            for n in range(3):
                noise = np.random.default_rng([k, n]).integers(0, 25, (44, 56, 3))
                pixels = np.clip(coat(k, 0) + noise, 0, 255).astype(np.uint8)
                file = f"{k}-{n}.png"
                content = cv2.imencode(".png", pixels)[1].tobytes()
                sighting = Sighting(f"s{k}-{n}", (SightingMedia(file, content),))
                opened.save_sighting(sighting, [animal(make, sighting, file, Flank.LEFT, n)])
                opened.enrol(sighting.id, f"A{k}", by="Asel")
        yield opened


class Library:
    def __init__(self, catalogue):
        self.catalogue = catalogue


def test_a_run_that_was_left_goes_on_and_is_registered_with_its_lineage(
    catalogue, champion, tmp_path, monkeypatch
):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE)
    valley = write_world(tmp_path / "valley", individuals=2, pictures=2)
    once = write_world(tmp_path / "once", individuals=2, pictures=1)
    monkeypatch.setenv("LEOPARD_REID_REFERENCES", f"{valley}:{once.parent}")
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
    Worker(store, {TRAINING_RUN: kind}, poll_s=0.01).run(until_idle=True)
    done = store.job(job.id)
    assert done.state is JobState.DONE, done.problem
    assert (folder / "manifest.json").read_bytes() == frozen
    assert json.loads((folder / "curve.jsonl").read_text().splitlines()[0])["shrink"] == 1.0
    registry = Registry.of(catalogue, Settings(data_dir=data_dir))
    bundle = registry.bundle(done.result["bundle"]["sha256"])
    assert bundle.data_manifest_sha256 == done.result["training_set"]
    assert bundle.parent == registry.configured().sha256
    assert bundle.data_licences == ("LicenseRef-own-pictures",)
    assert bundle.licence == "LicenseRef-own-pictures"
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
    assert set(found) == {TRAINING_RUN}
    assert "nowhere.at_all" in caplog.text


def reid(*words):
    return CliRunner().invoke(app, ["train", "--threads", "1", *map(str, words)])


def written(run):
    """Every file of the bundle of a run."""
    return {path.name: path.read_bytes() for path in (run / "bundle").iterdir()}


def one_line(result):
    return " ".join(result.output.split())


def let_serve(registry, bundle):
    """A promotion, of a bundle by which nothing was measured yet."""
    before, after = (registry._target(one) for one in (registry.active(), bundle))
    told = {"by": "Asel", "why": "tried", "override": True, "complete": False}
    registry.store.switch(PromotionKind.PROMOTE, before, after, **told)


def move_clock(monkeypatch, days):
    """Another day, for whatever may write into a bundle."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=days)

    for name, module in list(sys.modules.items()):
        ours = name.startswith(("training.", "reid.fuse.", "reid.weights."))
        if ours and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Later)


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
    assert "at least 500 are needed" in one_line(refused)


@pytest.mark.slow
def test_a_frozen_set_gives_the_same_bundle_whoever_serves_and_on_whatever_day(
    catalogue, champion, tmp_path, monkeypatch
):
    recipe, out, again = tmp_path / "tiny.toml", tmp_path / "run", tmp_path / "again"
    recipe.write_text(RECIPE)
    common, taken = ("--data-dir", catalogue.data_dir), ("--by", "Asel", "--override", "to try")
    how = ("--recipe", recipe, "--seed", 1, "--name", "lab")  # of this seed two calibrate
    first = reid("--from-catalogue", *common, *how, "--out", out)
    assert "registered as lab@" in first.output
    made, day = written(out), read_training_set(out).day
    calibration = json.loads(made["calibration.json"])
    assert calibration["fitted_on"].endswith("different)")
    assert calibration["date"] == day.isoformat()
    registry = Registry.of(catalogue, Settings(data_dir=catalogue.data_dir))
    let_serve(registry, registry.bundle("lab"))
    move_clock(monkeypatch, days=40)
    catalogue.withdraw("s0-0", by="Asel", why="labels may change meanwhile")
    recipe.unlink()

    documented = reid("--manifest", out, *common, "--out", again)  # docs/retraining.md
    assert "registered as lab@" in documented.output
    assert written(again) == made
    (kept,) = registry.store.bundles()
    assert kept.parent == registry.configured().sha256, "not the one that serves now"
    resumed = reid("--from-catalogue", *common, "--out", out, "--resume", *taken)
    assert resumed.exit_code == 0, resumed.output
    assert written(out) == made

    monkeypatch.setattr("training.lab.calibrating.code_version", lambda: "another")
    clash = reid("--manifest", out, *common, "--out", again, "--resume", *taken)
    assert "give the new one another version: --version VERSION --resume" in one_line(clash)
    other = reid("--manifest", out, *common, "--out", again, "--resume", *taken, "--version", "2")
    assert "registered as lab@2" in other.output


@pytest.fixture
def frozen(catalogue, champion, tmp_path):
    """The folder of a set that was frozen from the catalogue, and nothing trained from it."""
    recipe, folder = read_lab_recipe("lab-head"), tmp_path / "frozen"
    made = Sources.open(catalogue, ()).freeze(folder, seed=0)
    write_training_set(begun(made, start_of(champion, recipe), "lab"), folder)
    return folder


def test_another_champion_recipe_set_or_source_is_refused_and_leaves_nothing(
    catalogue, frozen, champion, tmp_path
):
    common, out = ("--manifest", frozen, "--data-dir", catalogue.data_dir), tmp_path / "out"
    out_too = (*common, "--out", out)
    recipe = tmp_path / "mine.toml"
    recipe.write_text("same_pairs = 8")
    told = one_line(reid(*out_too, "--recipe", recipe))
    assert "expected the recipe lab-head" in told
    assert "found mine with same_pairs 8 instead of 400; leave --recipe out" in told
    told = one_line(reid(*out_too, "--init", "efficientnet-lite1"))
    assert "expected the champion parent 1" in told
    assert "found efficientnet-lite1" in told
    assert "leave --init out to take it from the registry" in told
    named = one_line(reid(*out_too, "--version", "a b"))
    assert "--version" in named
    assert not out.exists()
    other = begun(read_training_set(frozen), start_of(champion, read_lab_recipe(recipe)), "lab")
    write_training_set(other, out)
    assert other.sha256 != read_training_set(frozen).sha256, "the start is hashed, too"
    assert "found one of" in one_line(reid(*out_too, "--resume"))
    with pytest.raises(ConfigError, match="give --from-catalogue, too"):
        Sources(None).check(other)


def test_the_frozen_champion_is_taken_from_where_it_is_kept_and_missed_by_name(
    catalogue, frozen, champion, monkeypatch
):
    start = read_training_set(frozen).start
    registry = Registry.of(catalogue, Settings(data_dir=catalogue.data_dir))
    assert champion_of(start, registry).directory == champion.directory
    other = champion_of(None, None, default="rosette-words")
    own = start_of(other, start.lab_recipe())
    assert champion_of(own, registry).directory == other.directory, "not the one that serves"
    monkeypatch.setenv("LEOPARD_REID_BUNDLE", "rosette-words")
    registry = Registry.of(catalogue, Settings(data_dir=catalogue.data_dir))
    kept = registry.register(other.directory, by="Asel")
    assert champion_of(own, registry).name == "rosette-words"
    with pytest.raises(InputsChangedError, match=r"expected the champion parent 1.*--init"):
        champion_of(start, registry)
    assert champion_of(start, registry, init=str(champion.directory)).name == "parent"
    assert kept.sha256 == own.champion_sha256, "one name for registered content and other"


def test_a_set_from_before_the_start_was_frozen_keeps_its_hash(frozen):
    content = json.loads((frozen / "manifest.json").read_text())
    made = read_training_set(frozen)
    old = replace(made, start=None)
    old = replace(old, sha256=_digest(plain(old)))
    write_training_set(old, frozen)
    assert "start" not in json.loads((frozen / "manifest.json").read_text())
    assert read_training_set(frozen) == old
    assert content["start"]["champion_sha256"] == made.start.champion_sha256
