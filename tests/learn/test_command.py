"""``reid train`` from the command line: options, refusals, resuming."""

import pytest
import torch
from typer.testing import CliRunner

from reid.cli.app import app
from reid.weights import load_bundle, load_state_dict
from tests.learn.conftest import write_world

TOML = """
[network]
architecture = "test_efficientnet"
input_px = 48
dim = 8
train_from = "head"

[batches]
classes = 4
pictures = 2

[schedule]
steps = 2
epochs = 1
"""


@pytest.fixture
def recipe_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TOML)
    return path


def train(*words):
    return CliRunner().invoke(app, ["train", "--threads", "1", *map(str, words)])


def test_a_bundle_is_left_and_a_second_run_does_not_overwrite_it(world, recipe_file, tmp_path):
    out = tmp_path / "run"
    done = train("--data", world, "--recipe", recipe_file, "--out", out, "--name", "mine")
    assert done.exit_code == 0, done.output
    assert "\n## Held-out individuals\n" in done.output
    assert (out / "bundle" / "manifest.json").is_file()
    assert (out / "epochs.csv").read_text().startswith("epoch,step,loss,top1,map")
    again = train("--data", world, "--recipe", recipe_file, "--out", out)
    assert again.exit_code == 2
    assert "--resume" in again.output
    assert load_bundle(out / "bundle").manifest.version == "1"
    common = ("--data", world, "--recipe", recipe_file, "--out", out, "--resume")
    resumed = train(*common, "--version", "2")
    assert resumed.exit_code == 0, resumed.output
    assert load_bundle(out / "bundle").manifest.version == "2"
    assert "letters, digits" in train(*common, "--version", "no version").output


def test_a_finished_run_is_written_anew_part_of_the_way_to_its_start(world, tmp_path):
    """The same training; another mixture of trained and first weights (WiSE-FT)."""
    recipe, out = tmp_path / "moving.toml", tmp_path / "run"
    recipe.write_text(TOML.replace('"head"', '""'))
    common = ("--data", world, "--recipe", recipe, "--out", out)
    assert train(*common).exit_code == 0
    whole = load_state_dict(load_bundle(out / "bundle"))
    mixed = train(*common, "--resume", "--interpolate", 0.5)
    assert mixed.exit_code == 0, mixed.output
    half = load_state_dict(load_bundle(out / "bundle"))
    assert whole.keys() == half.keys()
    assert not torch.equal(whole["conv_stem.weight"], half["conv_stem.weight"])
    assert torch.equal(whole["vector_head.weight"], half["vector_head.weight"])


def test_what_may_not_train_ends_with_a_word(recipe_file, tmp_path):
    table = write_world(tmp_path / "nyala", individuals=1, use="evaluation")
    told = train("--data", table, "--recipe", recipe_file, "--out", tmp_path / "run")
    assert told.exit_code == 2
    assert "never" in told.output


def test_an_unknown_recipe_names_those_that_are_there(world, tmp_path):
    told = train("--data", world, "--recipe", "laptopp", "--out", tmp_path / "run")
    assert told.exit_code == 2
    assert "laptop-tiny" in told.output
