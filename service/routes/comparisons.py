"""/v1/comparisons: are these sightings the same animal?"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from reid.catalogue import content_sha256
from reid.evidence import matches_json
from service.admission import PersonNow, precision_for, sees_journeys
from service.pictures import jpeg, kept, page
from service.ports import LibraryPort
from service.schemas.base import Known
from service.schemas.comparisons import (
    ComparisonIn,
    ComparisonLine,
    ComparisonOut,
    ComparisonsOut,
    ComparisonsPage,
)
from service.schemas.frames import MatchesOut
from service.state import LibraryNow, ServiceNow
from service.told import comparison_out

router = APIRouter(prefix="/v1/comparisons", tags=["comparisons"])
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": ComparisonOut}}
AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": ComparisonOut, "description": "This was asked before; the answer is the same."},
    201: {"model": ComparisonOut},
}
HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}
JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}


@router.post("", status_code=201, response_class=JSONResponse, responses=AGAIN)
async def compare(
    wanted: ComparisonIn, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> Response:
    """Compare stored sightings; asked again, the stored answer comes with 200."""
    key = f"comparison/{content_sha256(wanted.model_dump(mode='json'))}"
    async with service.turns.turn(key):
        created, answer = await service.heavy.run(lambda: _compare(library, wanted))
    answer = comparison_out(answer, precision_for(service.settings, person))
    return JSONResponse(answer, status_code=201 if created else 200)


def _compare(library: LibraryPort, wanted: ComparisonIn) -> tuple[bool, dict[str, Any]]:
    _, saved = library.compare(
        wanted.sighting_ids,
        prior_same=wanted.prior_same,
        max_error=wanted.max_error,
        distances_km=wanted.distances(),
    )
    return saved.created, library.catalogue.load_comparison(saved.id).result


@router.get("")
async def listed(
    page: Annotated[ComparisonsPage, Query()], service: ServiceNow, library: LibraryNow
) -> ComparisonsOut:
    """Stored answers in a line each, newest first."""
    found = await service.reads.run(
        lambda: library.catalogue.list_comparisons(limit=page.limit, skip=page.skip)
    )
    return ComparisonsOut(
        comparisons=[
            ComparisonLine(
                id=one.id,
                created_at=one.created_at,
                sighting_ids=list(one.sighting_ids),
                summary=one.summary,
            )
            for one in found
        ]
    )


@router.get("/{comparison_id}", response_class=JSONResponse, responses=ANSWER)
async def one(
    comparison_id: Known, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> Response:
    """A stored answer."""
    stored = await service.reads.run(lambda: library.catalogue.load_comparison(comparison_id))
    precision = precision_for(service.settings, person)
    return JSONResponse(comparison_out(stored.result, precision))


@router.get("/{comparison_id}/report", response_class=Response, responses=HTML)
async def report(
    request: Request,
    comparison_id: Known,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> Response:
    """The whole comparison on one self-contained page."""
    distances = sees_journeys(service.settings, person)
    html = await service.heavy.run(lambda: library.report(comparison_id, distances=distances))
    return page(request, html)


@router.get("/{comparison_id}/matches")
async def matches(comparison_id: Known, service: ServiceNow, library: LibraryNow) -> MatchesOut:
    """Which points of its pictures were matched, to be drawn over them."""
    found = await service.heavy.run(lambda: matches_json(library.comparison(comparison_id)))
    return MatchesOut.model_validate({"pairs": found})


@router.get("/{comparison_id}/pictures/{name}", response_class=Response, responses=JPEG)
async def picture(
    request: Request, comparison_id: Known, name: Known, service: ServiceNow, library: LibraryNow
) -> Response:
    """An evidence picture; its name is under `picture` in the comparison."""
    content = await service.heavy.run(lambda: jpeg(library.evidence_picture(comparison_id, name)))
    return kept(request, content, "image/jpeg")
