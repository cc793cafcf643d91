"""Jobs: asked for, watched, waited for, stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reid.client.asking import Asking
from reid.client.errors import NoAnswerError
from reid.client.operation import Ask, at, given, operation
from reid.client.results import Curve, Job, JobDetail, Jobs
from reid.client.stream import job_events

ONE = "/v1/jobs/{id}"


class AskJobs(Asking):
    """Long work that workers beside the service do."""

    @operation("POST /v1/jobs")
    def start_job(
        self,
        kind: str,
        *,
        source: str | None = None,
        sighting_ids: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        bundle: str | None = None,
        tolerance: float | None = None,
        fresh: bool = False,
        by: str | None = None,
    ) -> Job:
        """Ask for a batch (``source``), a group (``sighting_ids``), rebuild-index, or what another
        ``bundle`` would change (replay-bundle).

        The same again is the same job.
        """
        more = given(source=source, by=by, options=None if options is None else dict(options))
        more |= given(bundle=bundle, tolerance=tolerance)
        body = {"kind": kind, "fresh": fresh, "sighting_ids": list(sighting_ids), **more}
        return self._result(Job, Ask("POST", "/v1/jobs", json=body))

    @operation("GET /v1/jobs")
    def jobs(self, *, limit: int = 100, skip: int = 0, state: str | None = None) -> Jobs:
        """A page of jobs, newest first."""
        asked = given(limit=limit, skip=skip, state=state)
        return self._result(Jobs, Ask("GET", "/v1/jobs", asked))

    @operation("GET /v1/jobs/{job_id}")
    def job(self, job_id: str) -> JobDetail:
        """All of a job. Raises MissingError."""
        return self._result(JobDetail, Ask("GET", at(ONE, id=job_id)))

    @operation("GET /v1/jobs/{job_id}/events")
    def job_events(self, job_id: str) -> Iterator[Job]:
        """The job at every change, until it has ended; broken streams are taken up again."""
        return job_events(self._transport, at(ONE + "/events", id=job_id))

    def wait_for_job(self, job_id: str, *, timeout_s: float | None = None) -> Job:
        """The job when it has ended: done, failed or cancelled; ``state`` says which.

        Raises:
            NoAnswerError: it has not ended after ``timeout_s``, or the service stayed away.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            job = self.job(job_id)
            if job.ended:
                return job
            if end is not None and time.monotonic() >= end:
                raise NoAnswerError(f"job {job_id} has not ended in {timeout_s} s: {job.state}")
            self._transport.sleep(1.0)

    @operation("GET /v1/jobs/{job_id}/curve")
    def job_curve(self, job_id: str) -> Curve:
        """What a training run has learnt so far."""
        return self._result(Curve, Ask("GET", at(ONE + "/curve", id=job_id)))

    @operation("POST /v1/jobs/{job_id}/cancel")
    def cancel_job(self, job_id: str) -> Job:
        """Stop a job after what is in hand."""
        return self._result(Job, Ask("POST", at(ONE + "/cancel", id=job_id)))

    @operation("GET /v1/jobs/{job_id}/files/{name}")
    def job_file(self, job_id: str, name: str) -> bytes:
        """A table or the report of a job that is done."""
        return self._bytes(Ask("GET", at(ONE + "/files/{name}", id=job_id, name=name)))
