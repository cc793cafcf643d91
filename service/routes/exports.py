"""/v1/exports: who is who as a table to take away."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from reid.pipeline.exporting import export_identities
from service.schemas.decisions import ExportIn
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/exports", tags=["identities"])
CSV: dict[int | str, dict[str, Any]] = {201: {"content": {"text/csv": {}}}}


@router.post("", status_code=201, response_class=Response, responses=CSV)
async def export(told: ExportIn, service: ServiceNow, library: LibraryNow) -> Response:
    """Who every identified sighting is, as CSV with Camtrap DP's names; no positions.

    That it went out is kept: the preview of a later merge or split names it as out of date.
    """
    texts: list[str] = []

    def work() -> None:
        export_identities(library.catalogue, told.name, by=told.by, write=texts.append)

    await service.reads.run(work)
    headers = {"Content-Disposition": f'attachment; filename="{told.name}"'}
    return Response(texts[0].encode(), 201, headers, media_type="text/csv; charset=utf-8")
