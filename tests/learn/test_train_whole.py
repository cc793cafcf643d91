"""A tiny run from table to bundle: to the end, cut off and resumed, loaded by the product."""

import json

import numpy as np
import pytest
import torch

from reid.embed import Embedder, load_embedder
from reid.embed.timm_embedder import TimmEmbedder
from reid.errors import ConfigError, InputError
from reid.weights import load_bundle, load_state_dict, verify
from tests.learn.conftest import TINY, Silent, write_world
from training.learn.checkpoint import load_state
from training.learn.loop import embed
from training.learn.network import folded
from training.learn.prepared import prepare_run
from training.learn.recipe import Augmentation, Recipe
from training.learn.run import BEST, STATE, Run, choose_device
from training.learn.train import train
from training.learn.write import halved, write_bundle


@pytest.fixture(autouse=True)
def deterministic():
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory):
    told = Silent()
    found = train(
        Recipe.model_validate({"name": "tiny"} | TINY),
        [world],
        tmp_path_factory.mktemp("run"),
        told,
        threads=1,
    )
    return found, told


def test_a_run_goes_to_the_end_and_says_what_it_did(trained):
    found, told = trained
    assert [step for step, _ in told.steps] == [1, 2, 3, 4, 5, 6]
    assert [line["epoch"] for line in told.epochs] == [0, 1, 2]
    facts = json.loads((found.report.parent / "report.json").read_text())
    assert facts["licence"] == "Apache-2.0"
    assert facts["data"][0]["sha256"]
    assert facts["pictures"] == {"train": 24, "held out": 12}
    assert facts["classes"] == 4 * 2 * 2  # four individuals, two flanks, as they are and flipped
    assert "Held-out individuals" in found.report.read_text()
    assert len((found.report.parent / "steps.csv").read_text().splitlines()) == 7


def test_the_product_loads_the_bundle(trained):
    found, _ = trained
    bundle = load_bundle(found.bundle.directory)
    embedder = load_embedder(bundle)
    assert isinstance(embedder, Embedder)
    assert verify(bundle).ok
    assert bundle.manifest.preprocessing.crop.background == "grey"
    assert "world" in bundle.manifest.origin.trained_on
    assert (bundle.directory / "card.md").read_text().startswith("# rosette-tiny")


