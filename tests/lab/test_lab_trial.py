"""Any bundle tried as a job, by the individuals that training holds out; kept, shown, counted."""

import json

import numpy as np
import pytest

from reid.batch import submit_trial
from reid.catalogue.jobs import JobState, JobStore
from reid.config import PipelineConfig, Settings
from reid.fuse.calibration import parse_calibration
from reid.jobs import Worker
from reid.labels.dealing import Part, dealt
from reid.registry import Registry, trial_now
from reid.weights import load_bundle, load_state_dict, read_calibration, save_bundle
from training.calibration.fit import write_calibration
from training.lab.job import TRIAL, TrialKind

RECIPE = """
synthetic_individuals = 0
reference_individuals = 0
same_pairs = 8
different_pairs = 12
"""
RANKS = {("catalogue", f"catalogue/A{k}"): k + 1 for k in range(10)}


class Library:
    def __init__(self, catalogue):
        self.catalogue = catalogue


@pytest.fixture
def stranger(champion, tmp_path):
    """A bundle that nobody here trained: the champion's network, its head shaken."""
    state = dict(load_state_dict(champion))
    chance = np.random.default_rng(5)
    for name in [one for one in state if one.endswith("vector_head.weight")]:
        state[name] = state[name] + state[name].new_tensor(chance.normal(0, 1, state[name].shape))
    told = champion.manifest.model_copy(update={"name": "stranger", "calibration": None})
    save_bundle(tmp_path / "stranger", told, state)
    fitted = PipelineConfig().bundle
    shipped = parse_calibration(read_calibration(load_bundle(fitted)))
    write_calibration(shipped, str(tmp_path / "stranger"))
    return tmp_path / "stranger"


def test_a_bundle_that_was_not_trained_here_is_tried_by_who_training_would_hold_out(
    catalogue, champion, stranger, tmp_path
):
    recipe, data_dir = tmp_path / "tiny.toml", catalogue.data_dir
    recipe.write_text(RECIPE)
    registry = Registry.of(catalogue, Settings(data_dir=data_dir))
    bundle, store = registry.register(stranger, by="Asel"), JobStore.of(catalogue)
    assert trial_now(bundle, registry.active()).state == "none"
    job, _ = submit_trial(store, bundle, by="Bota", recipe=str(recipe))
    kind = TrialKind(lambda: Library(catalogue), data_dir)
    Worker(store, {TRIAL: kind}, poll_s=0.01).run(until_idle=True)
    done = store.job(job.id)
    assert done.state is JobState.DONE, done.problem
    kept = registry.bundle("stranger").gate
    assert kept["champion_sha256"] == registry.active().sha256
    assert kept["seed"] == 0
    held_out = {n for n, p in dealt(RANKS, seed=0).items() if p is Part.HELD_OUT}
    manifest = json.loads((data_dir / "jobs" / job.id / "manifest.json").read_text())
    assert {one["identity"] for one in manifest["entries"]} == held_out
    assert {one["where"] for one in kept["lines"]} == {"held-out"}
    assert kept["regression"] is not done.result["passed"]
    page = (data_dir / "jobs" / job.id / "gate.html").read_text(encoding="utf-8")
    assert "Who judged" in page
    assert "Shrunk" not in page
    assert done.result["files"] == ["gate.html", "gate.json"]
    found = trial_now(registry.bundle("stranger"), registry.active())
    assert found.state == ("passed" if done.result["passed"] else "refused")
    again, _ = submit_trial(store, bundle, by="Bota", recipe=str(recipe))
    assert again.id != job.id, "one that has ended is made anew"


def test_where_nobody_is_held_out_a_trial_refuses_and_says_why(catalogue, stranger, tmp_path):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(RECIPE)
    for k in range(10):
        for n in range(3):
            catalogue.withdraw(f"s{k}-{n}", by="Asel", why="nobody is sure")
    registry, store = Registry.of(catalogue, Settings()), JobStore.of(catalogue)
    job, _ = submit_trial(store, registry.register(stranger, by="Asel"), by="B", recipe=str(recipe))
    kind = TrialKind(lambda: Library(catalogue), catalogue.data_dir)
    Worker(store, {TRIAL: kind}, poll_s=0.01).run(until_idle=True)
    done = store.job(job.id)
    assert done.state is JobState.DONE, done.problem
    assert not done.result["passed"]
    assert done.result["reasons"][0].startswith("held-out: could not judge")
