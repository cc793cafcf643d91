"""Visual words in training: where they begin, and a whole run with them."""

import numpy as np
import pytest
import torch

from reid.embed import load_embedder
from tests.learn.conftest import TINY, Silent
from training.learn.loop import embed
from training.learn.network import build_learner, preprocessing_of
from training.learn.recipe import Recipe
from training.learn.train import train
from training.learn.words import begin_words

WORDED = {
    "architecture": "test_efficientnet",
    "input_px": 48,
    "dim": 16,
    "train_from": "",
    "pooling": "words",
    "words": 6,
    "word_dim": 8,
    "feature_stride": 8,
}
RECIPE = Recipe.model_validate({"name": "worded"} | TINY | {"network": WORDED})


def crops(n=12):
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(n)]


def begun(seed=0):
    learner = build_learner(RECIPE.network, seed=0)
    begin_words(learner, crops(), preprocessing_of(RECIPE.network), seed=seed)
    return learner


def test_words_begin_as_clusters_and_the_same_seed_gives_the_same():
    learner, again = begun(), begun()
    words = learner.network.residuals.words.detach()
    assert torch.equal(words, again.network.residuals.words)
    assert not torch.equal(words, begun(seed=1).network.residuals.words)
    assert float(torch.pdist(words.detach()).min()) > 0
    pixels = torch.randn(4, 3, 48, 48)
    with torch.no_grad():
        cells, _ = learner.network.residuals.cells(learner.network.features(pixels))
    nearest = torch.cdist(cells.flatten(0, 1), words).min(dim=1).values
    apart = torch.cdist(cells.flatten(0, 1), torch.zeros_like(words)).min(dim=1).values
    assert float(nearest.mean()) < float(apart.mean())  # a fit, not the zeros of a new module


def test_projected_features_are_white_over_the_pictures_that_they_began_with():
    learner = begun()
    residuals, pre = learner.network.residuals, preprocessing_of(RECIPE.network)
    from reid.embed.preprocess import network_input

    with torch.no_grad():
        features = learner.network.features(torch.from_numpy(network_input(crops(), pre)))
        flat = residuals.project(features.flatten(2).transpose(1, 2)).flatten(0, 1)
    spread = torch.cov(flat.T)
    assert float(flat.mean(dim=0).abs().max()) < 0.2
    away = spread - torch.diag(spread.diag())
    assert float(away.abs().max()) < 0.25
    assert float(spread.diag().max()) < 1.3


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory):
    return train(RECIPE, [world], tmp_path_factory.mktemp("worded"), Silent(), threads=1)


def test_a_run_with_words_moves_them_and_the_bundle_gives_its_vectors(trained):
    prepared, bundle = trained.run.prepared, trained.bundle
    assert bundle.manifest.visual_words.words == 6
    assert bundle.manifest.feature_stride == 8
    assert bundle.manifest.head.width == 6 * (8 + 2)
    vectors = load_embedder(bundle).embed(prepared.crops)
    last = embed(trained.run.parts.learner, prepared.crops, prepared.preprocessing)
    assert vectors.shape == last.shape
    if trained.run.progress.best_epoch == 2:  # else the bundle holds an earlier epoch
        assert float((vectors * last).sum(axis=1).min()) > 0.999
    start = build_learner(RECIPE.network, seed=RECIPE.seed).network.residuals
    found = trained.run.parts.learner.network.residuals
    assert not torch.equal(found.words, start.words)
    assert not torch.equal(found.project.weight, start.project.weight)


def test_a_recipe_without_steps_fits_words_and_head_and_leaves_them(world, tmp_path):
    fitted = RECIPE.model_copy(
        update={"schedule": RECIPE.schedule.model_copy(update={"steps": 0, "epochs": 1})}
    )
    told = Silent()
    found = train(fitted, [world], tmp_path / "run", told, threads=1)
    assert [line["epoch"] for line in told.epochs] == [0, 1]
    assert not told.steps
    last = embed(
        found.run.parts.learner, found.run.prepared.crops, found.run.prepared.preprocessing
    )
    vectors = load_embedder(found.bundle).embed(found.run.prepared.crops)
    assert float((vectors * last).sum(axis=1).min()) > 0.999
    again = train(fitted, [world], tmp_path / "run", Silent(), threads=1, resume=True)
    assert again.bundle.manifest.files == found.bundle.manifest.files
