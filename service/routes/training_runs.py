"""/v1/training-runs: bundles of a place's own, trained by a job, judged by a gate.

Nothing here trains: a job is asked for, and what it left is read.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response, status
from starlette.responses import FileResponse

from reid.catalogue import Catalogue
from reid.catalogue.jobs import Job, JobStore
from reid.catalogue.licences import Licences
from reid.errors import InputError, NotFoundError
from reid.jobs import submit_simple
from reid.labels import readiness_of_catalogue
from reid.registry import Registry
from service.admission import PersonNow
from service.curves import curve_of
from service.ports import LibraryPort
from service.schemas.base import Known
from service.schemas.training import (
    ReadinessOut,
    TrainingIn,
    TrainingRunOut,
    TrainingRunsOut,
)
from service.state import LibraryNow, Service, ServiceNow
from service.told_jobs import job_out

REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
TRAINING_RUN, FOLDER, LISTED = "training-run", "training", 1000
router = APIRouter(prefix="/v1/training-runs", tags=["training"])
log = logging.getLogger("service.training")
FileName = Literal["report.md", "gate.html", "gate.json", "suspicious.json", "manifest.json"]
AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": TrainingRunOut, "description": "This was asked for before; it is the same run."}
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string"}}
            for kind in ("text/html", "text/markdown", "application/json")
        }
    }
}


@router.post("", status_code=201, responses=AGAIN)
async def begin(
    wanted: TrainingIn,
    response: Response,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> TrainingRunOut:
    """Train a challenger from the catalogue's confirmed identities; a worker takes it up.

    Asked again before labels or the bundle that serves changed it is the same run (200). Labels
    that cannot support training are refused at once, with what is missing. Either way labels in
    doubt are offered for review; with `only` nothing else is done, however few they are.
    """
    by = wanted.by or person.name or ""

    def work() -> tuple[TrainingRunOut, bool]:
        job, created = _submit(library.catalogue, wanted, by, _serving(service, library))
        return _run(library.catalogue, job), created

    async with service.turns.turn("jobs"):
        run, created = await service.heavy.run(work)
    response.status_code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
    log.info("training run %s asked for%s", run.job.id, "" if created else " again")
    return run


def _serving(service: Service, library: LibraryPort) -> str:
    """The bundle that serves: it is what a run begins from, and is judged against."""
    return Registry.of(library.catalogue, service.settings).active().sha256


def _submit(catalogue: Catalogue, wanted: TrainingIn, by: str, champion: str) -> tuple[Job, bool]:
    licence = wanted.licence
    ready = readiness_of_catalogue(catalogue, seed=wanted.seed, licence=licence)
    if not ready.ready and wanted.only is None:
        raise InputError("; ".join(ready.refusals))
    if wanted.only and not ready.pictures:
        why = "; ".join(f"{count} x {reason}" for reason, count in ready.left_out.items())
        raise InputError(
            "expected pictures of one flank of individuals that people confirmed, found none"
            + (f" ({why})" if why else "")
        )
    if wanted.override and not by:
        raise InputError("override: expected who takes it (by), found nobody")
    if wanted.override and wanted.only:
        raise InputError("override: a run of labels alone has no gate; leave it out")
    params = wanted.model_dump(exclude={"by"}, exclude_none=True)
    params = {k: v for k, v in params.items() if v or k != "name"}
    params |= {"event": catalogue.last_event(), "champion": champion}
    if licences := Licences.of(catalogue).counts():
        params |= {"licences": licences}  # under others it is another run
    resources = (TRAINING_RUN,)  # one at a time: each takes all the machine can give
    return submit_simple(JobStore.of(catalogue), TRAINING_RUN, params, resources=resources, by=by)


@router.get("/readiness")
async def readiness(
    service: ServiceNow,
    library: LibraryNow,
    seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> ReadinessOut:
    """Whether the labels can support training, counted now; no picture is opened."""
    found = await service.reads.run(
        lambda: readiness_of_catalogue(library.catalogue, seed=seed).plain()
    )
    return ReadinessOut.model_validate(found)


@router.get("")
async def listed(
    service: ServiceNow,
    library: LibraryNow,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> TrainingRunsOut:
    """Runs, newest first."""
    catalogue = library.catalogue

    def work() -> list[TrainingRunOut]:
        jobs = JobStore.of(catalogue).jobs(limit=LISTED)
        own = [job for job in jobs if job.kind == TRAINING_RUN]
        return [_run(catalogue, job) for job in own[:limit]]

    return TrainingRunsOut(runs=await service.reads.run(work))


@router.get("/{run_id}")
async def one(run_id: Known, service: ServiceNow, library: LibraryNow) -> TrainingRunOut:
    """A run as it stands; its progress as events is that of its job."""
    return await service.reads.run(lambda: _run(library.catalogue, _job(library.catalogue, run_id)))


@router.get("/{run_id}/files/{name}", response_class=FileResponse, responses=FILES)
async def output(
    run_id: Known, name: FileName, service: ServiceNow, library: LibraryNow
) -> FileResponse:
    """What a run that is done left: report, gate, labels in doubt, the frozen set."""
    job = await service.reads.run(lambda: _job(library.catalogue, run_id))
    path: Path = library.catalogue.data_dir / FOLDER / job.id / name
    if name not in job.result.get("files", ()) or not path.is_file():
        raise NotFoundError(f"training run {run_id} ({job.state}) has no file {name}")
    headers = {"Content-Security-Policy": REPORT_POLICY} if name.endswith(".html") else None
    return FileResponse(path, headers=headers)


def _job(catalogue: Catalogue, run_id: str) -> Job:
    job = JobStore.of(catalogue).job(run_id)
    if job.kind != TRAINING_RUN:
        raise NotFoundError(f"no training run {run_id!r}: this job is a {job.kind}")
    return job


def _run(catalogue: Catalogue, job: Job) -> TrainingRunOut:
    result = job.result
    return TrainingRunOut(
        job=job_out(job),
        only=job.params.get("only"),
        labels=result.get("labels"),
        readiness=result.get("readiness"),
        points=curve_of(catalogue.data_dir, job.id),
        bundle=str(result.get("bundle", {}).get("label", "")),
        passed=result.get("passed"),
        reasons=list(result.get("reasons", ())),
        notes=list(result.get("notes", ())),
        taken_by=str(result.get("taken_by", "")),
        taken_why=str(result.get("taken_why", "")),
    )
