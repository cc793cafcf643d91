"""Pooling by visual words against a slow oracle, painted cells, early feature maps, bundles."""

import json

import numpy as np
import pytest
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from reid.embed.early import ending_at
from reid.embed.pooling import HEAD, WORDS, VectorNetwork
from reid.embed.residuals import Residuals, blanked
from reid.embed.timm_embedder import TimmEmbedder
from reid.errors import WeightsAlteredError
from reid.weights import fingerprint, parse_manifest, save_bundle

ARCHITECTURE, CHANNELS, DIM = "test_efficientnet", 32, 12
WORDS_TOLD = {"words": 5, "dim": 6, "position": 2.0}


def pooling(seed=0, sharpness=50.0):
    torch.manual_seed(seed)
    found = Residuals(4, 3, 2, position=1.5)
    with torch.no_grad():
        found.words.copy_(torch.randn(3, 4))
        found.sharpness.fill_(sharpness)
    return found


def slow(pool, features):
    """One picture (c, h, w), cell by cell."""
    _, h, w = features.shape
    sums = [torch.zeros(pool.words.shape[1]) for _ in pool.words]
    for y in range(h):
        for x in range(w):
            if (features[:, y, x] == 0).all():
                continue
            mark = functional.normalize(pool.project(features[:, y, x]), dim=0)
            place = pool.position * torch.tensor([(x + 0.5) / w - 0.5, (y + 0.5) / h - 0.5])
            cell = torch.cat([mark, place])
            squared = torch.stack([((cell - word) ** 2).sum() for word in pool.words])
            share = torch.softmax(-pool.sharpness * squared, dim=0)
            for k, word in enumerate(pool.words):
                sums[k] = sums[k] + share[k] * (cell - word)
    whole = torch.cat([s / max(float(s.norm()), 1e-12) for s in sums])
    return torch.sign(whole) * (whole.abs() + 1e-6).sqrt()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.sampled_from([1.0, 50.0]), st.floats(0, 1))
def test_words_are_their_definition(seed, sharpness, painted):
    pool = pooling(seed % 7, sharpness)
    torch.manual_seed(seed)
    features = torch.randn(2, 4, 3, 5) * (torch.rand(2, 1, 3, 5) >= painted)
    with torch.inference_mode():
        found = pool(features)
        for k in range(2):
            np.testing.assert_allclose(found[k], slow(pool, features[k]), atol=2e-4)


def test_painted_cells_count_for_nothing():
    pool = pooling()
    pixels = torch.zeros(1, 3, 32, 32)
    pixels[..., 8:24, 8:24] = 0.7
    coat = torch.randn(1, 4, 4, 4)
    other = coat.clone()
    other[..., 0, :] = 99.0  # what the network makes of the painted rows
    with torch.inference_mode():
        kept = blanked(coat, pixels)
        assert torch.equal(pool(kept), pool(blanked(other, pixels)))
        assert (kept[..., 1:3, 1:3] == coat[..., 1:3, 1:3]).all()
        assert int((kept != 0).any(dim=1).sum()) == 4


def test_marks_in_other_places_are_another_coat():
    pool = pooling()
    features = torch.randn(1, 4, 3, 5)
    with torch.inference_mode():
        turned = pool(features.flip(3))
        assert not torch.allclose(pool(features), turned, atol=0.05)
        pool.position = 0.0
        assert torch.allclose(pool(features), pool(features.flip(3)), atol=1e-4)


def test_no_coat_at_all_gives_zero_and_finite_gradients():
    pool = pooling()
    found = pool(torch.zeros(1, 4, 2, 2, requires_grad=True))
    found.sum().backward()
    assert (found == 0).all()
    assert all(torch.isfinite(p.grad).all() for p in pool.parameters() if p.grad is not None)


@pytest.mark.parametrize("stride", [4, 8, 16])
def test_an_early_end_gives_the_map_that_timm_names(stride):
    torch.manual_seed(0)
    whole = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=0).eval()
    pixels = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        maps = whole.forward_intermediates(pixels, intermediates_only=True)
        (expected,) = (m for m in maps if m.shape[-1] == 64 // stride)
        before = sum(p.numel() for p in whole.parameters())
        cut = ending_at(whole, stride)
        assert torch.allclose(cut.forward_features(pixels), expected, atol=1e-6)
    assert cut.num_features == expected.shape[1]
    assert sum(p.numel() for p in cut.parameters()) < before


def test_a_stride_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(WeightsAlteredError, match=r"strides \[2, 4, 8, 16, 32\]"):
        ending_at(timm.create_model("resnet10t", pretrained=False), 7)
    with pytest.raises(WeightsAlteredError, match="feature map"):
        VectorNetwork(torch.nn.Identity(), residuals=pooling())


def manifest(**changes):
    base = {
        "name": "words",
        "version": "1",
        "kind": "own",
        "architecture": ARCHITECTURE,
        "pooling": "words",
        "visual_words": WORDS_TOLD,
        "feature_stride": 8,
        "head": {"kind": "linear", "width": 40},
        "dim": DIM,
        "preprocessing": {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3},
        "licence": {"spdx": "Apache-2.0"},
        "origin": {"source": "random numbers"},
        "files": [{"path": "model.safetensors", "sha256": "0" * 64, "bytes": 1}],
    }
    return parse_manifest(json.dumps(base | changes), source="test")


def state():
    torch.manual_seed(3)
    whole = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=0)
    cut = ending_at(whole, 8)
    words, head = Residuals(cut.num_features, 5, 6, 2.0), torch.nn.Linear(40, DIM)
    torch.nn.init.normal_(words.words)
    found = dict(cut.state_dict())
    found |= {f"{WORDS}{k}": v for k, v in words.state_dict().items()}
    return found | {f"{HEAD}{k}": v for k, v in head.state_dict().items()}


def crops(n=4):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (40, 60, 3), np.uint8) for _ in range(n)]


def test_a_bundle_with_words_embeds_and_every_setting_is_in_its_fingerprint(tmp_path):
    bundle = save_bundle(tmp_path / "a", manifest(), state())
    vectors = TimmEmbedder(bundle).embed(crops())
    assert vectors.shape == (4, DIM)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    other = save_bundle(
        tmp_path / "b", manifest(visual_words=WORDS_TOLD | {"position": 1.0}), state()
    )
    assert fingerprint(bundle) != fingerprint(other)
    assert not np.allclose(vectors, TimmEmbedder(other).embed(crops()), atol=1e-3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"visual_words": None}, "pooling 'words' with visual_words None"),
        ({"pooling": "avg"}, "pooling 'avg' with visual_words"),
        ({"classes": 3}, "classes must be 0"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(changes, message):
    with pytest.raises(WeightsAlteredError, match=message):
        manifest(**changes)


def test_tensors_of_other_words_are_refused(tmp_path):
    more = manifest(visual_words=WORDS_TOLD | {"words": 6}, head={"kind": "linear", "width": 48})
    with pytest.raises(WeightsAlteredError, match=r"residuals\.words is \(5, 8\), expected"):
        TimmEmbedder(save_bundle(tmp_path, more, state()))
