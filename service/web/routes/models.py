"""/models: which model serves, what others would change, training, promotion and roll-back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from reid.consequences import wording
from service.state import LibraryNow, ServiceNow
from service.web.models import models_of
from service.web.pages import page

RECIPES = {
    "lab-head": "the head alone, on any machine",
    "lab-adapters": "adapters, up to an hour on a CPU, finds more",
    "lab-gpu": "every layer, on a GPU",
}
router = APIRouter(include_in_schema=False)


@router.get("/models")
async def models(
    request: Request,
    service: ServiceNow,
    library: LibraryNow,
    replay: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Models; its scripts ask /v1/bundles, /v1/jobs and /v1/training-runs."""
    found = await service.reads.run(
        lambda: models_of(library.catalogue, service.settings, replay=replay)
    )
    return page(request, "models.html", found=found, w=wording, recipes=RECIPES)
