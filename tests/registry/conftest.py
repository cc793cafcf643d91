"""Small bundles that are whole: a tiny network, the shipped calibration."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.registry import Registry
from reid.weights import DEFAULT_BUNDLE, describe_file, load_bundle, parse_manifest, save_bundle

DIM, INPUT = 32, 48


def _loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_catalogues = _loaded(
    "registry_catalogue_conftest", Path(__file__).parents[1] / "catalogue" / "conftest.py"
)
postgres, where = _catalogues.postgres, _catalogues.where


def small_bundle(folder, *, name="small", version="1", seed=0, licence="Apache-2.0"):
    """A bundle of timm's smallest network with random weights."""
    import timm
    import torch

    torch.manual_seed(seed)
    network = timm.create_model("test_efficientnet", pretrained=False, num_classes=0)
    head = torch.nn.Linear(256, DIM)
    state = network.state_dict()
    state |= {f"vector_head.{key}": tensor for key, tensor in head.state_dict().items()}
    told = {
        "name": name,
        "version": version,
        "kind": "own",
        "architecture": "test_efficientnet",
        "pooling": "gem",
        "head": {"kind": "linear", "width": 256},
        "dim": DIM,
        "preprocessing": {"input_px": INPUT, "mean": [0.5] * 3, "std": [0.25] * 3},
        "licence": {"spdx": licence},
        "origin": {"source": "random numbers"},
        "files": [{"path": "model.safetensors", "sha256": "0" * 64, "bytes": 1}],
    }
    save_bundle(folder, parse_manifest(json.dumps(told), source="test"), state)
    shutil.copy(load_bundle(DEFAULT_BUNDLE).directory / "calibration.json", folder)
    declare(folder)
    return folder


def declare(folder, **changes):
    """Write the manifest anew: what is changed, and its files as they are now."""
    path = folder / "manifest.json"
    told = json.loads(path.read_text()) | changes
    for place in (told["files"][0], told.get("calibration") or {}):
        if place:
            place |= describe_file(folder / place["path"], relative_to=folder).model_dump()
    if told.get("calibration") is None and (folder / "calibration.json").exists():
        entry = describe_file(folder / "calibration.json", relative_to=folder)
        told["calibration"] = entry.model_dump()
    path.write_text(json.dumps(told))


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Two bundles, made once."""
    root = tmp_path_factory.mktemp("bundles")
    return [
        small_bundle(root / "first", name="first", seed=1),
        small_bundle(root / "second", name="second", seed=2),
    ]


@pytest.fixture
def directory(made, tmp_path):
    """A bundle's directory to spoil."""
    return shutil.copytree(made[0], tmp_path / "given")


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def registry(catalogue):
    return Registry(catalogue, DEFAULT_BUNDLE)
