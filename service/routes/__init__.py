"""The routes, one module a resource; they translate and forward."""

from fastapi import APIRouter

from service.routes import (
    audit,
    comparisons,
    decisions,
    identifications,
    index,
    individuals,
    jobs,
    review,
    sightings,
    status,
)

ALL: tuple[APIRouter, ...] = (
    sightings.router,
    comparisons.router,
    identifications.router,
    individuals.router,
    decisions.router,
    review.router,
    index.router,
    jobs.router,
    audit.router,
    status.router,
)
