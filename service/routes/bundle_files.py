"""/v1/bundles as files: one taken out, one brought in."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse

from reid.errors import InputError
from reid.registry import RegisteredBundle, Registry
from reid.registry.archive import SUFFIX
from service.admission import PersonNow
from service.routes.bundles import bundle_out
from service.schemas.base import Known
from service.schemas.bundles import BundleOut
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/bundles", tags=["bundles"])

CARRIED = ".carried-"
"""Folders that last as long as a request; a killed service leaves one, which may be deleted."""

OCTETS = "application/octet-stream"
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}
}
PART = "bundle"
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [PART],
                    "properties": {PART: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.get("/{reference}/file", response_class=FileResponse, responses=FILE)
async def taken(reference: Known, service: ServiceNow, library: LibraryNow) -> FileResponse:
    """A registered bundle with its signature as one file, for another catalogue."""
    registry = Registry.of(library.catalogue, service.settings)

    def work() -> tuple[RegisteredBundle, Path]:
        bundle = registry.bundle(reference)
        folder = Path(tempfile.mkdtemp(prefix=CARRIED, dir=library.catalogue.data_dir))
        try:
            registry.export(bundle, folder / f"b{SUFFIX}")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return bundle, folder

    bundle, folder = await service.heavy.run(work)
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    name = f"{bundle.name}-{bundle.version}{SUFFIX}"
    return FileResponse(folder / f"b{SUFFIX}", media_type=OCTETS, filename=name, background=gone)


@router.post("", status_code=201, openapi_extra=UPLOAD)
async def brought(
    request: Request, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> BundleOut:
    """Take in a bundle that another catalogue signed, if its key is trusted here.

    Everything is checked before it is kept; what serves stays as it is.
    """
    registry = Registry.of(library.catalogue, service.settings)
    by = person.name or "this machine"
    async with request.form(max_files=1, max_fields=1) as form:
        sent = form.get(PART)
        if not isinstance(sent, UploadFile):
            raise InputError(f"expected multipart/form-data with one file `{PART}`, found none")
        async with service.turns.turn("bundles"):
            kept = await service.heavy.run(lambda: _kept(registry, sent.file, by))
            return bundle_out(kept, await service.reads.run(registry.active))


def _kept(registry: Registry, sent: BinaryIO, by: str) -> RegisteredBundle:
    with tempfile.TemporaryDirectory(prefix=CARRIED, dir=registry.data_dir) as folder:
        file = Path(folder) / f"b{SUFFIX}"
        with file.open("wb") as out:
            shutil.copyfileobj(sent, out)
        return registry.import_(file, by=by)
