"""The pages, one module a subject. They read the catalogue; what they do goes through `/v1`."""

from fastapi import APIRouter

from service.web.routes import (
    clocks,
    comparisons,
    history,
    home,
    imports,
    individuals,
    jobs,
    models,
    review,
    settings,
    sightings,
    sign_in,
    upload,
)

PAGES: tuple[APIRouter, ...] = (
    sign_in.router,
    home.router,
    sightings.router,
    upload.router,
    imports.router,
    review.router,
    individuals.router,
    history.router,
    comparisons.router,
    jobs.router,
    models.router,
    clocks.router,
    settings.router,
)
