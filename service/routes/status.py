"""/v1/health and /v1/ready: for whoever starts, watches and routes to the service."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from typing import Literal

from fastapi import APIRouter

from reid.catalogue.access_keys import KeyStore
from service.schemas.status import HealthOut, IndexOut, ReadyOut
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
    """Files are as pinned, the database answers, the index fits; else a 503 that says which."""
    found = await service.reads.run(service.door.opened().check)
    index = IndexOut(
        state=found.word,
        fingerprint=found.fingerprint,
        indexed=found.indexed,
        stored=found.stored,
        other_weights=found.other_weights,
    )
    keys = KeyStore.of(service.door.opened().library.catalogue)
    access: Literal["open", "keys"] = "keys" if await service.reads.run(keys.any) else "open"
    return ReadyOut(status="ready", access=access, index=index)
