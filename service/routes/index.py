"""/v1/index: the projection of the catalogue that is searched."""

from __future__ import annotations

from fastapi import APIRouter

from service.schemas.status import RebuiltOut
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/index", tags=["service"])


@router.post("/rebuild")
async def rebuild(service: ServiceNow, library: LibraryNow) -> RebuiltOut:
    """Throw the index away and make it anew from the catalogue."""
    async with service.turns.turn("index"):
        return RebuiltOut(vectors=await service.heavy.run(library.rebuild_index))
