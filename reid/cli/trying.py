"""A bundle tried on the spot, and what came of it on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reid.cli.bundle_tables import bundle_json, gate_tables
from reid.cli.console import show, show_json
from reid.errors import ConfigError, InputError

if TYPE_CHECKING:
    from reid.catalogue.jobs import Job
    from reid.config import Settings
    from reid.registry import RegisteredBundle, Registry


def tried(
    registry: Registry,
    bundle: RegisteredBundle,
    job: Job,
    settings: Settings,
    *,
    queue: bool,
    as_json: bool,
) -> None:
    """Do the job here, or leave it to the workers, and tell what it found.

    Raises:
        InputError: the trial refused the bundle, or could not be made.
    """
    from reid.cli.job_tables import job_json, state_words

    if queue:
        show(f"Job {job.id}: {state_words(job)}.") if not as_json else show_json(job_json(job))
        return
    _done(registry, job, settings)
    found, active = registry.bundle(bundle.sha256), registry.active()
    report = found.gate or {}
    if as_json:
        show_json(bundle_json(found, active))
    else:
        show(*gate_tables(found), *(f"- {note}" for note in report.get("notes") or ()))
        show(f"Tried against {report.get('champion')}.")
    if report.get("regression"):
        reasons = "; ".join(map(str, report.get("reasons") or ()))
        raise InputError(
            f"the trial refuses {found.label}: {reasons}. A person can promote it all the same: "
            "--override, and --why says the reason"
        )
    if not as_json:
        show(f"Passed: `reid bundles promote {found.name}` may follow.")


def refuse_unable(registry: Registry, settings: Settings) -> None:
    """Before anything is asked for.

    Raises:
        ConfigError: nothing that is installed here does trials.
    """
    from reid.batch import TRIAL
    from reid.cli.working import Hands

    with Hands(settings, registry.catalogue) as hands:
        if TRIAL not in hands.worker().kinds:
            raise ConfigError(
                "reid bundles try: nothing that is installed here does trials; install all of "
                "leopard-reid (its training part), or leave it to a worker with --queue"
            )


def _done(registry: Registry, job: Job, settings: Settings) -> None:
    from reid.catalogue.jobs import JobStore
    from reid.cli.working import Hands, why_not, work_on

    with Hands(settings, registry.catalogue) as hands:
        ended = work_on(JobStore.of(registry.catalogue), job, hands)
    if ended.state != "done":
        raise why_not(ended)
