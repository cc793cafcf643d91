"""Colour or infrared, against tints, logos, noise and darkness."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from reid.image import light_of, open_image
from reid.types import Light


def grey_scene(seed: int = 0, gain: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.random((12, 16))
    smooth = PillowImage.fromarray((coarse * 255 * gain).astype(np.uint8)).resize((640, 480))
    noise = rng.normal(0, 6, (480, 640))
    return np.clip(np.asarray(smooth) + noise, 0, 255)


def rgb(grey: np.ndarray, factors: tuple[float, float, float] = (1, 1, 1)) -> np.ndarray:
    planes = [np.clip(grey * f, 0, 255) for f in factors]
    return np.stack(planes, axis=2).astype(np.uint8)


def through_jpeg(pixels: np.ndarray) -> np.ndarray:
    out = io.BytesIO()
    PillowImage.fromarray(pixels).save(out, "JPEG", quality=60)
    return open_image(out.getvalue()).pixels


def leaves(gain: float) -> np.ndarray:
    """Grass, earth and a tawny animal, lit by a white flash that leaves the rest black."""
    rng = np.random.default_rng(3)
    palette = np.array([[70, 110, 50], [130, 95, 60], [190, 150, 90], [60, 60, 55]])
    patches = palette[rng.integers(0, 4, (30, 40))].astype(np.uint8)
    big = np.asarray(PillowImage.fromarray(patches).resize((640, 480)), dtype=float)
    y, x = np.mgrid[0:480, 0:640]
    fall_off = np.exp(-((x - 320) ** 2 + (y - 260) ** 2) / 2 / 170**2)[:, :, None]
    return np.clip(big * fall_off * gain, 0, 255).astype(np.uint8)


def test_grey_is_infrared_and_leaves_are_colour() -> None:
    assert light_of(rgb(grey_scene())) is Light.INFRARED
    assert light_of(leaves(1.5)) is Light.COLOUR


@pytest.mark.parametrize("gain", [0.4, 1.0, 1.6])
def test_white_flash_at_night_is_colour(gain: float) -> None:
    assert light_of(through_jpeg(leaves(gain))) is Light.COLOUR


@pytest.mark.parametrize("factors", [(1.0, 0.85, 0.95), (1.0, 0.9, 0.7), (0.8, 0.8, 1.0)])
def test_tinted_infrared_is_infrared(factors: tuple[float, float, float]) -> None:
    assert light_of(through_jpeg(rgb(grey_scene(), factors))) is Light.INFRARED


def test_a_constant_cast_is_infrared() -> None:
    cast = np.clip(grey_scene()[:, :, None] * 0.8 + np.array([25, 0, 12]), 0, 255)
    assert light_of(through_jpeg(cast.astype(np.uint8))) is Light.INFRARED


def test_coloured_logo_and_strip_do_not_fool() -> None:
    pixels = rgb(grey_scene())
    pixels[430:] = (255, 120, 0)
    pixels[:40, :300] = (0, 90, 220)
    pixels[60:140, 500:] = (0, 200, 0)
    assert light_of(through_jpeg(pixels)) is Light.INFRARED


def test_chroma_noise_does_not_fool() -> None:
    noise = np.random.default_rng(5).normal(0, 14, (480, 640, 3))
    noisy = np.clip(rgb(grey_scene(gain=0.5)) + noise, 0, 255).astype(np.uint8)
    assert light_of(through_jpeg(noisy)) is Light.INFRARED


@pytest.mark.parametrize("value", [0, 255])
def test_nothing_to_see(value: int) -> None:
    assert light_of(np.full((40, 60, 3), value, np.uint8)) is Light.INFRARED


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.2, 1.0))
def test_grey_is_infrared_at_any_brightness(seed: int, gain: float) -> None:
    assert light_of(rgb(grey_scene(seed, gain))) is Light.INFRARED
