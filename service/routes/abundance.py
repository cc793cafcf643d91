"""/v1/abundance: how many leopards there are, and how unsure that is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from reid.abundance import abundance_json
from reid.exporters import Writing
from reid.pipeline.counting import how_many
from service.schemas.abundance import AbundanceOut
from service.state import LibraryNow, ServiceNow

router = APIRouter(prefix="/v1/abundance", tags=["identities"])


@router.get("")
async def count(
    service: ServiceNow,
    library: LibraryNow,
    session_months: Annotated[int, Query(ge=0, le=120)] = 0,
    occasion_days: Annotated[int, Query(ge=1, le=365)] = 1,
    event: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    draws: Annotated[int, Query(ge=20, le=500)] = 100,
    seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> AbundanceOut:
    """At least, at most and probably so many, and why; never a bare number.

    `session_months` 0: everything is one session. `event`: as it was after that decision.
    """
    writing = Writing(occasion_days=occasion_days, session_months=session_months, seed=seed)
    async with service.turns.turn("abundance"):
        found = await service.heavy.run(
            lambda: how_many(library.catalogue, writing, event=event, draws=draws)
        )
    return AbundanceOut.model_validate(abundance_json(found))
