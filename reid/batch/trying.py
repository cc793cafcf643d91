"""Asking for a bundle to be tried against the one that serves; who can train does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reid.catalogue.bundle_records import BundleState, RegisteredBundle
from reid.catalogue.jobs import Job, JobStore
from reid.errors import ConflictError, InputError
from reid.jobs import submit_simple

TRIAL = "trial"
"""A kind of job that the training distribution brings (`reid.batch.brought`)."""


def submit_trial(
    store: JobStore,
    bundle: RegisteredBundle,
    *,
    by: str,
    seed: int | None = None,
    references: Sequence[Path] = (),
    recipe: str = "",
) -> tuple[Job, bool]:
    """Ask for a trial; one at a time of a bundle, and a new one once that has ended.

    ``seed`` says who judges, None: those whom the bundle's own training held out. ``references``
    are tables beside those of the settings; ``recipe`` says how many pairs and synthetic animals
    judge, "": those of `lab-head`.

    Raises:
        InputError: it is not registered, so nothing can be kept of it.
        ConflictError: it serves, or was forgotten.
    """
    if not bundle.registered:
        raise InputError(
            f"{bundle.name} {bundle.version} is configured and not registered: "
            "`reid bundles register DIRECTORY` keeps it, then it can be tried"
        )
    if bundle.state is BundleState.ACTIVE:
        raise ConflictError(f"{bundle.label} serves: there is nothing to try it against")
    if bundle.state is BundleState.FORGOTTEN:
        raise ConflictError(f"{bundle.label} was forgotten: register it again")
    begun = [job for job in store.jobs(limit=1000) if job.params.get("bundle") == bundle.sha256]
    params = {
        "bundle": bundle.sha256,
        "seed": seed,
        "recipe": recipe,
        "references": [str(path.resolve()) for path in references],
        "number": sum(job.ended for job in begun if job.kind == TRIAL),
    }
    return submit_simple(store, TRIAL, params, resources=("training-run",), by=by)
