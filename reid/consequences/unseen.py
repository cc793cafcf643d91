"""Whether anybody looked at what a bundle would change of today's answers, before it serves."""

from __future__ import annotations

from collections.abc import Iterator

from reid.catalogue.asked import Identifications
from reid.catalogue.comparison_pages import ComparisonPages
from reid.catalogue.jobs import JobState, JobStore
from reid.consequences.submitting import REPLAY
from reid.registry import RegisteredBundle, Registry

PAGE = 500


def unseen(registry: Registry, bundle: RegisteredBundle) -> str:
    """What to know before a bundle is promoted, and what to do; "" where all is well.

    All is well where a replay of it against the bundle that serves now is done, it serves already,
    or nothing was answered that could change.
    """
    active = registry.active()
    catalogue = registry.catalogue
    answers = ComparisonPages.of(catalogue).count() + Identifications.of(catalogue).count()
    if bundle.sha256 == active.sha256 or not answers:
        return ""
    against = set(_against(JobStore.of(catalogue), bundle.sha256))
    if active.sha256 in against:
        return ""
    name, serves = (f"{one.name} {one.version}" for one in (bundle, active))
    told = f"nobody has looked at what {name} would change of what {serves} answers"
    if against:
        told = f"what {name} would change was looked at against another bundle than {serves}"
        told += ", which serves now"
    look = f"`reid consequences {bundle.name}@{bundle.version}`"
    return f"{told}; look first: {look}, or What would change? on the page of models"


def _against(store: JobStore, sha256: str) -> Iterator[str]:
    """The bundles that served in replays of this one that are done."""
    skip = 0
    while jobs := store.jobs(limit=PAGE, skip=skip, state=JobState.DONE):
        for job in jobs:
            if job.kind == REPLAY and job.result.get("challenger") == sha256:
                yield str(job.result.get("champion", ""))
        skip += len(jobs)
