"""/v1/jobs: long work, asked for, watched, stopped. Workers beside the service do it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response, status
from starlette.responses import FileResponse, StreamingResponse

from reid.batch import (
    OUTPUT_NAMES,
    REBUILD,
    BatchOptions,
    submit_batch,
    submit_group,
)
from reid.catalogue.jobs import Job, JobState, JobStore
from reid.config import Settings
from reid.consequences import OUTPUT_NAMES as REPLAY_FILES
from reid.consequences import submit_replay
from reid.consequences.changes import TOLERANCE
from reid.errors import InputError, NotFoundError
from reid.jobs import submit_simple
from reid.people import Role
from reid.registry import Registry
from reid.weights import list_bundles
from service.admission import PersonNow
from service.curves import curve_of
from service.errors import ForbiddenError
from service.events import told_events
from service.ports import LibraryPort
from service.schemas.base import Known
from service.schemas.jobs import CurveOut, JobDetailOut, JobIn, JobOut, JobsOut, JobsPage
from service.state import LibraryNow, ServiceNow
from service.told_jobs import job_detail, job_out

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
log = logging.getLogger("service.jobs")
FileName = Literal[
    "report.html",
    "report.md",
    "sightings.csv",
    "media.csv",
    "groups.csv",
    "consequences.html",
    "consequences.json",
    "gate.html",
    "gate.json",
]
TRIAL_FILES = ("gate.html", "gate.json")
FILE_NAMES = (*OUTPUT_NAMES, *REPLAY_FILES, *TRIAL_FILES)
AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": JobOut, "description": "This was asked for before; it is the same job."}
}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "An event `job` with the job as JSON at every change, `end` with its last; "
        "`away` when the service is being stopped: come back with Last-Event-ID.",
    }
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string"}}
            for kind in ("text/html", "text/markdown", "text/csv", "application/json")
        }
    }
}
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@router.post("", status_code=201, responses=AGAIN)
async def submit(
    wanted: JobIn,
    response: Response,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> JobOut:
    """Ask for long work; a worker (`reid worker`) takes it up.

    The same again answers with the same job (200). A batch whose files changed since it was begun
    is a 409 that names them.
    """
    settings, by = service.settings, wanted.by or person.name or ""
    async with service.turns.turn("jobs"):
        job, created = await service.heavy.run(lambda: _submit(library, wanted, settings, by))
    response.status_code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
    log.info("job %s (%s) asked for%s", job.id, job.kind, "" if created else " again")
    return job_out(job)


def _submit(library: LibraryPort, wanted: JobIn, settings: Settings, by: str) -> tuple[Job, bool]:
    store = JobStore.of(library.catalogue)
    if wanted.kind == REBUILD:
        return _rebuild(store, by)
    if wanted.bundle is not None:
        return _replay(library, wanted, wanted.bundle, settings, by)
    options = BatchOptions.of({**wanted.options.model_dump(), "confined": True})
    if wanted.source is None:
        for name in wanted.sighting_ids:
            library.catalogue.sighting(name)
        return submit_group(store, wanted.sighting_ids, options, by=by)
    place = archive_place(settings.archives_dir, wanted.source)
    return submit_batch(store, place, options, by=by, fresh=wanted.fresh)


def _rebuild(store: JobStore, by: str) -> tuple[Job, bool]:
    """One rebuilding at a time; one that is done is no reason not to do it again."""
    begun = [j for j in store.jobs(limit=1000) if j.kind == REBUILD]
    number = sum(job.ended for job in begun)
    return submit_simple(store, REBUILD, {"number": number}, resources=("index",), by=by)


def _replay(
    library: LibraryPort, wanted: JobIn, bundle: str, settings: Settings, by: str
) -> tuple[Job, bool]:
    """Of bundles that this service knows by name alone: a client names no path."""
    registry = Registry.of(library.catalogue, settings)
    shipped = {listing.name for listing in list_bundles()}
    name = bundle if bundle in shipped else registry.bundle(bundle).sha256
    tolerance = TOLERANCE if wanted.tolerance is None else wanted.tolerance
    return submit_replay(
        registry,
        name,
        tolerance=tolerance,
        by=by,
        fresh=wanted.fresh,
    )


def archive_place(archives: Path | None, named: str, asked: str = "source") -> Path:
    """The archive's place; what lies elsewhere is told as not found, whether it is there or not."""
    if archives is None:
        raise InputError(
            f"{asked}: this service has no archives folder; its operator names one with "
            "LEOPARD_REID_ARCHIVES_DIR. Sightings can be uploaded and grouped instead"
        )
    place = (archives / named).resolve()
    if not place.is_relative_to(archives.resolve()) or not place.exists():
        raise NotFoundError(f"{asked}: no such folder, table or package below the archives folder")
    return place


