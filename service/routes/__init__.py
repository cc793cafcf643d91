"""The routes, one module a resource; they translate and forward."""

from fastapi import APIRouter

from service.routes import (
    abundance,
    audit,
    bundle_files,
    bundles,
    clocks,
    comparisons,
    decisions,
    exports,
    frames,
    identifications,
    imports,
    index,
    individuals,
    jobs,
    keys,
    papers,
    review,
    sightings,
    status,
    training_runs,
)

ALL: tuple[APIRouter, ...] = (
    sightings.router,
    frames.router,
    comparisons.router,
    identifications.router,
    individuals.router,
    papers.router,
    decisions.router,
    exports.router,
    abundance.router,
    clocks.router,
    imports.router,
    review.router,
    index.router,
    jobs.router,
    training_runs.router,
    bundles.router,
    bundle_files.router,
    audit.router,
    keys.router,
    status.router,
)
