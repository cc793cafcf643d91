"""The routes, one module a resource; they translate and forward."""

from fastapi import APIRouter

from service.routes import (
    comparisons,
    identifications,
    index,
    individuals,
    jobs,
    sightings,
    status,
)

ALL: tuple[APIRouter, ...] = (
    sightings.router,
    comparisons.router,
    identifications.router,
    individuals.router,
    index.router,
    jobs.router,
    status.router,
)
