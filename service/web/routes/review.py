"""/review: pairs to be judged by eye; /review/record: what review left, and who was wrong."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.review import MachineRates, ReviewerRates
from service.state import LibraryNow, ServiceNow
from service.web.pages import page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Record:
    """Merges to look at (names, item), pairs answered both ways, rates."""

    merges: list[tuple[str, str, str]]
    disputes: list[tuple[str, str]]
    people: list[ReviewerRates]
    machine: MachineRates


@router.get("/review")
async def review(request: Request, service: ServiceNow) -> Response:
    """One pair after another."""
    return page(request, "review.html", opinion=service.settings.review_opinion)


@router.get("/review/record")
async def record(request: Request, service: ServiceNow, library: LibraryNow) -> Response:
    """Disputes and error rates."""
    found = await service.reads.run(lambda: _record(library.catalogue))
    return page(request, "record.html", found=found)


def _record(catalogue: Catalogue) -> Record:
    merges = {tuple(sorted((a, b))): (a, b, item) for a, b, item in catalogue.merges_to_look_at()}
    return Record(list(merges.values()), catalogue.disagreements(), *catalogue.review_rates())