@router.get("")
async def listed(
    page: Annotated[JobsPage, Query()], service: ServiceNow, library: LibraryNow
) -> JobsOut:
    """Jobs, newest first."""
    store = JobStore.of(library.catalogue)
    state = JobState(page.state) if page.state else None
    found = await service.reads.run(
        lambda: store.jobs(limit=page.limit, skip=page.skip, state=state)
    )
    return JobsOut(jobs=[job_out(job) for job in found])


@router.get("/{job_id}")
async def one(job_id: Known, service: ServiceNow, library: LibraryNow) -> JobDetailOut:
    """All of a job: its state, how far each stage is, how many workers there are."""
    store = JobStore.of(library.catalogue)
    return await service.reads.run(lambda: job_detail(store, job_id))


@router.get("/{job_id}/events", response_class=StreamingResponse, responses=STREAM)
async def events(
    request: Request, job_id: Known, service: ServiceNow, library: LibraryNow
) -> StreamingResponse:
    """The job's progress as server-sent events, until it has ended."""
    store = JobStore.of(library.catalogue)
    await service.reads.run(lambda: store.job(job_id))

    async def stream() -> AsyncIterator[str]:
        with service.watchers.place():
            async for text in told_events(
                request, lambda: store.job(job_id), service.reads, lambda: service.leaving
            ):
                yield text

    service.watchers.check()
    return StreamingResponse(stream(), media_type="text/event-stream")


@router.get("/{job_id}/curve")
async def curve(job_id: Known, service: ServiceNow, library: LibraryNow) -> CurveOut:
    """What a training run has learnt so far: its curve, which grows while it runs."""
    store = JobStore.of(library.catalogue)

    def work() -> CurveOut:
        job = store.job(job_id)
        return CurveOut(points=curve_of(library.catalogue.data_dir, job.id))

    return await service.reads.run(work)


@router.post("/{job_id}/cancel")
async def cancel(
    job_id: Known, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> JobOut:
    """Stop a job after what is in hand; what it did stays. Asked for again, it goes on.

    Contributors stop what they asked for, reviewers whatever runs.
    """
    store = JobStore.of(library.catalogue)

    def work() -> JobOut:
        job = store.job(job_id)
        if not person.role.may(Role.REVIEWER) and job.by != person.name:
            raise ForbiddenError(
                f"job {job_id} was asked for by {job.by or 'nobody named'}: expected their key or "
                f"the role {Role.REVIEWER}, found {person.role}"
            )
        return job_out(store.cancel(job_id))

    return await service.reads.run(work)


@router.get("/{job_id}/files/{name}", response_class=FileResponse, responses=FILES)
async def output(
    job_id: Known, name: FileName, service: ServiceNow, library: LibraryNow
) -> FileResponse:
    """A table or the report of a job that is done."""
    store = JobStore.of(library.catalogue)
    job = await service.reads.run(lambda: store.job(job_id))
    path = library.catalogue.data_dir / "jobs" / job.id / FILE_NAMES[FILE_NAMES.index(name)]
    if name not in job.result.get("files", ()) or not path.is_file():
        raise NotFoundError(f"job {job_id} ({job.state}) has no file {name}")
    headers = {"Content-Security-Policy": REPORT_POLICY} if name.endswith(".html") else None
    return FileResponse(path, headers=headers)
