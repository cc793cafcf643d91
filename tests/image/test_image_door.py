"""Every picture that is accepted, and every file that is not."""

from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage

from reid.errors import (
    ConfigError,
    ImageDamagedError,
    ImageError,
    ImageFormatError,
    ImageLimitError,
)
from reid.image import ImageLimits, open_image, probe
from reid.types import Light

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
CORNERS = {(0, 0): (220, 30, 30), (0, 1): (30, 220, 30), (1, 0): (30, 30, 220)}


def scene(width: int = 96, height: int = 64) -> np.ndarray:
    """A smooth colour picture whose every corner differs."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [x * 250 / width, y * 250 / height, 250 - (x + y) * 250 / (width + height)]
    return np.stack(planes, axis=2).astype(np.uint8)


def encode(pixels: np.ndarray, image_format: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    if image_format == "JPEG":
        options = {"quality": 95, "subsampling": 0, **options}
    PillowImage.fromarray(pixels).save(out, image_format, **options)
    return out.getvalue()


def with_mode(mode: str, image_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    PillowImage.fromarray(scene()).convert(mode).save(out, image_format, **options)
    return out.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("image_format", FORMATS)
def test_formats(image_format: str) -> None:
    options = {"lossless": True} if image_format == "WEBP" else {}
    content = encode(scene(), image_format, **options)
    image = open_image(content, file_name="a." + image_format.lower())
    assert image.format == image_format
    assert image.size_wh == (96, 64)
    assert image.sha256 == hashlib.sha256(content).hexdigest()
    assert np.abs(image.pixels.astype(int) - scene()).max() <= (12 if image_format == "JPEG" else 0)
    assert image.flags == ("capture-time-missing",)
    assert image.light is Light.COLOUR


@pytest.mark.parametrize(
    ("mode", "image_format"),
    [("L", "JPEG"), ("L", "TIFF"), ("1", "PNG"), ("P", "PNG"), ("P", "TIFF"), ("LA", "PNG")],
)
def test_colour_modes(mode: str, image_format: str) -> None:
    expected = np.asarray(PillowImage.fromarray(scene()).convert(mode).convert("RGB"), dtype=int)
    image = open_image(with_mode(mode, image_format))
    assert np.abs(image.pixels - expected).mean() < 3
    assert image.light is (Light.COLOUR if mode == "P" else Light.INFRARED)


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_cmyk_is_not_inverted(image_format: str) -> None:
    image = open_image(with_mode("CMYK", image_format))
    assert np.abs(image.pixels.astype(int) - scene()).mean() < 6


def test_cmyk_without_adobes_marker_is_read_as_ink() -> None:
    content = with_mode("CMYK", "JPEG", quality=95)
    start = content.index(b"\xff\xee")
    length = int.from_bytes(content[start + 2 : start + 4], "big")
    plain = content[:start] + content[start + 2 + length :]
    difference = open_image(plain).pixels.astype(int) - open_image(content).pixels
    assert np.abs(difference).mean() > 40  # the same inks, the other way up


def test_alpha_goes_over_grey() -> None:
    rgba = np.dstack([scene(), np.zeros(scene().shape[:2], np.uint8)])
    rgba[:, 48:, 3] = 255
    pixels = open_image(encode(rgba, "PNG")).pixels
    assert (pixels[:, :48] == 128).all()
    assert (pixels[:, 48:] == scene()[:, 48:]).all()


@pytest.mark.parametrize("extension", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("top", [4095, 65535])
def test_sixteen_bits_are_scaled_and_never_wrapped(extension: str, channels: int, top: int) -> None:
    ramp = np.linspace(0, top, 128 * 64).reshape(64, 128).astype(np.uint16)
    stored = ramp if channels == 1 else np.dstack([ramp] * 3)
    image = open_image(cv2.imencode(extension, stored)[1].tobytes())
    grey = image.pixels[:, :, 0].ravel().astype(int)
    assert "16-bit" in image.flags
    assert (np.diff(grey) >= 0).all()
    if channels == 1 or top == 65535:
        assert (grey[0], grey[-1]) == (0, 255)


def test_float_tiff_is_stretched() -> None:
    values = np.linspace(-3.5, 0.25, 64 * 64, dtype=np.float32).reshape(64, 64)
    image = open_image(encode(values, "TIFF"))
    assert image.pixels.min() == 0
    assert image.pixels.max() == 255
    assert "16-bit" in image.flags


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(image_format: str, orientation: int) -> None:
    """The upright corner of each orientation, written out by hand from EXIF 2.3."""
    stored = np.full((48, 80, 3), 128, np.uint8)
    for (row, column), colour in CORNERS.items():
        stored[24 * row : 24 * row + 24, 40 * column : 40 * column + 40] = colour
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    content = encode(stored, image_format, exif=exif)
    image = open_image(content)
    golden = {  # where the stored top-left, top-right and bottom-left come to lie (row, column)
        1: ((0, 0), (0, 1), (1, 0)),
        2: ((0, 1), (0, 0), (1, 1)),
        3: ((1, 1), (1, 0), (0, 1)),
        4: ((1, 0), (1, 1), (0, 0)),
        5: ((0, 0), (1, 0), (0, 1)),
        6: ((0, 1), (1, 1), (0, 0)),
        7: ((1, 1), (0, 1), (1, 0)),
        8: ((1, 0), (0, 0), (1, 1)),
    }[orientation]
    assert image.size_wh == ((80, 48) if orientation < 5 else (48, 80))
    assert probe(content).size_wh == image.size_wh
    height, width = image.pixels.shape[:2]
    for (row, column), colour in zip(golden, CORNERS.values(), strict=True):
        found = image.pixels[height // 4 + row * height // 2, width // 4 + column * width // 2]
        assert np.abs(found.astype(int) - colour).max() < 60


def test_wrong_extension_is_a_flag() -> None:
    assert "wrong-extension" in open_image(encode(scene(), "PNG"), file_name="IMG_1.JPG").flags
    assert "wrong-extension" not in open_image(encode(scene()), file_name="IMG_1.JPEG").flags


def test_first_page_of_a_tiff() -> None:
    second = PillowImage.fromarray(255 - scene())
    content = encode(scene(), "TIFF", save_all=True, append_images=[second])
    image = open_image(content)
    assert "multi-page" in image.flags
    assert (image.pixels == scene()).all()


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_animations_are_refused(image_format: str) -> None:
    more = [PillowImage.fromarray(255 - scene()), PillowImage.fromarray(scene()[::-1].copy())]
    content = encode(scene(), image_format, save_all=True, append_images=more)
    with pytest.raises(ImageLimitError, match="3 frames"):
        open_image(content)


def gif() -> bytes:
    more = [PillowImage.fromarray(255 - scene())]
    return encode(scene(), "GIF", save_all=True, append_images=more)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("bomb", bytes(50_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (gif(), "a GIF"),
        (archive(), "ZIP archive"),
        (b"%PDF-1.7\n%stuff", "PDF"),
        (b"Once there was a leopard.\n", "text"),
        (b"<html>404</html>", "markup"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(60), "raw"),
        (bytes(range(128, 256)), "no known picture"),
    ],
)
def test_other_formats_are_named(content: bytes, word: str) -> None:
    with pytest.raises(ImageFormatError, match=word):
        open_image(content, file_name="IMG_0001.jpg")


def test_nothing_in_the_file() -> None:
    with pytest.raises(ImageDamagedError, match="0 bytes"):
        open_image(b"")
    with pytest.raises(ImageDamagedError, match="all zero"):
        open_image(bytes(4096))


@pytest.mark.parametrize("opener", [open_image, probe])
def test_fifty_thousand_pixels_square(opener: Any) -> None:
    body = zlib.compress(bytes(10_000))
    with pytest.raises(ImageLimitError, match="50000 x 50000"):
        opener(png(50_000, 50_000, png_chunk(b"IDAT", body)))


def test_inflating_text_chunk() -> None:
    bomb = zlib.compress(bytes(80_000_000))
    text = png_chunk(b"zTXt", b"Comment\x00\x00" + bomb)
    with pytest.raises(ImageLimitError, match="too large"):
        open_image(png(8, 8, text, png_chunk(b"IDAT", zlib.compress(bytes(200)))))


def test_webp_canvas_is_checked_before_it_is_reserved() -> None:
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\x7f\x3e\x00" * 2
    content = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    with pytest.raises(ImageLimitError, match="16000 x 16000"):
        open_image(content)


def test_limits_of_bytes_and_pixels(tmp_path: Path) -> None:
    content = encode(scene())
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    for source in (content, path):
        with pytest.raises(ImageLimitError, match="bytes"):
            open_image(source, limits=ImageLimits(max_bytes=len(content) - 1))
    with pytest.raises(ImageLimitError, match="96 x 64"):
        open_image(content, limits=ImageLimits(max_pixels=96 * 64 - 1))
    assert open_image(content, limits=ImageLimits(len(content), 96 * 64)).size_wh == (96, 64)
    with pytest.raises(ConfigError, match="positive"):
        ImageLimits(max_bytes=0)


def noisy(size: int = 256) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (size, size, 3)).astype(np.uint8)


@pytest.mark.parametrize("tail", [b"", bytes(4096)])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_truncated_jpeg(share: float, tail: bytes) -> None:
    content = encode(noisy())
    cut = content[: int(share * len(content))] + tail
    with pytest.raises(ImageDamagedError, match="% of the rows") as caught:
        open_image(cut)
    readable = int(str(caught.value).split("%")[0].split()[-1]) / 100
    assert readable == pytest.approx(share, abs=0.12)
    image = open_image(cut, allow_truncated=True)
    assert "truncated" in image.flags
    whole = open_image(content).pixels
    rows = int((readable - 0.1) * 256)
    assert (image.pixels[:rows] == whole[:rows]).all()


def test_data_after_the_end_are_no_damage() -> None:
    content = encode(noisy(64))
    for tail in (bytes(9000), b"maker notes " * 90):
        assert open_image(content + tail).flags == ("capture-time-missing",)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "TIFF"])
def test_other_truncated_formats_are_refused_even_when_allowed(image_format: str) -> None:
    content = encode(noisy(), image_format)
    with pytest.raises(ImageDamagedError):
        open_image(content[: len(content) // 2], allow_truncated=True)


def test_a_jpeg_of_which_nothing_can_be_read() -> None:
    content = encode(noisy())
    start = content.index(b"\xff\xda")
    with pytest.raises(ImageDamagedError):
        open_image(content[: start + 14], allow_truncated=True)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    for read in (open_image, probe):
        with pytest.raises(
            ImageError, match=r"gone\.jpg: expected a picture, found no file"
        ) as told:
            read(tmp_path / "gone.jpg")
        assert told.type is ImageError  # nothing is damaged: there is nothing
        with pytest.raises(ImageError, match="can be read, found: Is a directory"):
            read(tmp_path)


@given(st.binary(max_size=2000))
def test_random_bytes_raise_image_errors_only(content: bytes) -> None:
    with pytest.raises(ImageError):
        open_image(content)


SEEDS = {f: encode(noisy(24), f) for f in FORMATS}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), max_size=6),
    st.floats(0.05, 1),
)
@pytest.mark.filterwarnings("ignore")
def test_mutated_pictures_open_or_raise_image_errors(
    image_format: str, edits: list[tuple[float, bytes]], keep: float
) -> None:
    content = bytearray(SEEDS[image_format])
    for where, what in edits:
        at = int(where * (len(content) - 8))
        content[at : at + len(what)] = what
    content = content[: int(keep * len(content))]
    with contextlib.suppress(ImageError):  # anything else fails the test
        image = open_image(bytes(content), limits=ImageLimits(max_pixels=1_000_000))
        assert image.pixels.size == image.size_wh[0] * image.size_wh[1] * 3


def test_threads_agree() -> None:
    contents = [encode(noisy(64)), encode(scene()), encode(noisy())[:5000], gif()] * 12

    def outcome(content: bytes) -> str:
        try:
            return hashlib.sha256(open_image(content).pixels.tobytes()).hexdigest()
        except ImageError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(outcome, contents)) == [outcome(c) for c in contents]
