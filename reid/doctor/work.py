"""Long work: jobs that stand still, workers that live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobState, JobStore
from reid.doctor.finding import Finding, bad, look, ok
from reid.jobs.alive import surely_dead, this_process

WAITS = timedelta(minutes=10)
STUCK = timedelta(hours=1)
MOST = 1000


def jobs(catalogue: Catalogue, now: datetime | None = None) -> Iterator[Finding]:
    """Jobs that nobody works on, that do not move, that failed."""
    now = now or datetime.now(UTC)
    store, here = JobStore.of(catalogue), this_process()
    alive = [w for w in store.workers() if not surely_dead(w, here)]
    living = {w.id for w in alive}
    by_state = {s: store.jobs(limit=MOST, state=s) for s in JobState}
    found = False
    for job in by_state[JobState.RUNNING]:
        if job.worker not in living:
            found = True
            yield look(
                f"job {job.id}",
                "its worker is gone",
                "start a worker (`reid worker`, `reid serve`): it goes on where it stopped",
            )
        elif now - job.updated_at > STUCK:
            found = True
            yield bad(
                f"job {job.id}",
                f"nothing moved since {job.updated_at:%Y-%m-%d %H:%M} UTC",
                "end its worker (the log names it); another goes on",
            )
    late = [j for j in by_state[JobState.QUEUED] if now - j.created_at > WAITS]
    if late and not living:
        found = True
        words = f"{len(late)} wait, and nobody works"
        yield look("jobs", words, "start a worker (`reid worker`, `reid serve`)")
    elif unknown := sorted({j.kind for j in late if not any(w.takes(j.kind) for w in alive)}):
        found = True
        words = f"some wait, and no living worker takes their kind: {', '.join(unknown)}"
        yield look("jobs", words, "start `reid worker` where all of leopard-reid is installed")
    failed = by_state[JobState.FAILED]
    if failed:
        words = f"{len(failed)} failed, the newest: {failed[0].problem[:200]}"
        yield look("jobs", words, f"`reid jobs show {failed[0].id}`")
    if not found:
        running = len(by_state[JobState.RUNNING])
        yield ok("work", f"{running} jobs run, {len(living)} workers live")
