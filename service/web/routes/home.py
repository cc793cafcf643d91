"""/: what waits, and how things are."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from reid.catalogue import Catalogue
from reid.catalogue.census import Census, Counts
from reid.catalogue.jobs import Job, JobState, JobStore
from reid.catalogue.sighting_pages import Chosen, SightingCard, SightingPages, Standing
from service.ports import IndexNow
from service.state import LibraryNow, Service, ServiceNow
from service.web.pages import page

LAST = 8

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """The first page: ``index`` None where the service is not well."""

    counts: Counts
    unnamed: int
    running: list[Job]
    workers: int
    last: list[SightingCard]
    index: IndexNow | None


@router.get("/")
async def home(request: Request, service: ServiceNow, library: LibraryNow) -> Response:
    """The first page."""
    shown = await service.reads.run(lambda: _shown(service, library.catalogue))
    return page(request, "home.html", shown=shown)


def _shown(service: Service, catalogue: Catalogue) -> Shown:
    pages, jobs = SightingPages.of(catalogue), JobStore.of(catalogue)
    try:
        index = service.door.opened().check()
    except Exception:  # /settings and /v1/ready say which; this page stays readable
        index = None
    return Shown(
        Census.of(catalogue).counts(),
        pages.count(Chosen(standing=Standing.UNNAMED)),
        [*jobs.jobs(state=JobState.RUNNING, limit=5), *jobs.jobs(state=JobState.QUEUED, limit=5)],
        len(jobs.workers()),
        pages.page(limit=LAST),
        index,
    )
