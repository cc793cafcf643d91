"""/v1/health and /v1/ready: for whoever starts, watches and routes to the service."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata

from fastapi import APIRouter

from service.schemas.status import HealthOut, ReadyOut
from service.state import ServiceNow

router = APIRouter(prefix="/v1", tags=["service"])


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
    """Weights are verified, the database answers, the index loads; else a 503 that says which."""
    await service.reads.run(service.door.opened().check)
    return ReadyOut(status="ready")
