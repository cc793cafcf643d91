"""/import: other tools' data, looked at and taken in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from reid.importers import FORMATS
from reid.importers.cutting import MOST_MINUTES
from reid.importers.plan import SPECIES
from service.state import ServiceNow
from service.web.pages import page
from service.web.routes.jobs import TABLES, archives_in

SOURCES = (*TABLES, ".zip")
WORDS = {
    "camtrap-dp": "Camtrap DP",
    "wildlife-insights": "Wildlife Insights",
    "megadetector": "MegaDetector",
    "coco-camera-traps": "COCO Camera Traps",
    "wildbook": "Wildbook bulk import",
    "miewid": "MiewID",
    "table": "any other table",
    "folders": "a folder for each individual",
}

router = APIRouter(include_in_schema=False)


@router.get("/import")
async def import_(request: Request, service: ServiceNow) -> Response:
    """The form; its script asks /v1/imports what a source holds, then to take it in."""
    archives = service.settings.archives_dir
    return page(
        request,
        "import.html",
        formats=[(name, WORDS.get(name, name)) for name in FORMATS],
        species=SPECIES,
        most_minutes=round(MOST_MINUTES),
        archives=await service.reads.run(lambda: archives_in(archives, SOURCES)),
        has_archives=archives is not None,
        most_bytes=service.settings.max_request_bytes,
    )
