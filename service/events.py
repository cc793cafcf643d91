"""Server-sent events: a job whenever it changed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

import anyio
from starlette.requests import Request

from reid.catalogue.jobs import Job
from service.errors import BusyError
from service.told_jobs import job_out
from service.workers import Workers

LOOK_S = 0.5
ALIVE_S = 15.0
AGAIN_MS = 2000
AWAY = 'event: away\ndata: {"why": "the service is being stopped; come back"}\n\n'


async def told_events(
    request: Request,
    look: Callable[[], Job],
    reads: Workers,
    leaving: Callable[[], bool] = lambda: False,
) -> AsyncIterator[str]:
    """The text of the stream until the job has ended or the client is gone.

    Each event's id is the job's version: who comes back with Last-Event-ID is told only what is
    new. A comment now and then keeps the line open. A service that is ``leaving`` says so and ends
    the stream: whoever comes back is answered by the next one.
    """
    seen, spoke = request.headers.get("last-event-id", ""), time.monotonic()
    yield f"retry: {AGAIN_MS}\n\n"
    while not await request.is_disconnected():
        if leaving():
            yield AWAY
            return
        try:
            job: Job | None = await reads.run(look)
        except BusyError:  # too many ask at once: the next look is soon
            job = None
        if job is not None and (job.ended or str(job.version) != seen):
            seen, spoke = str(job.version), time.monotonic()
            yield _event("end" if job.ended else "job", job)
            if job.ended:
                return
        elif time.monotonic() - spoke > ALIVE_S:
            spoke = time.monotonic()
            yield ": still there\n\n"
        await anyio.sleep(LOOK_S)


def _event(name: str, job: Job) -> str:
    return f"event: {name}\nid: {job.version}\ndata: {job_out(job).model_dump_json()}\n\n"
