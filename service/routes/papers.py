"""/v1/individuals/NAME/dossier, /v1/id-sheet: papers to print."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reid.paper.file_names import file_name
from service.admission import PersonNow, precision_for
from service.papers import KINDS, after_address, made_dossier, made_sheet, paper
from service.schemas.base import Known
from service.schemas.papers import DossierAsked, SheetAsked
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1", tags=["papers"])


@router.get("/individuals/{name:known}/dossier", response_class=Response, responses=KINDS)
async def dossier(
    request: Request,
    name: Known,
    asked: Annotated[DossierAsked, Query()],
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> Response:
    """All about one individual on one page: pictures, marks, map, what is unsure, decisions.

    It needs no network and prints well; positions are those that the role may see.
    """
    precision = precision_for(service.settings, person)
    made = await service.heavy.run(lambda: made_dossier(library.catalogue, name, asked, precision))
    return paper(request, made, file_name(name))


@router.get("/id-sheet", response_class=Response, responses=KINDS)
async def id_sheet(
    request: Request,
    asked: Annotated[SheetAsked, Query()],
    service: ServiceNow,
    library: LibraryNow,
) -> Response:
    """Everybody by name, left and right flank side by side; no places.

    Where more follow, `Link` with `rel="next"` is the address of the next sheet.
    """
    address = after_address(request)
    made, following = await service.heavy.run(lambda: made_sheet(library.catalogue, asked, address))
    response = paper(request, made, file_name(asked.title))
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
