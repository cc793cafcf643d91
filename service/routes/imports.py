"""/v1/imports: other tools' data, looked at first and taken in when confirmed."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile

from reid.catalogue import Catalogue
from reid.config import Precision
from reid.errors import InputError
from service.admission import PersonNow, precision_for
from service.describe import IMPORT_BODY
from service.errors import ForbiddenError
from service.exchange import take_in
from service.gatekeeper import Person
from service.routes.jobs import archive_place
from service.schemas.imports import ImportIn, ImportOut
from service.state import LibraryNow, ServiceNow
from service.uploads import MEDIA, receive_files

DEPLOYMENTS = "deployments"
"""The part of an upload with the table of them."""

router = APIRouter(prefix="/v1/imports", tags=["imports"])


@router.post("")
async def from_archives(
    asked: ImportIn, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> ImportOut:
    """A source below the archives folder: what it holds and what is odd; with `confirm`, take it.

    Where it says who animals are, confirming needs a reviewer. The same again changes nothing.
    """
    if asked.source is None:
        raise InputError("source: expected one below the archives folder; files go to .../files")
    archives = service.settings.archives_dir
    place = archive_place(archives, asked.source)
    table = archive_place(archives, asked.deployments, DEPLOYMENTS) if asked.deployments else None
    precision = precision_for(service.settings, person)
    async with service.turns.turn("imports"):
        return await service.heavy.run(
            lambda: take_in(library.catalogue, place, asked, person, precision, table)
        )


@router.post("/files", openapi_extra={"requestBody": IMPORT_BODY})
async def from_file(
    request: Request, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> ImportOut:
    """A table, a document, or a zip file of them with their pictures; likewise.

    Results that know no deployments take a table of them beside, or in the zip file.
    Nothing of it stays here unless it is confirmed: then it is sent again, with `confirm`.
    """
    precision = precision_for(service.settings, person)
    with service.uploads.place():
        async with receive_files(request, ImportIn, DEPLOYMENTS) as (asked, files):
            _check_by(asked, person)
            request.state.by = asked.by
            async with service.turns.turn("imports"):
                return await service.heavy.run(
                    lambda: _from(library.catalogue, asked, files, person, precision)
                )


def _from(
    catalogue: Catalogue,
    asked: ImportIn,
    files: dict[str, UploadFile],
    person: Person,
    precision: Precision,
) -> ImportOut:
    """Each file under its own name, alone in a folder, for as long as it is read."""
    with TemporaryDirectory(prefix="import-") as folder:
        places = {part: _written(file, Path(folder) / part) for part, file in files.items()}
        table = places.get(DEPLOYMENTS)
        return take_in(catalogue, places[MEDIA], asked, person, precision, table)


def _written(file: UploadFile, folder: Path) -> Path:
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name.lstrip(".") or "source"
    folder.mkdir()
    place = folder / name[-128:]
    with place.open("wb") as out:
        shutil.copyfileobj(file.file, out)
    return place


def _check_by(asked: ImportIn, person: Person) -> None:
    if person.name is not None and asked.by != person.name:
        raise ForbiddenError(
            f"by: this key is {person.name!r}'s, and what is done with it is said by them; found "
            "another name"
        )
    if asked.deployments is not None:
        raise InputError(
            "deployments: expected no path where a file is sent; send the table itself as the part "
            f"`{DEPLOYMENTS}`"
        )
    if asked.source is not None:
        raise InputError("source: expected none where a file is sent")
