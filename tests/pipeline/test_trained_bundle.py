"""A trained bundle in the engine: its vectors, and the default's eyes for species and flank."""

import json

import pytest
import timm
import torch

from reid.config import PipelineConfig
from reid.embed import load_embedder
from reid.embed.pooling import HEAD
from reid.pipeline import Engine, prepare
from reid.types import Flank, Sighting, SightingMedia
from reid.weights import DEFAULT_BUNDLE, SPECIES_BUNDLE, parse_manifest, save_bundle
from training.synthetic import RenderSpec, encode_jpeg, render

DIM, WIDTH = 24, 256


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    torch.manual_seed(0)
    state = timm.create_model("test_efficientnet", pretrained=False, num_classes=0).state_dict()
    head = torch.nn.Linear(2 * WIDTH, DIM)
    state |= {f"{HEAD}{name}": tensor for name, tensor in head.state_dict().items()}
    crop = {"background": "grey", "focus": "trunk"}
    told = {
        "name": "trained",
        "version": "1",
        "kind": "own",
        "architecture": "test_efficientnet",
        "pooling": "gem",
        "grid": [1, 2],
        "head": {"kind": "linear", "width": 2 * WIDTH},
        "dim": DIM,
        "preprocessing": {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3, "crop": crop},
        "licence": {"spdx": "Apache-2.0"},
        "origin": {"source": "random numbers"},
        "files": [{"path": "model.safetensors", "sha256": "0" * 64, "bytes": 1}],
    }
    folder = tmp_path_factory.mktemp("trained")
    return save_bundle(folder, parse_manifest(json.dumps(told), source="test"), state)


def test_a_trained_bundle_embeds_and_the_default_screens_and_sees_the_flank(bundle):
    config = PipelineConfig(bundle=str(bundle.directory))
    engine = Engine.load(config, threads=1, calibrated=False)
    picture = render(RenderSpec(individual=3, size_px=420, picture_wh=(640, 480)))
    media = SightingMedia("a.jpg", encode_jpeg(picture))
    found = prepare(engine, Sighting("a", (media,)))
    animal = found.annotations[0]
    assert animal.embedding.vector.shape == (DIM,)
    assert animal.embedding.fingerprint == engine.embedder.fingerprint
    assert engine.screener.fingerprint != engine.embedder.fingerprint
    assert "not-a-leopard" not in animal.annotation.flags
    assert animal.view.flank.source == "estimated"
    assert animal.view.flank.best is Flank.LEFT
    assert engine.provenance()["weights"]["screen"] == engine.screener.fingerprint


def test_a_bundle_with_classes_needs_one_network():
    engine = Engine.load(PipelineConfig(bundle=SPECIES_BUNDLE), threads=1)
    assert engine.screener is engine.embedder


def test_the_default_screens_with_the_classifier():
    engine = Engine.load(threads=1)
    assert engine.screener is load_embedder(SPECIES_BUNDLE)
    assert engine.embedder is load_embedder(DEFAULT_BUNDLE)
    assert engine.flank_head is not None
