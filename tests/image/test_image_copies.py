"""A copy is the same exposure; a frame taken a moment later is not."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from reid.image import near_copies, open_image
from reid.types import Image


def scene(animal_x: int = 250, seed: int = 4) -> np.ndarray:
    """A forest floor of many sizes of detail, and a spotted ellipse before it."""
    rng = np.random.default_rng(seed)
    layers = [rng.random((9 * k, 12 * k)) for k in (1, 3, 9, 27)]
    floor = sum(cv2.resize(v, (640, 480), interpolation=cv2.INTER_CUBIC) for v in layers) / 4
    pixels = np.dstack([floor * 190, floor * 170, floor * 120]).astype(np.uint8)
    centre = (animal_x, 260)
    cv2.ellipse(pixels, centre, (110, 50), 0, 0, 360, (215, 180, 120), -1)
    spots = np.random.default_rng(9).integers(-70, 70, (30, 2))
    for dx, dy in spots:
        cv2.circle(pixels, (int(animal_x + dx), int(260 + dy // 2)), 7, (40, 30, 20), -1)
    return pixels


def stored(pixels: np.ndarray, quality: int = 95) -> Image:
    jpeg = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return open_image(io.BytesIO(jpeg.tobytes()).getvalue())


FIRST = stored(scene())


@pytest.mark.parametrize("quality", [40, 70, 90])
@pytest.mark.parametrize("scale", [0.4, 0.7, 1.5])
def test_recompressed_and_resized(quality: int, scale: float) -> None:
    copy = cv2.resize(scene(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert near_copies(FIRST, stored(copy, quality))
    assert near_copies(stored(copy, quality), FIRST)


@pytest.mark.parametrize("window", [(0, 0, 600, 450), (30, 20, 640, 480), (45, 0, 600, 440)])
def test_cropped(window: tuple[int, int, int, int]) -> None:
    x0, y0, x1, y1 = window
    assert near_copies(FIRST, stored(scene()[y0:y1, x0:x1], 80))


def test_the_same_file() -> None:
    assert near_copies(FIRST, FIRST)


@pytest.mark.parametrize("step", [6, 20, 80])
def test_next_frame_of_a_burst(step: int) -> None:
    """Nothing but the animal moves, and already by a hundredth of the width."""
    assert not near_copies(FIRST, stored(scene(250 + step)))


def test_other_pictures() -> None:
    assert not near_copies(FIRST, stored(scene(seed=5)))
    assert not near_copies(FIRST, stored(scene()[:, ::-1]))
    assert not near_copies(FIRST, stored(np.zeros((480, 640, 3), np.uint8)))
    turned = cv2.warpAffine(scene(), cv2.getRotationMatrix2D((320, 240), 6, 1.1), (640, 480))
    assert not near_copies(FIRST, stored(turned))