def test_the_bundle_gives_nearly_the_vectors_of_the_best_epoch(trained):
    """Folding the neck, half precision and reading back together cost next to nothing."""
    found, _ = trained
    run = found.run
    crops = run.prepared.crops
    network = run.parts.learner
    if run.progress.best_epoch == 2:  # the learner in memory is the best one
        expected = embed(network, crops, run.prepared.preprocessing)
        near = (TimmEmbedder(found.bundle).embed(crops) * expected).sum(axis=1)
        assert near.min() > 0.999
    state, best = load_state_dict(found.bundle), load_state(run.folder / BEST)
    assert state.keys() == best.keys()
    for name, tensor in best.items():
        torch.testing.assert_close(state[name].float(), tensor.float(), rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_a_run_cut_off_and_resumed_is_the_same_run(world, recipe, tmp_path):
    def begin(folder):
        return Run(prepare_run(recipe, [world], folder, Silent()), folder, device=choose_device(1))

    whole = begin(tmp_path / "whole")
    whole.go(Silent(), workers=0)
    first = begin(tmp_path / "cut")
    first.go(Silent(), workers=0, until=4)  # within the second epoch
    second = begin(tmp_path / "cut")
    second.resume()
    assert second.progress.step == 4
    second.go(Silent(), workers=0)
    for a, b in (
        (whole.parts.learner, second.parts.learner),
        (whole.parts.arcface, second.parts.arcface),
    ):
        for name, tensor in a.state_dict().items():
            assert torch.equal(tensor, b.state_dict()[name]), name
    assert [line["loss"] for line in whole.progress.losses] == [
        line["loss"] for line in second.progress.losses
    ]


@pytest.mark.slow
def test_workers_make_the_same_pictures_also_after_many_threads_ran(world, recipe, tmp_path):
    """Two threads in the parent first: a forked worker would hang for ever."""
    losses = []
    for workers in (0, 1):
        folder = tmp_path / str(workers)
        device = choose_device(2)
        try:
            run = Run(prepare_run(recipe, [world], folder, Silent()), folder, device=device)
            run.go(Silent(), workers=workers, until=2)
        finally:
            choose_device(1)
        losses.append([line["loss"] for line in run.progress.losses])
    assert losses[0] == losses[1]


def test_other_inputs_are_not_resumed(world, recipe, tmp_path):
    run = Run(prepare_run(recipe, [world], tmp_path, Silent()), tmp_path, device=choose_device(1))
    run.save()
    other = recipe.model_copy(update={"seed": 9})
    again = Run(prepare_run(other, [world], tmp_path, Silent()), tmp_path, device=choose_device(1))
    with pytest.raises(ConfigError, match="another recipe"):
        again.resume()


def test_a_folder_with_a_run_is_not_overwritten(world, recipe, tmp_path):
    (tmp_path / STATE).write_bytes(b"x")
    with pytest.raises(ConfigError, match="--resume"):
        train(recipe, [world], tmp_path, Silent())


def test_a_state_that_is_half_written_is_never_read(world, recipe, tmp_path, monkeypatch):
    run = Run(prepare_run(recipe, [world], tmp_path, Silent()), tmp_path, device=choose_device(1))
    run.save()
    before = (tmp_path / STATE).read_bytes()

    def killed(state, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("training.learn.checkpoint.torch.save", killed)
    with pytest.raises(KeyboardInterrupt):
        run.save()
    assert (tmp_path / STATE).read_bytes() == before


@pytest.mark.slow
def test_training_lowers_the_loss(world, recipe, tmp_path):
    longer = recipe.schedule.model_copy(update={"steps": 30, "epochs": 1})
    calm = Augmentation(**dict.fromkeys(Augmentation.model_fields, 0.0))
    recipe = recipe.model_copy(update={"schedule": longer, "augmentation": calm})
    run = Run(prepare_run(recipe, [world], tmp_path, Silent()), tmp_path, device=choose_device(1))
    run.go(Silent(), workers=0)
    losses = [line["loss"] for line in run.progress.losses]
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:8])


@pytest.mark.parametrize(
    ("licence", "use", "message"),
    [
        ("none stated", "evaluation", "use: evaluation"),
        ("none stated", "unstated", "if you have the right"),
    ],
)
def test_data_that_may_not_train_is_refused_before_anything_is_made(
    recipe, tmp_path, licence, use, message
):
    table = write_world(tmp_path / "forbidden", individuals=1, licence=licence, use=use)
    with pytest.raises(InputError, match=message):
        train(recipe, [table], tmp_path / "out", Silent())
    assert not (tmp_path / "out").exists()


def test_weights_carry_the_licence_that_their_data_ask_for(recipe, tmp_path):
    table = write_world(tmp_path / "tigers", licence="CC-BY-NC-SA-4.0", use="share-alike")
    prepared = prepare_run(recipe, [table], tmp_path / "out", Silent())
    run = Run(prepared, tmp_path, device=choose_device(1))
    torch.save(dict(folded(run.parts.learner)), run.folder / BEST)
    bundle = write_bundle(run, tmp_path / "bundle", name="tigers")
    assert bundle.manifest.licence.spdx == "CC-BY-NC-SA-4.0"


def test_a_value_too_large_for_half_precision_stays_single():
    state = halved({"a": torch.full((2, 2), 1e5), "b": torch.ones(2, 2), "c": torch.ones(2)})
    assert [t.dtype for t in state.values()] == [torch.float32, torch.float16, torch.float32]
    assert state["a"].max() == 1e5
