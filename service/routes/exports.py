"""/v1/exports: who is who as a table to take away."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from reid.pipeline.exporting import export_identities
from service.admission import PersonNow, precision_for
from service.exchange import zipped_export
from service.schemas.decisions import ExportIn
from service.schemas.imports import ExportAsIn
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/exports", tags=["identities"])
CSV: dict[int | str, dict[str, Any]] = {201: {"content": {"text/csv": {}}}}


ZIP: dict[int | str, dict[str, Any]] = {
    201: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}
FormatName = Literal[
    "camtrap-dp",
    "wildlife-datasets",
    "wildbook",
    "miewid",
    "darwin-core",
    "geojson",
    "kml",
    "secr",
    "camtrapr",
    "capture-histories",
    "dossier",
    "id-sheet",
    "annotated",
]


@router.post("/{name}", status_code=201, response_class=FileResponse, responses=ZIP)
async def as_format(
    name: FormatName,
    told: ExportAsIn,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> FileResponse:
    """The catalogue as another tool reads it, in a zip file; positions as the role sees them.

    `notes.txt` in it says what the format could not say. That it went out is kept.
    """
    precision = precision_for(service.settings, person)
    folder = Path(mkdtemp(prefix="export-"))

    def work() -> Path:
        return zipped_export(library.catalogue, name, told, precision, folder)

    try:
        made = await service.heavy.run(work)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    kind = "application/zip"
    return FileResponse(made, 201, media_type=kind, filename=made.name, background=gone)


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
