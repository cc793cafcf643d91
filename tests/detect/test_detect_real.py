"""The default on real frames: the labelled boxes are the judge."""

import os
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from reid.detect import (
    check_species,
    load_localiser,
    locate_or_whole,
    species_crops,
)
from reid.detect.boxes import corners, iou
from reid.embed import Embedder, load_embedder
from reid.errors import NotFoundError, WeightsMissingError
from reid.image import open_image
from reid.types import Annotation, Image
from reid.weights import SPECIES_BUNDLE
from training.evaluation.box_labels import FrameLabels, read_labels
from training.evaluation.localisation import localisation_report
from training.evaluation.touching import cuts_of, judged, pairs_of

pytestmark = [pytest.mark.real, pytest.mark.slow]
DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DATA = Path(os.environ.get("LEOPARD_REID_DATA", DEFAULT))
SAMPLE = ("leopard_01.jpg", "leopard_06.jpg", "leopard_12.jpg", "leopard_18.jpg")
OTHERS = ("american_black_bear.jpg", "domestic_dog.jpg", "vehicle.jpg", "blank2.jpg")


@cache
def labelled() -> dict[str, FrameLabels]:
    try:
        return {Path(f.path).name: f for f in read_labels(DATA)}
    except NotFoundError as error:
        pytest.skip(f"photographs for development are absent: {error}")


@cache
def located(name: str) -> tuple[Image, tuple[Annotation, ...]]:
    if name not in labelled():
        pytest.skip(f"{name} is absent")
    image = open_image(DATA / labelled()[name].path)
    try:
        return image, tuple(locate_or_whole(load_localiser(), image))
    except WeightsMissingError as error:
        pytest.skip(f"third-party weights are absent: {error}")


@pytest.mark.parametrize("name", SAMPLE)
def test_every_leopard_is_found_once(name: str) -> None:
    _, found = located(name)
    truth = labelled()[name].boxes
    assert len(found) == len(truth)
    for box in truth:
        assert max(float(iou(corners(a.box), corners(box))) for a in found) >= 0.5


@pytest.mark.parametrize("name", ["leopard_09.jpg", "leopard_18.jpg"])
def test_the_mask_is_an_outline_and_not_the_box(name: str) -> None:
    _, (found,) = located(name)
    assert found.mask is not None
    assert 0.4 < found.mask.mean() < 0.85


@pytest.mark.parametrize("name", ["blank.jpg", "blank2.jpg"])
def test_blank_frames_and_their_info_strips_give_nothing(name: str) -> None:
    _, (only,) = located(name)
    assert "no-animal" in only.flags


@cache
def embedder() -> Embedder:
    return load_embedder(SPECIES_BUNDLE)


def likeness(name: str) -> tuple[bool, float]:
    image, found = located(name)
    crops = species_crops(embedder().crop(image, found[0]))
    logits = embedder().forward(crops, feature_map=False).logits
    assert logits is not None
    check = check_species(logits)
    return check.speaks, check.likeness


@pytest.mark.parametrize("name", SAMPLE)
def test_leopards_pass_the_screen(name: str) -> None:
    assert likeness(name)[0]


@pytest.mark.parametrize("name", OTHERS)
def test_others_do_not(name: str) -> None:
    assert not likeness(name)[0]


def test_the_report_has_a_row_for_each_localiser() -> None:
    labelled()
    threads = cv2.getNumThreads()
    text = localisation_report(DATA, ["yolox-tiny"])
    assert cv2.getNumThreads() == threads
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == 1
    value = float(rows[0].split("|")[2].split()[0])
    assert np.isfinite(value)
    assert value > 0.5


def test_two_that_touch_are_not_taken_for_one():
    labelled()
    cuts = list(cuts_of(load_localiser(), DATA))[:5]
    told = [judged(load_localiser(), *made) for made in pairs_of(cuts, 0.9)]
    assert len(told) > 3
    assert sum(two for _, two, _, _ in told) > len(told) / 2
    assert not [one for one in told if one[3] and not (one[1] or one[2])]
