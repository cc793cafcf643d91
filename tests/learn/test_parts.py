"""Losses, ranking, disturbances, network parts and recipes, each against its definition."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from reid.errors import ConfigError
from training.learn import augment
from training.learn.beginning import begin_head, principal_rows
from training.learn.judge import Judged, rank
from training.learn.losses import SubCentreArcFace, contrastive, distance_to_start
from training.learn.network import build_learner, folded, interpolated
from training.learn.recipe import Augmentation, Losses, Network, read_recipe, recipe_names
from training.learn.report import curve

SEEDS = st.integers(0, 2**31)
TINY = Network(architecture="test_efficientnet", input_px=48, dim=8)


def unit(n, dim, seed):
    return functional.normalize(torch.randn(n, dim, generator=torch.manual_seed(seed)), dim=1)


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.floats(0.05, 1.0))
def test_contrastive_is_its_definition(seed, temperature):
    vectors, labels = unit(7, 5, seed), torch.tensor([0, 0, 1, 1, 1, 2, 0])
    found = contrastive(vectors, labels, temperature=temperature)
    terms = []
    for i in range(7):
        near = [math.exp(float(vectors[i] @ vectors[k]) / temperature) for k in range(7)]
        positives = [k for k in range(7) if k != i and labels[k] == labels[i]]
        below = sum(near) - near[i]
        if positives:
            terms.append(-sum(math.log(near[k] / below) for k in positives) / len(positives))
    assert float(found) == pytest.approx(sum(terms) / len(terms), rel=1e-3)


def test_contrastive_without_a_positive_is_zero_and_can_be_minimised():
    vectors = unit(3, 4, 0).requires_grad_()
    loss = contrastive(vectors, torch.tensor([0, 1, 2]), temperature=0.1)
    loss.backward()
    assert float(loss.detach()) == 0
    assert torch.isfinite(vectors.grad).all()


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.floats(0.0, 0.5))
def test_arcface_is_its_definition(seed, margin):
    how = Losses(arcface_margin=margin, arcface_scale=10, arcface_centres=2)
    torch.manual_seed(seed)
    loss = SubCentreArcFace(3, 6, how)
    vectors, labels = unit(4, 6, seed), torch.tensor([0, 1, 2, 1])
    centres = functional.normalize(loss.centres, dim=1).detach().numpy().reshape(3, 2, 6)
    terms = []
    for vector, label in zip(vectors.numpy(), labels.tolist(), strict=True):
        cosine = [max(float(vector @ c) for c in own) for own in centres]
        angle = math.acos(np.clip(cosine[label], -1, 1)) + margin
        cosine[label] = math.cos(angle) if angle < math.pi else -2 - math.cos(angle)
        raised = [math.exp(10 * c) for c in cosine]
        terms.append(-math.log(raised[label] / sum(raised)))
    found = float(loss(vectors, labels).detach())
    assert found == pytest.approx(sum(terms) / 4, rel=1e-3, abs=1e-5)


def test_the_distance_to_the_start_is_squared_and_halved():
    now, start = {"a": torch.tensor([3.0, 0.0])}, {"a": torch.tensor([0.0, 4.0])}
    assert float(distance_to_start(now, start)) == 12.5
    assert float(distance_to_start({}, {})) == 0


def judged(classes, groups, flanks):
    return Judged((), np.array(classes), np.array(groups), np.array(flanks))


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_ranking_is_its_definition(seed):
    rng = np.random.default_rng(seed)
    n = 9
    flanks = rng.integers(0, 2, n)
    classes, groups = 2 * rng.integers(0, 3, n) + flanks, rng.integers(0, 6, n)
    vectors = rng.normal(size=(n, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = rank(vectors, judged(classes, groups, [("left", "right")[f] for f in flanks]))
    top1, precision = [], []
    for q in range(n):
        seen = [k for k in range(n) if groups[k] != groups[q] and flanks[k] == flanks[q]]
        line = sorted(seen, key=lambda k: -float(vectors[k] @ vectors[q]))
        hits = [place for place, k in enumerate(line, 1) if classes[k] == classes[q]]
        if hits:
            top1.append(hits[0] == 1)
            precision.append(np.mean([(j + 1) / place for j, place in enumerate(hits)]))
    assert found.queries == len(top1)
    if top1:
        assert (found.top1, found.map) == pytest.approx((np.mean(top1), np.mean(precision)))


def test_equal_scores_count_against_the_ranking():
    same = np.ones((3, 2), np.float32) / math.sqrt(2)
    found = rank(same, judged([0, 0, 1], [0, 1, 2], ["left"] * 3))
    assert (found.top1, found.map) == (0, 0.5)


def test_ranking_nothing_is_typed():
    assert rank(np.ones((1, 2), np.float32), judged([0], [0], ["left"])).queries == 0


EVERY = Augmentation(**dict.fromkeys(Augmentation.model_fields, 1.0))
NONE = Augmentation(**dict.fromkeys(Augmentation.model_fields, 0.0))


def picture(seed=0, size=(60, 90)):
    rng = np.random.default_rng(seed)
    mask = np.zeros(size, np.bool_)
    mask[8:-8, 6:-6] = True
    return rng.integers(0, 256, (*size, 3), np.uint8), mask


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.integers(9, 120), st.integers(9, 160))
def test_a_disturbed_crop_is_still_a_crop_with_an_animal(seed, height, width):
    crop, mask = picture(seed, (max(height, 20), max(width, 20)))
    before = crop.copy()
    found, outline = augment.disturb(crop, mask, EVERY, np.random.default_rng(seed))
    assert found.dtype == np.uint8
    assert found.shape == (*outline.shape, 3)
    assert outline.dtype == np.bool_
    assert outline.any()
    assert np.array_equal(crop, before)
    again, _ = augment.disturb(crop, mask, EVERY, np.random.default_rng(seed))
    assert np.array_equal(found, again)


def test_nothing_is_disturbed_at_chance_zero():
    crop, mask = picture()
    found, outline = augment.disturb(crop, mask, NONE, np.random.default_rng(0))
    assert np.array_equal(found, crop)
    assert np.array_equal(outline, mask)


def test_infrared_has_no_colour_and_no_disturbance_mirrors():
    crop, mask = picture()
    grey = augment.infrared(crop, np.random.default_rng(1))
    assert np.all(grey == grey[..., :1])
    gradient = np.tile(np.linspace(0, 255, 90).astype(np.uint8)[None, :, None], (60, 1, 3))
    for seed in range(12):
        found, _ = augment.warped(gradient, mask, np.random.default_rng(seed))
        assert found[:, -20:].mean() > found[:, :20].mean() + 50


def test_the_folded_head_gives_what_head_and_neck_give():
    learner = build_learner(TINY, seed=1)
    with torch.no_grad():
        learner.neck.running_mean.copy_(torch.randn(8))
        learner.neck.running_var.copy_(torch.rand(8) + 0.1)
        learner.neck.weight.copy_(torch.rand(8))
        learner.neck.bias.copy_(torch.randn(8))
    learner.eval()
    state, pooled = folded(learner), torch.rand(5, learner.network.vector_head.in_features)
    expected = learner.neck(learner.network.vector_head(pooled))
    found = pooled @ state["vector_head.weight"].T + state["vector_head.bias"]
    torch.testing.assert_close(found, expected.detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("pictures", [60, 6])
def test_a_principal_head_keeps_what_the_start_tells_apart(pictures):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(pictures, 6)) @ rng.normal(size=(6, 40)) + 5
    rows = principal_rows(features, 10, seed=1)
    np.testing.assert_allclose(rows @ rows.T, np.eye(10), atol=1e-9)
    centred = features - features.mean(0)
    np.testing.assert_allclose((centred @ rows.T) @ (centred @ rows.T).T, centred @ centred.T)
    spread = (centred @ rows.T).var(0)
    assert spread.max() / spread.min() < 60  # six directions of very unlike strength, mixed


def test_a_begun_learner_stands_where_its_features_stand():
    learner = build_learner(TINY, seed=1)
    features = np.random.default_rng(0).random((50, learner.network.vector_head.in_features))
    begin_head(learner, features.astype(np.float32), seed=0)
    learner.eval()
    pooled = torch.from_numpy(features.astype(np.float32))
    seen = learner.neck(learner.network.vector_head(pooled)).detach().numpy()
    np.testing.assert_allclose(seen.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(seen.var(0), 1, atol=2e-2)


def test_what_comes_before_the_named_part_stays():
    learner = build_learner(TINY.model_copy(update={"train_from": "blocks.3"}), seed=1)
    moving = learner.moving()
    assert any(name.startswith("blocks.3.") for name in moving)
    assert not any(name.startswith(("conv_stem", "blocks.0.", "blocks.2.")) for name in moving)
    assert not build_learner(TINY.model_copy(update={"train_from": "head"}), seed=1).moving()
    with pytest.raises(ConfigError, match="train_from"):
        build_learner(TINY.model_copy(update={"train_from": "blocks.77"}), seed=1)


def test_kept_statistics_stay_and_others_follow_the_data():
    for keep in (True, False):
        learner = build_learner(
            TINY.model_copy(update={"keep_norm": keep, "train_from": ""}), seed=1
        )
        before = learner.network.backbone.bn1.running_mean.clone()
        learner.train()
        learner(torch.randn(4, 3, 48, 48) + 3)
        assert torch.equal(before, learner.network.backbone.bn1.running_mean) is keep
        assert learner.neck.training


def test_interpolation_goes_from_start_to_trained():
    start, trained = {"a": torch.zeros(2)}, {"a": torch.ones(2), "head": torch.ones(1)}
    assert torch.equal(interpolated(trained, start, 1.0)["a"], trained["a"])
    assert torch.equal(interpolated(trained, start, 0.0)["a"], start["a"])
    half = interpolated(trained, start, 0.5)
    assert torch.equal(half["a"], torch.full((2,), 0.5))
    assert torch.equal(half["head"], trained["head"])


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_of_the_project_is_read(name):
    assert read_recipe(name).name == name


def test_a_misspelt_key_is_named_with_the_nearest(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[network]\ninput_pixels = 3\n")
    with pytest.raises(ConfigError, match="did you mean input_px"):
        read_recipe(path)
    path.write_text("[schedule]\nsteps = -1\n")
    with pytest.raises(ConfigError, match=r"schedule\.steps"):
        read_recipe(path)
    with pytest.raises(ConfigError, match="laptop"):
        read_recipe("laptopp")


def test_a_drawn_curve_falls_with_the_loss():
    assert curve([3.0, 2.0, 1.0])[0] > curve([3.0, 2.0, 1.0])[-1]
    assert curve([]) == ""
    assert len(curve(list(range(1000)))) == 48
