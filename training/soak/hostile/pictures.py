"""Picture files that cameras, cards and enemies might send."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from PIL import Image as Pil

from training.soak.hostile.exif import exif_blocks
from training.soak.hostile.files import (
    bomb_jpeg,
    bomb_png,
    bomb_text_png,
    bomb_tiff,
    bomb_webp,
    zip_of,
)

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
STEP = 64


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file as it is sent. ``usable``: whether it may be read; None: either, never a crash."""

    name: str
    content: bytes = field(repr=False)
    usable: bool | None = None


@cache
def plain(kind: str = "JPEG", size_wh: tuple[int, int] = (96, 64)) -> bytes:
    """A good picture of a few kB: shaded noise, equal bytes each time."""
    chance = np.random.default_rng(5)
    shade = np.linspace(60, 190, size_wh[0])[None, :, None]
    pixels = np.clip(shade + chance.normal(0, 25, (*size_wh[::-1], 3)), 0, 255).astype(np.uint8)
    return written(Pil.fromarray(pixels), kind)


def written(picture: Pil.Image, kind: str, **options: Any) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def truncated(content: bytes, step: int = STEP) -> Iterator[bytes]:
    """The file cut off at every ``step``-th byte."""
    for end in range(0, len(content), step):
        yield content[:end]


def flipped(content: bytes, places: Sequence[tuple[int, int]]) -> bytes:
    """The file with bits turned: (byte, bit) each, taken modulo its length."""
    out = bytearray(content)
    for byte, bit in places:
        out[byte % len(out)] ^= 1 << (bit % 8)
    return bytes(out)


def pictures() -> Iterator[Hostile]:
    """Every made picture but the cut and flipped ones."""
    yield from _bombs()
    yield from _disguised()
    yield from _odd()
    for name, block in exif_blocks():
        picture = Pil.open(io.BytesIO(plain()))
        yield Hostile(f"exif {name}.jpg", written(picture, "JPEG", exif=b"Exif\0\0" + block))


def _bombs() -> Iterator[Hostile]:
    yield Hostile("bomb.png", bomb_png(60_000, 60_000), False)
    yield Hostile("bomb wide.png", bomb_png(2**31 - 1, 1), False)
    yield Hostile("bomb none.png", bomb_png(0, 0), False)
    yield Hostile("bomb.jpg", bomb_jpeg(plain(), 65_500, 65_500), False)
    yield Hostile("bomb.tif", bomb_tiff(100_000, 100_000), False)
    yield Hostile("bomb negative.tif", bomb_tiff(-1, -1), False)
    yield Hostile("bomb.webp", bomb_webp(16_384, 16_384), False)
    yield Hostile("bomb text.png", bomb_text_png(plain("PNG"), 80_000_000))
    yield Hostile("bomb deflated.tif", bomb_tiff(10_000, 11_000, whole=True))


def _disguised() -> Iterator[Hostile]:
    jpeg, png = plain(), plain("PNG")
    script = b"<script>fetch('/v1/audit')</script>"
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + script + b"</svg>"
    yield Hostile("picture.svg", svg, False)
    yield Hostile("picture of svg.jpg", svg, False)
    yield Hostile("page.html", b"<!doctype html>" + script, False)
    yield Hostile("page.jpg", b"\n\n  <html>" + script, False)
    yield Hostile("document.jpg", b"%PDF-1.7\n" + jpeg, False)
    yield Hostile("archive.jpg", zip_of(20_000_000), False)
    yield Hostile("program.jpg", b"\x7fELF" + bytes(200), False)
    yield Hostile("both jpeg and zip.jpg", jpeg + zip_of(1_000), True)
    yield Hostile("both jpeg and html.jpg", jpeg + b"<html>" + script, True)
    yield Hostile("both png and script.png", png + script, True)
    yield Hostile("both gif and jpeg.jpg", b"GIF89a" + jpeg, False)
    yield Hostile("a png.jpg", png, True)
    yield Hostile("a jpeg.exe", jpeg, True)
    yield Hostile("a jpeg.html", jpeg, True)
    yield Hostile("jpeg in jpeg.jpg", jpeg[:2] + jpeg)


def _odd() -> Iterator[Hostile]:
    picture = Pil.open(io.BytesIO(plain("PNG")))
    yield Hostile("nothing.jpg", b"", False)
    yield Hostile("zeros.jpg", bytes(4096), False)
    yield Hostile("only a start.jpg", b"\xff\xd8\xff", False)
    yield Hostile("one pixel.png", written(picture.crop((0, 0, 1, 1)), "PNG"), True)
    yield Hostile("one row.jpg", written(picture.crop((0, 0, 96, 1)), "JPEG"), True)
    yield Hostile("inks.jpg", written(picture.convert("CMYK"), "JPEG"), True)
    yield Hostile("palette.png", written(picture.quantize(7), "PNG", transparency=3), True)
    yield Hostile("two colours.png", written(picture.convert("1"), "PNG"), True)
    yield Hostile("through.png", written(picture.convert("LA"), "PNG"), True)
    deep = np.linspace(0, 65535, 96 * 64).reshape(64, 96).astype(np.uint16)
    yield Hostile("deep.png", written(Pil.fromarray(deep), "PNG"), True)
    yield Hostile("not finite.tif", written(Pil.fromarray(_not_finite()), "TIFF"), True)
    yield Hostile("profile.jpg", written(picture, "JPEG", icc_profile=b"no profile" * 900), True)
    yield Hostile("profile.png", written(picture, "PNG", icc_profile=b"\xff" * 4000))
    moving: dict[str, Any] = {"save_all": True, "append_images": [picture.rotate(90)]}
    yield Hostile("moving.webp", written(picture, "WEBP", **moving), False)
    yield Hostile("moving.png", written(picture, "PNG", **moving), False)
    yield Hostile("pages.tif", written(picture, "TIFF", **moving), True)
    yield Hostile("comment.jpg", written(picture, "JPEG", comment=b"\0<script>" * 7000), True)


def _not_finite() -> np.ndarray[Any, np.dtype[np.float32]]:
    values = np.linspace(-1, 1, 96 * 64, dtype=np.float32).reshape(64, 96)
    values[::7] = np.nan
    values[3::11] = np.inf
    return values
