"""Reading strips that are drawn here, through the real engine."""

from __future__ import annotations

import builtins
from datetime import datetime

import cv2
import numpy as np
import pytest

from reid.errors import ConfigError
from reid.strips import StripReader
from reid.types import Image, Light


def picture(text=""):
    """Grey noise with a black strip at the bottom."""
    pixels = np.random.default_rng(1).integers(90, 110, (720, 1280, 3), np.uint8)
    if text:
        pixels[650:] = 0
        cv2.putText(pixels, text, (40, 700), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255,) * 3, 3)
    return Image(pixels, "0" * 64, "a.jpg", "JPEG", Light.INFRARED)


@pytest.mark.slow
def test_a_strip_is_read():
    pytest.importorskip("rapidocr", reason="needs the extra 'ocr'")
    reader = StripReader()
    found = reader.read(picture("11/29/2018 06:57:30"))
    assert found.at == datetime(2018, 11, 29, 6, 57, 30)
    assert reader.read(picture()) is None


def test_without_the_extra_it_says_what_to_type(monkeypatch):
    real = builtins.__import__

    def refuse(name, *more, **words):
        if name == "rapidocr":
            raise ImportError(name)
        return real(name, *more, **words)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"pip install 'leopard-reid\[ocr\]'"):
        StripReader()
