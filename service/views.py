"""Stored pictures for eyes: one animal cut out, or the whole frame; nothing drawn, no EXIF."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote

from PIL import Image as PillowImage
from starlette.requests import Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame, Gallery
from reid.image import open_image
from service.pictures import KEEP, tags_in

Size = Literal["small", "medium", "large"]
CROP_HEIGHT_PX: dict[Size, int] = {"small": 160, "medium": 360, "large": 1000}
FRAME_WIDTH_PX: dict[Size, int] = {"small": 640, "medium": 1280, "large": 4096}
JPEG_QUALITY: dict[Size, int] = {"small": 80, "medium": 85, "large": 90}
MARGIN = 0.06
"""Share of the box shown around it, so that the eye sees where the animal ends."""

VERSION = "1"
"""Goes up when the same frame becomes another picture, so that nobody keeps the old one."""

Window = tuple[int, int, int, int]
Make = Callable[[Catalogue, Frame, Size], bytes]


def crop(catalogue: Catalogue, frame: Frame, size: Size) -> bytes:
    """The animal with a margin, as a JPEG at most this high and never larger than it was.

    Raises:
        CatalogueError: its file is missing or was altered.
    """
    return _scaled(catalogue, frame, window_of(frame), size, CROP_HEIGHT_PX[size], by_height=True)


def whole(catalogue: Catalogue, frame: Frame, size: Size) -> bytes:
    """The whole upright picture, as a JPEG at most this wide and never larger than it was.

    Raises:
        CatalogueError: its file is missing or was altered.
    """
    width, height = frame.size_wh
    return _scaled(catalogue, frame, (0, 0, width, height), size, FRAME_WIDTH_PX[size])


def shown(
    request: Request, catalogue: Catalogue, key: tuple[str, str], size: Size, make: Make
) -> Response:
    """A picture as a response that may be kept; one that the client has is not made again.

    ``key`` is (sighting id, annotation id). Blocking.

    Raises:
        NotFoundError: no such sighting or annotation.
    """
    frame = Gallery.of(catalogue).frame(*key)
    tag = _tag(frame, size, make)
    headers = {"ETag": tag, "Cache-Control": KEEP}
    if tag in tags_in(request):
        return Response(status_code=304, headers=headers)
    return Response(make(catalogue, frame, size), media_type="image/jpeg", headers=headers)


def _tag(frame: Frame, size: Size, make: Make) -> str:
    box = frame.box
    parts = VERSION, make.__name__, size, frame.media_sha256, box.x_px, box.y_px
    text = "/".join(map(str, (*parts, box.width_px, box.height_px)))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def window_of(frame: Frame) -> Window:
    """What a crop shows of its picture: (x0, y0, x1, y1) in whole pixels, upright."""
    width, height = frame.size_wh
    x0, y0, x1, y1 = frame.box.window((width, height))
    dx, dy = round((x1 - x0) * MARGIN), round((y1 - y0) * MARGIN)
    return max(0, x0 - dx), max(0, y0 - dy), min(width, x1 + dx), min(height, y1 + dy)


def crop_at(frame: Frame) -> str:
    """The address of the animal cut out; a size may follow."""
    owner, name = (quote(text, safe="") for text in (frame.sighting_id, frame.annotation_id))
    return f"/v1/sightings/{owner}/annotations/{name}/crop"


def _scaled(
    catalogue: Catalogue,
    frame: Frame,
    window: Window,
    size: Size,
    most_px: int,
    *,
    by_height: bool = False,
) -> bytes:
    content = catalogue.read_media(frame.media_sha256)
    image = open_image(content, file_name=frame.file_name, allow_truncated=True)
    x0, y0, x1, y1 = window
    cut = PillowImage.fromarray(image.pixels[y0:y1, x0:x1])
    scale = min(1.0, most_px / (cut.height if by_height else cut.width))
    wanted = max(1, round(cut.width * scale)), max(1, round(cut.height * scale))
    small = cut.resize(wanted, PillowImage.Resampling.LANCZOS, reducing_gap=3.0)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=JPEG_QUALITY[size], optimize=size != "large")
    return stream.getvalue()
