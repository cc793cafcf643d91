"""Stored pictures for eyes: one animal cut out, or the whole frame; nothing drawn, no EXIF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Frame, Gallery
from reid.paper.cuts import Window, cut, jpeg_of, window_of
from service.pictures import KEEP, tags_in

Size = Literal["small", "medium", "large"]
CROP_HEIGHT_PX: dict[Size, int] = {"small": 160, "medium": 360, "large": 1000}
FRAME_WIDTH_PX: dict[Size, int] = {"small": 640, "medium": 1280, "large": 4096}
JPEG_QUALITY: dict[Size, int] = {"small": 80, "medium": 85, "large": 90}
VERSION = "1"
"""Goes up when the same frame becomes another picture, so that nobody keeps the old one."""

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
    small = cut(catalogue, frame, window, most_px, by_height=by_height)
    return jpeg_of(small, JPEG_QUALITY[size], optimize=size != "large")
