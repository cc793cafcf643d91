"""What every localiser promises, on pictures drawn here."""

from functools import cache

import cv2
import numpy as np
import pytest

from reid.detect import LOCALISERS, Localiser, load_localiser, locate_or_whole, whole_image
from reid.detect.boxes import corners, iou
from reid.errors import ConfigError, WeightsMissingError
from reid.types import AnnotationOrigin, Image, Light
from reid.weights import weights_root

pytestmark = pytest.mark.slow


@cache
def localiser(name: str) -> Localiser:
    try:
        found = load_localiser(name)
        found.locate(picture(np.zeros((64, 64, 3), np.uint8)))
    except WeightsMissingError as error:
        pytest.skip(f"third-party weights are not below {weights_root()}: {error}")
    return found


def picture(pixels: np.ndarray) -> Image:
    return Image(pixels, "ab" * 32, "drawn.png", "PNG", Light.COLOUR)


def blob(brightness: int = 220) -> tuple[Image, np.ndarray]:
    """A four-legged bright shape on a dark ground, and its left, top, right, bottom."""
    pixels = np.full((300, 400, 3), 25, np.uint8)
    colour = (brightness, brightness, int(brightness * 0.8))
    cv2.ellipse(pixels, (200, 140), (90, 38), 0, 0, 360, colour, -1)
    cv2.circle(pixels, (300, 110), 26, colour, -1)
    for x in (130, 160, 240, 265):
        cv2.rectangle(pixels, (x, 150), (x + 16, 220), colour, -1)
    return picture(pixels), np.array([110.0, 84, 327, 221])


every = pytest.mark.parametrize("name", list(LOCALISERS))


@every
def test_annotations_are_whole_and_in_order(name: str) -> None:
    image, _ = blob()
    found = localiser(name).locate(image)
    assert [a.confidence for a in found] == sorted((a.confidence for a in found), reverse=True)
    for annotation in found:
        x0, y0, x1, y1 = annotation.box.window(image.size_wh)
        assert annotation.mask is not None
        assert annotation.mask.shape == (y1 - y0, x1 - x0)
        assert annotation.mask.any()
        assert annotation.origin is AnnotationOrigin.LOCALISER
        assert annotation.media_sha256 == image.sha256


@every
def test_the_same_picture_gives_the_same_answer(name: str) -> None:
    image, _ = blob()
    first, second = localiser(name).locate(image), localiser(name).locate(image)
    assert [(a.box, a.confidence, a.flags) for a in first] == [
        (a.box, a.confidence, a.flags) for a in second
    ]


@every
def test_names_and_fingerprints(name: str) -> None:
    found = localiser(name)
    assert isinstance(found, Localiser)
    assert found.name == name
    assert found.license
    assert len({localiser(other).fingerprint for other in LOCALISERS}) == len(LOCALISERS)


@every
@pytest.mark.parametrize("size", [(1, 1), (7, 90)])
def test_odd_sizes_do_not_break_it(name: str, size: tuple[int, int]) -> None:
    image = picture(np.full((*size, 3), 90, np.uint8))
    for annotation in localiser(name).locate(image):
        annotation.box.window(image.size_wh)


def test_saliency_finds_the_drawn_shape() -> None:
    image, truth = blob()
    found = localiser("saliency").locate(image)
    assert max(iou(corners(a.box), truth) for a in found) > 0.5


@pytest.mark.parametrize("name", ["yolox-saliency", "yolox-tiny"])
def test_an_empty_frame_gives_the_flagged_fallback(name: str) -> None:
    image = picture(np.random.default_rng(1).integers(0, 60, (240, 320, 3), dtype=np.uint8))
    (only,) = locate_or_whole(localiser(name), image)
    assert set(only.flags) == {"whole-image", "no-animal"}
    assert only.origin is AnnotationOrigin.WHOLE_IMAGE
    assert only.confidence == 0.0


def test_the_fallback_is_all_of_the_picture() -> None:
    image, _ = blob()
    assert whole_image(image).box.window(image.size_wh) == (0, 0, 400, 300)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="yolox-saliency"):
        load_localiser("best")
