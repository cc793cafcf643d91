"""/comparisons: what was compared, a new one, and one with its verdicts and pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reid.catalogue.comparison_pages import ComparisonPages
from reid.catalogue.sighting_pages import SightingPages
from service.admission import PersonNow, precision_for
from service.schemas.base import Known
from service.state import LibraryNow, ServiceNow
from service.told import comparison_out
from service.web.comparing import OPEN_PAIRS, pairs_of
from service.web.pages import page

PAGE = 30
MOST = 50

router = APIRouter(include_in_schema=False)


@router.get("/comparisons")
async def listed(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Stored comparisons, newest first."""
    pages = ComparisonPages.of(library.catalogue)
    found = await service.reads.run(lambda: pages.page(limit=PAGE + 1, skip=skip))
    more = skip + PAGE if len(found) > PAGE else None
    return page(request, "comparisons.html", found=found[:PAGE], skip=skip, more=more, size=PAGE)


@router.get("/comparisons/new")
async def new(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    sighting: Annotated[list[str], Query(max_length=MOST)] = [],  # noqa: B006
) -> Response:
    """What to compare, and how; its script asks POST /v1/comparisons."""
    pages = SightingPages.of(library.catalogue)
    cards = await service.reads.run(lambda: pages.cards(list(dict.fromkeys(sighting))))
    lost = sorted(set(sighting) - {card.record.id for card in cards})
    return page(request, "comparison_new.html", cards=cards, lost=lost, most=MOST)


@router.get("/comparisons/{comparison_id}")
async def one(
    request: Request,
    comparison_id: Known,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> Response:
    """A comparison: verdicts with reasons, pictures, controls."""
    stored = await service.reads.run(lambda: library.catalogue.load_comparison(comparison_id))
    result = comparison_out(stored.result, precision_for(service.settings, person))
    pairs = pairs_of(result)
    open_pairs = len(pairs) <= OPEN_PAIRS
    return page(request, "comparison.html", c=result, pairs=pairs, open_pairs=open_pairs)
