"""Pictures and pages as responses that may be kept for good."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from starlette.requests import Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.errors import NotFoundError
from reid.evidence import annotation_picture
from reid.image import open_image

JPEG_QUALITY = 88
KEEP = "private, max-age=31536000, immutable"
"""Private: who may see where a leopard walks is not for a shared cache to decide."""

PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels (height, width, 3) RGB as a JPEG file."""
    stream = io.BytesIO()
    PillowImage.fromarray(pixels).save(stream, "JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def draw_annotation(catalogue: Catalogue, sighting_id: str, annotation_id: str) -> bytes:
    """The picture of one stored annotation, as a JPEG; only its own file is opened.

    Raises:
        NotFoundError: no such sighting or annotation.
        CatalogueError: its file is missing or was altered.
    """
    stored = catalogue.load_prepared(sighting_id)
    found = next((animal for animal in stored if animal.id == annotation_id), None)
    if found is None:
        raise NotFoundError(
            f"sighting {sighting_id!r} has no annotation {annotation_id!r}; "
            f"GET /v1/sightings/{sighting_id} lists them"
        )
    content = catalogue.read_media(found.image.sha256)
    image = open_image(content, file_name=found.image.file_name, allow_truncated=True)
    animal = replace(found, image=image)
    return jpeg(annotation_picture(animal, synthetic="synthetic" in animal.flags))


def kept(request: Request, content: bytes, media_type: str) -> Response:
    """``content`` with an ETag, or 304 when the client has it."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": KEEP}
    if tag in tags_in(request):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def page(request: Request, html: str) -> Response:
    """A page that may run nothing and load nothing."""
    response = kept(request, html.encode(), "text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def tags_in(request: Request) -> set[str]:
    """The tags of what the client has."""
    header = request.headers.get("if-none-match", "")
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
