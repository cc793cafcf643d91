"""/v1/health, /v1/ready, /v1/metrics: for whoever starts, watches and routes to the service."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from importlib import metadata
from typing import Any, Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from reid.catalogue.access_keys import KeyStore
from reid.catalogue.jobs import JobStore
from service.errors import NotReadyError
from service.figures import service_figures
from service.schemas.status import ChecksOut, HealthOut, IndexOut, ReadyOut, ServingOut
from service.state import ServiceNow

router = APIRouter(prefix="/v1", tags=["service"])
LEAVING_RETRY_S = 5
WELL = ChecksOut(models="ok", database="ok", tables="ok", writes="ok", index="ok")
FIGURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}


@lru_cache(maxsize=1)
def version() -> str:
    """Version of the installed distribution."""
    try:
        return metadata.version("leopard-reid")
    except metadata.PackageNotFoundError:
        return "unknown"


@router.get("/health")
async def health() -> HealthOut:
    """The process is up; says nothing of what it can do."""
    return HealthOut(status="up", version=version())


@router.get("/ready")
async def ready(service: ServiceNow) -> ReadyOut:
    """The service can answer and keep; else a 503 or 507 whose `type` says what is not well."""
    if service.leaving:
        raise NotReadyError("the service is being stopped", retry_after_s=LEAVING_RETRY_S)
    opened = service.door.opened()
    found = await service.reads.run(opened.check)
    index = IndexOut(
        state=found.word,
        fingerprint=found.fingerprint,
        indexed=found.indexed,
        stored=found.stored,
        other_weights=found.other_weights,
    )
    catalogue = opened.library.catalogue
    keys, jobs = KeyStore.of(catalogue), JobStore.of(catalogue)
    access: Literal["open", "keys"] = "keys" if await service.reads.run(keys.any) else "open"
    workers = await service.reads.run(lambda: service.roll.alive(jobs))
    standing = await service.reads.run(opened.standing) if opened.standing else None
    bundle = ServingOut(**asdict(standing)) if standing else None
    return ReadyOut(
        status="ready", access=access, checks=WELL, workers=workers, index=index, bundle=bundle
    )


@router.get("/metrics", response_class=Response, responses=FIGURES)
async def metrics(service: ServiceNow) -> Response:
    """Figures for Prometheus: of this process, and of the catalogue that all processes share.

    For viewers, who could count the same by listing; without keys for this machine alone.
    """
    text = await service.reads.run(lambda: service.meters.page(service_figures(service)))
    return Response(text, media_type=CONTENT_TYPE_LATEST)
