"""Making small bundles that are whole, and declaring spoilt ones."""

import json
import shutil

from reid.weights import DEFAULT_BUNDLE, describe_file, load_bundle, parse_manifest, save_bundle

DIM, INPUT = 32, 48


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


def small_trained(folder, *, name, dim=24):
    """A bundle as training makes them, with random weights and without a calibration; loaded."""
    import timm
    import torch

    torch.manual_seed(0)
    state = timm.create_model("test_efficientnet", pretrained=False, num_classes=0).state_dict()
    head = torch.nn.Linear(512, dim)
    state |= {f"vector_head.{key}": tensor for key, tensor in head.state_dict().items()}
    crop = {"background": "grey", "focus": "trunk"}
    told = {
        "name": name,
        "version": "1",
        "kind": "own",
        "architecture": "test_efficientnet",
        "pooling": "gem",
        "grid": [1, 2],
        "head": {"kind": "linear", "width": 512},
        "dim": dim,
        "preprocessing": {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3, "crop": crop},
        "licence": {"spdx": "Apache-2.0"},
        "origin": {"source": "random numbers"},
        "files": [{"path": "model.safetensors", "sha256": "0" * 64, "bytes": 1}],
    }
    return save_bundle(folder, parse_manifest(json.dumps(told), source="test"), state)


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
