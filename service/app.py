"""The application: routes, limits, error shape, and what lives as long as it does."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from reid.config import Settings
from service import problems
from service.access import Access
from service.addresses import Addresses
from service.admission import admitted
from service.describe import PROBLEMS, describe
from service.entrance import Entrance
from service.library import open_library
from service.limits import BodyLimit
from service.lingering import Lingering
from service.ports import LibraryFactory
from service.routes import ALL
from service.routes.status import version
from service.settings import read_settings
from service.state import Service
from service.web.assets import FOLDER, STATIC_AT, KeptFiles
from service.web.routes import PAGES
from service.web.troubles import answer_trouble

DESCRIPTION = (
    "Do leopard photographs show the same individual? Submit sightings, compare them, ask who "
    "they are. Every error is application/problem+json; every answer carries X-Request-ID."
)


def create_app(
    settings: Settings | None = None, *, library_factory: LibraryFactory | None = None
) -> FastAPI:
    """The application; models and catalogue are loaded in the background when it starts.

    ``settings`` default to the environment's (``LEOPARD_REID_...``); ``library_factory`` opens
    the library (default: the engine's own).

    Raises:
        ConfigError: the environment holds a setting that cannot be used.
    """
    settings = settings or read_settings()
    app = FastAPI(
        title="leopard-reid",
        version=version(),
        description=DESCRIPTION,
        lifespan=_lifespan,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # the pages that FastAPI offers load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = Service(settings, library_factory or open_library)
    for router in ALL:
        app.include_router(router, responses=PROBLEMS, dependencies=[Depends(admitted)])
    for pages in PAGES:
        app.include_router(pages, dependencies=[Depends(admitted)])
    app.mount(STATIC_AT, KeptFiles(directory=FOLDER))
    problems.install(app, answer_trouble)
    describe(app)
    app.add_middleware(Addresses)
    app.add_middleware(BodyLimit, upload_bytes=settings.max_request_bytes)
    app.add_middleware(Entrance, service=app.state.service)
    app.add_middleware(Access, meters=app.state.service.meters)
    app.add_middleware(Lingering)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # uvicorn's own log has whole addresses; ours has what may be kept.
    logging.getLogger("uvicorn.access").disabled = True
    service: Service = app.state.service
    service.door.start()
    service.meters.start()
    try:
        yield
    finally:
        service.meters.stop()
        await service.door.close()
