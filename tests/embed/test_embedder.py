"""The embedder over a small network of our own making: contract, bundles, hubs."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import timm
import torch

from reid.embed import Embedder, load_embedder
from reid.embed.preprocess import network_input
from reid.embed.timm_embedder import TimmEmbedder
from reid.errors import InputError, WeightsAlteredError, WeightsMissingError
from reid.types import Annotation, AnnotationOrigin, Box, Image, Light
from reid.weights import Bundle, CropPolicy, Preprocessing, parse_manifest, save_bundle

ARCHITECTURE = "resnet10t"  # 5 million parameters, the smallest of timm with a plain feature map


def manifest(**changes: object) -> object:
    base: dict[str, object] = {
        "name": "test",
        "version": "1",
        "kind": "own",
        "architecture": ARCHITECTURE,
        "dim": 512,
        "classes": 7,
        "preprocessing": {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3},
        "licence": {"spdx": "CC-BY-NC-4.0", "note": "not for sale"},
        "origin": {"source": "random numbers"},
        "files": [{"path": "model.safetensors", "sha256": "0" * 64, "bytes": 1}],
    }
    return parse_manifest(json.dumps(base | changes), source="test")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    torch.manual_seed(0)
    state = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=7).state_dict()
    return save_bundle(tmp_path_factory.mktemp("own"), manifest(), state)


@pytest.fixture(scope="module")
def embedder(bundle: Bundle) -> TimmEmbedder:
    return TimmEmbedder(bundle, batch_size=3)


def crops(n: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(20, 120, (n, 2))
    return [rng.integers(0, 256, (h, w, 3), np.uint8) for h, w in sizes]


def test_rows_are_unit_vectors_in_the_order_of_the_crops(embedder):
    pictures = crops(8)
    rows = embedder.embed(pictures)
    assert isinstance(embedder, Embedder)
    assert (rows.shape, rows.dtype) == ((8, 512), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for row, picture in zip(rows, pictures, strict=True):
        np.testing.assert_allclose(row, embedder.embed([picture])[0], atol=1e-5)


def test_forward_agrees_with_timm_itself(embedder, bundle):
    pictures = crops(4)
    output = embedder.forward(pictures)
    plain = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=7).eval()
    torch.manual_seed(0)
    same = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=7).eval()
    pixels = torch.from_numpy(network_input(pictures, bundle.manifest.preprocessing))
    with torch.no_grad():
        np.testing.assert_allclose(output.logits, same(pixels).numpy(), atol=1e-4)
        assert not np.allclose(output.logits, plain(pixels).numpy(), atol=1e-4)
    assert output.feature_map.shape == (4, 512, 2, 2)
    pooled = output.feature_map.mean(axis=(2, 3))
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    np.testing.assert_allclose(output.vectors, pooled, atol=1e-5)
    assert embedder.forward(pictures, feature_map=False).feature_map is None


def test_no_crops_give_typed_nothing(embedder):
    output = embedder.forward([])
    assert (output.vectors.shape, output.vectors.dtype) == ((0, 512), np.float32)
    assert output.logits.shape == (0, 7)


@pytest.mark.parametrize(
    "crop",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)],
)
def test_a_crop_of_another_kind_is_refused(embedder, crop):
    with pytest.raises(InputError, match=r"crop 1: expected \(height, width, 3\) uint8 RGB"):
        embedder.embed([crops(1)[0], crop])


def test_threads_share_one_embedder(embedder):
    sets = [crops(2, seed) for seed in range(6)]
    alone = [embedder.embed(each) for each in sets]
    with ThreadPoolExecutor(2) as pool:
        for expected, found in zip(alone, pool.map(embedder.embed, sets), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)


def test_building_leaves_the_callers_random_numbers_alone(bundle):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    TimmEmbedder(bundle)
    assert torch.equal(torch.rand(3), expected)


def test_one_network_a_process_and_a_fingerprint_for_every_crop_policy(bundle):
    first, again = load_embedder(bundle), load_embedder(bundle.directory)
    other = load_embedder(bundle, crop=CropPolicy(background="grey", contrast="infrared"))
    assert first is again
    assert other.fingerprint != first.fingerprint


def test_the_crop_policy_of_the_bundle_is_used(bundle):
    pixels = np.full((10, 10, 3), 200, dtype=np.uint8)
    image = Image(pixels, "0" * 64, "a.jpg", "JPEG", Light.COLOUR)
    mask = np.zeros((10, 10), dtype=np.bool_)
    animal = Annotation("0" * 64, Box(0, 0, 10, 10), AnnotationOrigin.USER, mask=mask)
    grey = load_embedder(bundle, crop=CropPolicy(background="grey")).crop(image, animal)
    assert np.all(grey == 128)
    assert np.all(load_embedder(bundle).crop(image, animal) == 200)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": 9}, r"fc\.weight is \(7, 512\), expected \(9, 512\)"),
        ({"classes": 0}, r"fc\.weight is not of this network"),
        ({"architecture": "resnet14t"}, "is missing"),
        ({"architecture": "no_such_net"}, "knows no architecture 'no_such_net'"),
        ({"dim": 100}, "says dim 100, the network resnet10t gives 512"),
    ],
)
def test_weights_that_do_not_fit_are_refused_by_name(bundle, changes, message):
    wrong = Bundle(bundle.directory, bundle.manifest.model_copy(update=changes))
    with pytest.raises(WeightsAlteredError, match=message):
        TimmEmbedder(wrong)


def test_damaged_weights_are_noticed_in_the_vectors(bundle, tmp_path):
    state = timm.create_model(ARCHITECTURE, pretrained=False, num_classes=7).state_dict()
    dead = {name: torch.zeros_like(tensor) for name, tensor in state.items()}
    embedder = TimmEmbedder(save_bundle(tmp_path, bundle.manifest, dead))
    with pytest.raises(WeightsAlteredError, match="vectors of length 1, found 0"):
        embedder.embed(crops(1))


def hub(name: str = "hf-hub:someone/Model") -> Bundle:
    return Bundle(Path("nowhere"), manifest(kind="hub", files=[], architecture=name, classes=0))


def test_a_hub_that_cannot_be_reached_is_missing_weights(monkeypatch):
    def offline(*_: object, **__: object) -> None:
        raise ConnectionError("Network is unreachable")

    monkeypatch.setattr("timm.create_model", offline)
    with pytest.raises(WeightsMissingError, match=r"hf-hub:someone/Model could not be fetched"):
        TimmEmbedder(hub())


def test_a_hub_model_is_used_and_its_tensors_are_its_fingerprint(monkeypatch):
    create = timm.create_model

    def from_hub(name: str, *, pretrained: bool, **options: object) -> torch.nn.Module:
        assert (name, pretrained) == ("hf-hub:someone/Model", True)
        return create(ARCHITECTURE, pretrained=False, **options)

    monkeypatch.setattr("timm.create_model", from_hub)
    first, second = (_seeded(seed) for seed in (1, 2))
    assert first.embed(crops(2)).shape == (2, 512)
    assert first.licence.spdx == "CC-BY-NC-4.0"
    assert first.forward(crops(1)).logits is None
    assert _seeded(1).fingerprint == first.fingerprint != second.fingerprint


def _seeded(seed: int) -> TimmEmbedder:
    torch.manual_seed(seed)
    return TimmEmbedder(hub())


@pytest.mark.parametrize("resize", ["stretch", "pad", "centre"])
@pytest.mark.parametrize("size_hw", [(1, 1), (30, 500), (64, 64), (90, 30)])
def test_the_input_is_square_and_normalised(resize, size_hw):
    mean, std = (0.5, 0.25, 0.0), (0.5, 0.25, 1.0)
    preprocessing = Preprocessing(input_px=32, mean=mean, std=std, resize=resize)
    white = np.full((*size_hw, 3), 255, dtype=np.uint8)
    pixels = network_input([white], preprocessing)
    assert (pixels.shape, pixels.dtype) == ((1, 3, 32, 32), np.float32)
    np.testing.assert_allclose(pixels[0, :, 16, 16], [1, 3, 1], atol=1e-6)
    if resize == "pad" and size_hw == (90, 30):
        np.testing.assert_allclose(pixels[0, :, 16, 0], 0, atol=0.02)
