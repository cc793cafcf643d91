"""A frozen set trained again, after a promotion and on another day; what is refused."""

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from reid.catalogue.bundle_records import PromotionKind
from reid.cli.app import app
from reid.config import Settings
from reid.errors import ConfigError, InputsChangedError
from reid.registry import Registry
from training.lab.champions import champion_of
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

RECIPE = """
synthetic_individuals = 0
reference_individuals = 0
verify_labels = false
same_pairs = 8
different_pairs = 12
"""


def reid(*words):
    return CliRunner().invoke(app, ["train", "--threads", "1", *map(str, words)])


def one_line(result):
    return " ".join(result.output.split())


def written(run):
    """Every file of the bundle of a run."""
    return {path.name: path.read_bytes() for path in (run / "bundle").iterdir()}


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
    assert "--seed 7: expected 0, with which" in one_line(reid(*out_too, "--seed", 7))
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
