"""/upload: pictures of one or several sightings."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from reid.catalogue.sighting_pages import SightingPages
from reid.types import Flank
from service.state import LibraryNow, ServiceNow
from service.web.pages import page

router = APIRouter(include_in_schema=False)


@router.get("/upload")
async def upload(request: Request, service: ServiceNow, library: LibraryNow) -> Response:
    """The form; its script sends each sighting by POST /v1/sightings."""
    pages, settings = SightingPages.of(library.catalogue), service.settings
    stations = await service.reads.run(pages.stations)
    return page(
        request,
        "upload.html",
        stations=[name for name, _ in stations if name],
        flanks=[flank.value for flank in Flank if flank is not Flank.UNKNOWN],
        most_files=settings.max_media_per_sighting,
        most_bytes=settings.max_request_bytes,
    )
