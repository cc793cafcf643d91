"""Hostile and missing weights: refused before anything is read from them."""

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from reid.detect import pinned, yolox_localiser
from reid.detect.pinned import FOCUS, YOLOX_TINY, PinnedFile
from reid.detect.saliency import Saliency
from reid.detect.yolox_head import YoloxTiny, decode
from reid.detect.yolox_localiser import load_yolox
from reid.errors import WeightsAlteredError, WeightsMissingError


def put(root: Path, file: PinnedFile, content: bytes) -> None:
    path = root / file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


@pytest.mark.parametrize("file", [YOLOX_TINY, FOCUS], ids=["yolox", "saliency"])
def test_missing_weights_say_what_to_type(tmp_path: Path, file: PinnedFile) -> None:
    with pytest.raises(WeightsMissingError, match="reid weights fetch"):
        file.read(tmp_path)


@pytest.mark.parametrize("file", [YOLOX_TINY, FOCUS], ids=["yolox", "saliency"])
def test_altered_weights_are_refused(tmp_path: Path, file: PinnedFile) -> None:
    put(tmp_path, file, b"something else")
    with pytest.raises(WeightsAlteredError, match=file.sha256):
        file.read(tmp_path)


class Trap:
    """Runs when unpickled."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.witness,)


def test_a_pickle_that_runs_code_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = tmp_path / "ran"
    content = pickle.dumps({"model": Trap(witness)})
    # Even with the right hash: the second wall is torch's own.
    trusted = replace(YOLOX_TINY, sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(yolox_localiser, "YOLOX_TINY", trusted)
    put(tmp_path, trusted, content)
    with pytest.raises(WeightsAlteredError):
        load_yolox(tmp_path)
    assert not witness.exists()


def test_a_file_that_is_no_network_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"not an ONNX file"
    trusted = replace(FOCUS, sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr("reid.detect.saliency.FOCUS", trusted)
    put(tmp_path, trusted, content)
    with pytest.raises(WeightsAlteredError, match="onnxruntime"):
        _ = Saliency(tmp_path)._network


def test_the_environment_names_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEOPARD_REID_WEIGHTS", str(tmp_path))
    with pytest.raises(WeightsMissingError, match=str(tmp_path)):
        pinned.FOCUS.read()


def test_decoding_counted_by_hand() -> None:
    raw = torch.zeros(1, 4, 2, 3)
    raw[0, :, 1, 2] = torch.tensor([0.5, -0.5, 0.0, torch.log(torch.tensor(2.0))])
    left, top, right, bottom = decode(raw, 8)[0, :, 1, 2].tolist()
    assert (left, right) == pytest.approx((20 - 4, 20 + 4))
    assert (top, bottom) == pytest.approx((4 - 8, 4 + 8))


def test_the_network_looks_at_every_cell() -> None:
    with torch.inference_mode():
        out = YoloxTiny().eval()(torch.zeros(1, 3, 64, 96))
    assert out.shape == (1, 8 * 12 + 4 * 6 + 2 * 3, 5)
