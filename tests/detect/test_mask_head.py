"""The mask head as a file and in the localiser: read safely, shapes kept, the shipped one works."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from reid.detect import load_localiser
from reid.detect.mask_head import ABOUT, SIDE_PX, TENSORS, AnimalHeat, load_head, save_head
from reid.detect.mask_network import CHANNELS, MaskHead
from reid.detect.masked import OTHER_OUTLINE, MaskedLocaliser
from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.types import Image, Light
from reid.weights import describe_file, find_shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_head(tmp_path, MaskHead(), {"licence": "Apache-2.0"})
    return tmp_path


def test_the_decoder_gives_log_odds_at_the_finest_map() -> None:
    maps = [torch.zeros(2, c, 64 >> k, 64 >> k) for k, c in enumerate(CHANNELS)]
    with torch.inference_mode():
        odds = MaskHead().eval()(maps, torch.ones(2, 1, 128, 128))
    assert odds.shape == (2, 1, 64, 64)


def test_a_head_is_small_and_comes_back_as_it_was(folder: Path) -> None:
    assert (folder / TENSORS).stat().st_size < 2_000_000
    torch.manual_seed(0)
    made = MaskHead().state_dict()
    for name, tensor in load_head(folder).state_dict().items():
        assert torch.allclose(tensor.float(), made[name].float(), atol=1e-3), name


def test_an_altered_file_is_refused(folder: Path) -> None:
    content = bytearray((folder / TENSORS).read_bytes())
    content[-1] ^= 1
    (folder / TENSORS).write_bytes(bytes(content))
    with pytest.raises(WeightsAlteredError, match="sha256"):
        load_head(folder)


def test_tensors_of_another_shape_are_refused_by_name(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    state = load_file(folder / TENSORS)
    state["last.bias"] = torch.zeros(3)
    save_file(state, folder / TENSORS)
    _describe_anew(folder)
    with pytest.raises(WeightsAlteredError, match=r"last\.bias.*\(1,\).*\(3,\)"):
        load_head(folder)


def _describe_anew(folder: Path) -> None:
    about = json.loads((folder / ABOUT).read_text())
    about["file"] = describe_file(folder / TENSORS, relative_to=folder).model_dump(mode="json")
    (folder / ABOUT).write_text(json.dumps(about))


def test_a_head_for_another_network_is_refused(folder: Path) -> None:
    about = json.loads((folder / ABOUT).read_text())
    (folder / ABOUT).write_text(json.dumps(about | {"backbone": "0" * 16}))
    with pytest.raises(WeightsAlteredError, match="fit it anew"):
        load_head(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"file": {}, "backbone": ""}'])
def test_what_is_no_description_is_refused(folder: Path, text: str) -> None:
    (folder / ABOUT).write_text(text)
    with pytest.raises(WeightsAlteredError, match=ABOUT):
        load_head(folder)


def test_a_missing_head_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissingError, match=r"training\.mask"):
        load_head(tmp_path)


def test_tensors_are_read_beside_the_description_only(folder: Path) -> None:
    about = json.loads((folder / ABOUT).read_text())
    about["file"]["path"] = f"../{TENSORS}"
    (folder / ABOUT).write_text(json.dumps(about))
    with pytest.raises((WeightsMissingError, WeightsAlteredError)):
        load_head(folder)


def test_a_window_gets_a_map_of_its_own_size(folder: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (90, 140, 3), dtype=np.uint8)
    window, box = np.array([10.5, 5, 99.2, 80]), np.array([20.0, 20, 90, 70])
    try:
        heat, at = AnimalHeat(folder=folder).inside(pixels, window, box)
    except WeightsMissingError as error:
        pytest.skip(f"third-party weights are absent: {error}")
    assert at == (10, 5)
    assert heat.shape == (75, 90)
    assert heat.dtype == np.float32
    assert 0 <= heat.min() <= heat.max() <= 1
    assert SIDE_PX == 224


def test_the_shipped_head_is_the_one_described() -> None:
    folder = find_shipped("mask-head")
    load_head(folder)
    about = json.loads((folder / ABOUT).read_text())
    assert about["licence"] == "Apache-2.0"
    assert about["unseen_synthetic"]["mean"] > 0.7
    assert load_localiser("yolox-mask").license == "MIT AND Apache-2.0"


def test_the_localiser_outlines_its_box_and_says_that_the_calibration_saw_others() -> None:
    pixels = np.random.default_rng(2).integers(150, 200, (240, 360, 3), dtype=np.uint8)
    cv2.ellipse(pixels, (180, 120), (90, 40), 0, 0, 360, (60, 45, 30), -1)
    image = Image(pixels, "ab" * 32, "drawn.png", "PNG", Light.COLOUR)
    localiser = MaskedLocaliser()
    found = np.array([[85.0, 75, 275, 165]]), np.array([0.9])
    localiser._boxes = lambda _: found  # type: ignore[assignment]  # a shape that no animal has
    try:
        (only,) = localiser.locate(image)
    except WeightsMissingError as error:
        pytest.skip(f"third-party weights are absent: {error}")
    assert OTHER_OUTLINE in only.flags
    x0, y0, x1, y1 = only.box.window(image.size_wh)
    assert only.mask is not None
    assert only.mask.shape == (y1 - y0, x1 - x0)
