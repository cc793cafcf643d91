"""/v1/sightings: media and metadata in, annotations out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from reid.catalogue import sighting_sha256
from reid.config import Precision
from reid.errors import InputError, NotFoundError
from reid.types import Sighting
from service.admission import PersonNow, precision_for
from service.describe import UPLOAD_BODY
from service.errors import ConflictError
from service.pictures import draw_annotation, kept
from service.ports import LibraryPort
from service.schemas.base import Known
from service.schemas.sightings import SightingOut, SightingsOut, SightingsPage
from service.state import LibraryNow, ServiceNow
from service.told import sighting_line, sighting_out
from service.uploads import Upload, receive_upload
from service.views import Size, crop, shown, whole

router = APIRouter(prefix="/v1/sightings", tags=["sightings"])
JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}


@router.post(
    "",
    status_code=201,
    openapi_extra={"requestBody": UPLOAD_BODY},
    responses={200: {"model": SightingOut, "description": "The same content is stored already."}},
)
async def submit(
    request: Request,
    response: Response,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> SightingOut:
    """Submit a sighting: its animals are found and measured, and all is stored.

    Once for each content: sent again, the answer is 200 with the same body; other content under
    the same id is a 409. A file that cannot be used is named under `rejected` with the reason,
    and the rest goes on.
    """
    with service.uploads.place():
        async with (
            receive_upload(request, service.settings) as upload,
            service.turns.turn(f"sighting/{upload.metadata.id}"),
        ):
            request.state.about = {"sighting_id": upload.metadata.id}
            created, stored = await service.heavy.run(
                lambda: _add(library, upload, precision_for(service.settings, person))
            )
    response.status_code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
    return stored


def _add(library: LibraryPort, upload: Upload, precision: Precision) -> tuple[bool, SightingOut]:
    sighting = upload.sighting()
    _refuse_other(library, sighting)
    try:
        added = library.add(sighting)
    except InputError:
        _refuse_other(library, sighting)  # another process may have been faster
        raise
    return added.saved.created, sighting_out(library.catalogue, sighting.id, precision)


def _refuse_other(library: LibraryPort, sighting: Sighting) -> None:
    """Raise ConflictError when other content is stored under the id: before any work."""
    try:
        stored = library.catalogue.sighting(sighting.id)
    except NotFoundError:
        return
    if stored.content_sha256 != sighting_sha256(sighting):
        raise ConflictError(
            f"sighting {sighting.id!r} is stored with other content ({len(stored.file_names)} "
            f"files, {stored.created_at:%Y-%m-%d}); give the new one another id"
        )


@router.get("")
async def listed(
    page: Annotated[SightingsPage, Query()], service: ServiceNow, library: LibraryNow
) -> SightingsOut:
    """Stored sightings in a line each, by id."""
    limit = page.limit
    found = await service.reads.run(
        lambda: library.catalogue.sightings(limit=limit + 1, after=page.after)
    )
    more = found[limit - 1].id if len(found) > limit else None
    return SightingsOut(sightings=[sighting_line(one) for one in found[:limit]], next=more)


@router.get("/{sighting_id:known}")
async def one(
    sighting_id: Known, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> SightingOut:
    """A sighting: annotations, flank, quality with reasons, flags, rejected files."""
    precision = precision_for(service.settings, person)
    return await service.reads.run(lambda: sighting_out(library.catalogue, sighting_id, precision))


@router.get(
    "/{sighting_id:known}/annotations/{annotation_id:below}/picture",
    response_class=Response,
    responses=JPEG,
)
async def picture(
    request: Request,
    sighting_id: Known,
    annotation_id: Known,
    service: ServiceNow,
    library: LibraryNow,
) -> Response:
    """One animal with its outline, flank and quality."""
    content = await service.reads.run(
        lambda: draw_annotation(library.catalogue, sighting_id, annotation_id)
    )
    return kept(request, content, "image/jpeg")


@router.get(
    "/{sighting_id:known}/annotations/{annotation_id:below}/crop",
    response_class=Response,
    responses=JPEG,
)
async def cut_out(
    request: Request,
    sighting_id: Known,
    annotation_id: Known,
    service: ServiceNow,
    library: LibraryNow,
    size: Size = "medium",
) -> Response:
    """One animal cut out of its picture, with nothing drawn: 160, 360 or 1,000 pixels high."""
    key = sighting_id, annotation_id
    return await service.reads.run(lambda: shown(request, library.catalogue, key, size, crop))


@router.get(
    "/{sighting_id:known}/annotations/{annotation_id:below}/frame",
    response_class=Response,
    responses=JPEG,
)
async def frame(
    request: Request,
    sighting_id: Known,
    annotation_id: Known,
    service: ServiceNow,
    library: LibraryNow,
    size: Size = "medium",
) -> Response:
    """The whole picture with nothing drawn and without EXIF: 640, 1,280 or 4,096 pixels wide."""
    key = sighting_id, annotation_id
    return await service.reads.run(lambda: shown(request, library.catalogue, key, size, whole))
