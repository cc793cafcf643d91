"""Stored pictures cut and scaled for eyes; nothing drawn, no EXIF."""

from __future__ import annotations

import io

from PIL import Image as PillowImage

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame
from reid.image import open_image

MARGIN = 0.06
"""Share of the box shown around it, so that the eye sees where the animal ends."""

Window = tuple[int, int, int, int]


def window_of(frame: Frame) -> Window:
    """What a crop shows of its picture: (x0, y0, x1, y1) in whole pixels, upright."""
    width, height = frame.size_wh
    x0, y0, x1, y1 = frame.box.window((width, height))
    dx, dy = round((x1 - x0) * MARGIN), round((y1 - y0) * MARGIN)
    return max(0, x0 - dx), max(0, y0 - dy), min(width, x1 + dx), min(height, y1 + dy)


def cut(
    catalogue: Catalogue, frame: Frame, window: Window, most_px: int, *, by_height: bool = False
) -> PillowImage.Image:
    """A part of a stored picture, at most ``most_px`` wide (or high) and never enlarged.

    Raises:
        CatalogueError: its file is missing or was altered.
    """
    content = catalogue.read_media(frame.media_sha256)
    image = open_image(content, file_name=frame.file_name, allow_truncated=True)
    x0, y0, x1, y1 = window
    part = PillowImage.fromarray(image.pixels[y0:y1, x0:x1])
    scale = min(1.0, most_px / (part.height if by_height else part.width))
    wanted = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    return part.resize(wanted, PillowImage.Resampling.LANCZOS, reducing_gap=3.0)


def jpeg_of(picture: PillowImage.Image, quality: int, *, optimize: bool = True) -> bytes:
    """A JPEG file without EXIF."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=optimize)
    return stream.getvalue()
