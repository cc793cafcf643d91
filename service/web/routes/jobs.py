"""/jobs: long work, a new one, and one with its progress as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reid.batch import BATCH, GROUP, RE_EMBED, REBUILD
from reid.catalogue.jobs import Job, JobState, JobStore
from reid.catalogue.sighting_pages import Chosen, SightingPages, Standing
from reid.consequences import REPLAY
from service.schemas.base import Known
from service.schemas.jobs import JobDetailOut, JobOut, OptionsIn
from service.state import LibraryNow, ServiceNow
from service.told_jobs import job_detail, job_out
from service.web.models import TRAINING, looks_only
from service.web.pages import page

PAGE = 30
MOST_SIGHTINGS = 5000
MOST_ARCHIVES = 500
TABLES = (".csv", ".tsv", ".xlsx", ".json")
OTHERS = {
    REBUILD: "the search index, made anew",
    REPLAY: "what another model would change",
    RE_EMBED: "every animal measured again by another model",
    TRAINING: "a model that learns from what people confirmed",
}
LOOKING = "labels in doubt, to be reviewed before training"
UNASKED = frozenset(("confined",))
"""Options that the service itself decides on."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job and what it works on, in words."""

    job: JobOut
    what: str


@router.get("/jobs")
async def listed(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    state: Annotated[str, Query(pattern="^(queued|running|done|failed|cancelled|)$")] = "",
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Jobs, newest first."""
    store, archives = JobStore.of(library.catalogue), service.settings.archives_dir
    wanted = JobState(state) if state else None

    def work() -> tuple[list[JobShown], int]:
        found = store.jobs(limit=PAGE + 1, skip=skip, state=wanted)
        return [JobShown(job_out(job), _what(job, archives)) for job in found], len(store.workers())

    found, workers = await service.reads.run(work)
    more = skip + PAGE if len(found) > PAGE else None
    return page(
        request,
        "jobs.html",
        found=found[:PAGE],
        states=tuple(JobState),
        state=state,
        workers=workers,
        skip=skip,
        more=more,
        size=PAGE,
    )


@router.get("/jobs/new")
async def new(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    sighting: Annotated[list[str], Query(max_length=MOST_SIGHTINGS)] = [],  # noqa: B006
) -> Response:
    """What to ask for; its script asks POST /v1/jobs."""
    pages, archives = SightingPages.of(library.catalogue), service.settings.archives_dir

    def work() -> tuple[list[str], list[str]]:
        unnamed = [] if sighting else pages.ids(Chosen(standing=Standing.UNNAMED), MOST_SIGHTINGS)
        return archives_in(archives), unnamed

    found, unnamed = await service.reads.run(work)
    return page(
        request,
        "job_new.html",
        archives=found,
        has_archives=archives is not None,
        sightings=list(dict.fromkeys(sighting)),
        unnamed=unnamed,
        options=OptionsIn(),
    )


@router.get("/jobs/{job_id}")
async def one(
    request: Request, job_id: Known, service: ServiceNow, library: LibraryNow
) -> Response:
    """One job; its script follows GET /v1/jobs/JOB/events."""
    store, archives = JobStore.of(library.catalogue), service.settings.archives_dir

    def work() -> tuple[JobDetailOut, Job]:
        return job_detail(store, job_id), store.job(job_id)

    detail, job = await service.reads.run(work)
    again = _again(job, archives)
    return page(request, "job.html", job=detail, what=_what(job, archives), again=again)


def archives_in(folder: Path | None, tables: Sequence[str] = TABLES) -> list[str]:
    """Folders and tables directly below the archives folder; nothing hidden, nothing else."""
    if folder is None or not folder.is_dir():
        return []
    fits = (p for p in folder.iterdir() if p.is_dir() or p.suffix.lower() in tables)
    return sorted(p.name for p in fits if not p.name.startswith("."))[:MOST_ARCHIVES]


def _what(job: Job, archives: Path | None) -> str:
    if job.kind == BATCH:
        return f"archive {_source(job, archives) or Path(job.params['source']).name}"
    if job.kind == GROUP:
        return f"{len(job.params['sighting_ids']):,} stored sightings"
    return LOOKING if looks_only(job) else OTHERS.get(job.kind, job.kind)


def _source(job: Job, archives: Path | None) -> str | None:
    """The archive as clients name it; None for one that they may not name."""
    place = Path(job.params["source"])
    inside = archives is not None and place.is_relative_to(archives.resolve())
    return place.relative_to(archives.resolve()).as_posix() if archives and inside else None


def _again(job: Job, archives: Path | None) -> dict[str, Any] | None:
    """The body that asks for the same job again; None where a client cannot."""
    options = {k: v for k, v in job.params.get("options", {}).items() if k not in UNASKED}
    if job.kind == GROUP and len(job.params["sighting_ids"]) <= MOST_SIGHTINGS:
        return {"kind": GROUP, "sighting_ids": job.params["sighting_ids"], "options": options}
    source = _source(job, archives) if job.kind == BATCH else None
    confined = bool(job.params.get("options", {}).get("confined"))
    return {"kind": BATCH, "source": source, "options": options} if source and confined else None
