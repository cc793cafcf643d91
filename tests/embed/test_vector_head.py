"""Bundles with a pooling and a head of their own: numbers only, loaded strictly."""

import json

import numpy as np
import pytest
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.embed.pooling import HEAD, VectorNetwork, generalised_mean
from reid.embed.preprocess import network_input
from reid.embed.timm_embedder import TimmEmbedder
from reid.errors import WeightsAlteredError
from reid.weights import Bundle, fingerprint, load_bundle, parse_manifest, save_bundle

ARCHITECTURE = "resnet10t"
WIDTH, DIM = 512, 24


def manifest(**changes):
    base = {
        "name": "headed",
        "version": "1",
        "kind": "own",
        "architecture": ARCHITECTURE,
        "pooling": "gem",
        "head": {"kind": "linear", "width": WIDTH},
        "dim": DIM,
        "preprocessing": {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3},
        "licence": {"spdx": "Apache-2.0"},
        "origin": {"source": "random numbers"},
        "files": [{"path": "model.safetensors", "sha256": "0" * 64, "bytes": 1}],
    }
    return parse_manifest(json.dumps(base | changes), source="test")


def state():
    torch.manual_seed(3)
    backbone = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=0).state_dict()
    head = torch.nn.Linear(WIDTH, DIM)
    return backbone | {f"{HEAD}{name}": tensor for name, tensor in head.state_dict().items()}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return save_bundle(tmp_path_factory.mktemp("headed"), manifest(), state())


def crops(n=5):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (40, 60, 3), np.uint8) for _ in range(n)]


def test_the_vector_is_the_head_over_the_generalised_mean(bundle):
    output = TimmEmbedder(bundle).forward(crops())
    assert output.vectors.shape == (5, DIM)
    assert output.feature_map.shape == (5, WIDTH, 2, 2)  # the flank head still gets its map
    tensors, features = state(), output.feature_map.astype(np.float64)
    pooled = (np.maximum(features, 1e-6) ** 3).mean(axis=(2, 3)) ** (1 / 3)
    rows = pooled @ tensors[f"{HEAD}weight"].numpy().T.astype(np.float64)
    rows += tensors[f"{HEAD}bias"].numpy()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(output.vectors, rows, atol=1e-5)


def test_half_precision_weights_give_nearly_the_same_vectors(bundle, tmp_path):
    half = {k: t.half() if t.ndim > 1 else t for k, t in state().items()}
    small = save_bundle(tmp_path, manifest(), half)
    assert small.manifest.files[0].bytes < 0.55 * bundle.manifest.files[0].bytes
    near = (TimmEmbedder(small).embed(crops()) * TimmEmbedder(bundle).embed(crops())).sum(axis=1)
    assert near.min() > 0.9999


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head": None, "dim": WIDTH}, r"vector_head\.\w+ is not of this network"),
        ({"dim": DIM + 1}, r"vector_head\.weight is \(24, 512\), expected \(25, 512\)"),
        ({"head": {"kind": "linear", "width": 7}}, r"expected \(24, 7\)"),
    ],
)
def test_a_head_that_does_not_fit_is_refused(bundle, changes, message):
    wrong = Bundle(bundle.directory, manifest(**changes))
    wrong = Bundle(
        wrong.directory, wrong.manifest.model_copy(update={"files": bundle.manifest.files})
    )
    with pytest.raises(WeightsAlteredError, match=message):
        TimmEmbedder(wrong)


@pytest.mark.parametrize(
    "head",
    [{"kind": "python", "width": 3}, {"kind": "linear", "width": 3, "code": "x"}, "linear"],
)
def test_a_head_is_of_a_known_kind_and_holds_no_code(head):
    with pytest.raises(WeightsAlteredError, match="head"):
        manifest(head=head)


def test_pooling_and_head_are_part_of_the_fingerprint(bundle):
    def of(**changes):
        return fingerprint(Bundle(bundle.directory, manifest(**changes)))

    plain = of()
    assert plain == of(gem_power=3.0)
    trunk = {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3, "crop": {"focus": "trunk"}}
    others = (of(gem_power=2.0), of(pooling="avg"), of(head=None, dim=DIM))
    others += (of(grid=[1, 2]), of(preprocessing=trunk))
    assert len({plain, *others}) == 6


def test_a_grid_keeps_where_a_mark_is():
    """Each cell is pooled apart, row after row within a channel."""
    features = torch.rand(2, 3, 4, 6)
    cells = generalised_mean(features, 2.0, (2, 3)).reshape(2, 3, 2, 3)
    alone = generalised_mean(features[:, :, 2:, 2:4], 2.0)
    torch.testing.assert_close(cells[:, :, 1, 1], alone)


def test_a_bundle_with_a_grid_gives_its_vectors(tmp_path):
    torch.manual_seed(3)
    tensors = {k: t for k, t in state().items() if not k.startswith(HEAD)}
    head = torch.nn.Linear(6 * WIDTH, DIM)
    tensors |= {f"{HEAD}{name}": tensor for name, tensor in head.state_dict().items()}
    told = manifest(grid=[2, 3], head={"kind": "linear", "width": 6 * WIDTH})
    made = save_bundle(tmp_path, told, tensors)
    output = TimmEmbedder(made).forward(crops())
    assert output.vectors.shape == (5, DIM)
    assert output.feature_map.shape[1] == WIDTH


def test_only_gem_has_a_grid():
    with pytest.raises(WeightsAlteredError, match="only pooling 'gem'"):
        manifest(pooling="avg", grid=[2, 2])


def test_the_fingerprint_of_an_older_bundle_is_what_it_was():
    """Catalogues hold vectors under it."""
    assert fingerprint(load_bundle("efficientnet-lite1")) == "f6a0c9ea9f50351a"


def test_gem_over_tokens_is_refused():
    with pytest.raises(WeightsAlteredError, match="feature map"):
        VectorNetwork(torch.nn.Linear(2, 2), gem_power=3.0)


@settings(deadline=None, max_examples=30)
@given(st.floats(1.0, 8.0), st.integers(0, 2**31))
def test_the_generalised_mean_lies_between_mean_and_maximum(power, seed):
    values = torch.rand(3, 4, 5, 6, generator=torch.Generator().manual_seed(seed))
    pooled = generalised_mean(values, power)
    assert torch.all(pooled >= values.mean(dim=(2, 3)) - 1e-4)
    assert torch.all(pooled <= values.amax(dim=(2, 3)) + 1e-4)


def test_training_reaches_the_head_and_the_backbone(bundle):
    network = TimmEmbedder(bundle)._network.train().requires_grad_(True)
    pixels = torch.from_numpy(network_input(crops(2), bundle.manifest.preprocessing))
    network(pixels).square().sum().backward()
    assert network.vector_head.weight.grad.abs().sum() > 0
    assert network.backbone.conv1[0].weight.grad.abs().sum() > 0
