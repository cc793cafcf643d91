"""A worker: takes jobs that are due, does them, helps with those that others do."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Mapping

from reid.catalogue.jobs import Job, JobStore
from reid.errors import CatalogueError, InputError, LeaseLostError, ReidError, WeightsError
from reid.jobs.alive import silent, surely_dead, this_process
from reid.jobs.context import JobContext, Stop, Why
from reid.jobs.kinds import JobKind
from reid.telemetry import about

LEASE_S = 60.0
POLL_S = 1.0
AWAY_S = 5.0

log = logging.getLogger("reid.jobs")


class Worker:
    """One worker of a process. ``run`` until ``stop``; what it began then waits for others.

    Who is silent for ``lease_s`` is taken for dead by every other worker; a process of this
    machine that is gone, at once. ``only_help``: it does items of jobs that others run, and runs
    none itself.
    """

    def __init__(
        self,
        store: JobStore,
        kinds: Mapping[str, JobKind],
        *,
        lease_s: float = LEASE_S,
        poll_s: float = POLL_S,
        only_help: bool = False,
    ) -> None:
        self.store, self.kinds = store, kinds
        self.lease_s, self.poll_s, self.only_help = lease_s, poll_s, only_help
        self.id = ""
        self._stopping = threading.Event()
        self._lost = threading.Event()
        self._left = threading.Event()
        self._remembered: dict[str, tuple[int, float]] = {}
        self._watched = -1e9

    def stop(self) -> None:
        """Leave after the item that is being worked on; may be called from a signal handler."""
        self._stopping.set()

    def run(self, *, only: str | None = None, until_idle: bool = False) -> None:
        """Work until told to stop; ``only`` on this job, and then until it has ended.

        ``until_idle``: until nothing is due any more.
        """
        while not self._stopping.is_set():
            try:
                self._enlist()
                self._serve(only, until_idle)
                return
            except LeaseLostError as error:
                log.warning("%s", error)
            except CatalogueError as error:
                if only is not None or until_idle:
                    raise
                log.warning("the catalogue is away, trying again: %s", error)
                self._stopping.wait(AWAY_S)
            finally:
                self._leave()

    def _serve(self, only: str | None, until_idle: bool) -> None:
        while not self._stopping.is_set():
            self.look_after_others()
            if self._lost.is_set():
                raise LeaseLostError("this worker was silent for too long")
            if self._step(only):
                continue
            if until_idle or (only is not None and self.store.job(only).ended):
                return
            self._stopping.wait(self.poll_s)

    def _step(self, only: str | None) -> bool:
        """Do one job, or help with one; whether there was anything to do."""
        if not self.only_help:
            job = self.store.claim(self.id, kinds=self.kinds.keys(), only=only)
            if job is not None:
                self._do(job)
                return True
        helped = False
        for other in self.store.open_jobs(self.kinds.keys()):
            if only in (None, other.id):
                helped = self._help(other) or helped
        return helped

    def _do(self, job: Job) -> None:
        with about(job_id=job.id):
            self._run(job)

    def _run(self, job: Job) -> None:
        log.info("job %s (%s): begun, attempt %d", job.id, job.kind, job.attempts + job.deaths)
        context = self._context(job, helping=False)
        try:
            result = self.kinds[job.kind].run(context)
            ended = self.store.finish(job.id, self.id, result)
        except Stop as stop:
            cancelled = stop.why is Why.CANCELLED
            leave = self.store.stop if cancelled else self.store.give_back
            ended = leave(job.id, self.id)
        except LeaseLostError:
            raise
        except Exception as error:
            ended = self._failed(job, error)
        log.info("job %s (%s): %s", job.id, job.kind, ended.state)

    def _failed(self, job: Job, error: Exception) -> Job:
        """The same input and weights fail the same way again; what else went wrong may pass."""
        again = not isinstance(error, InputError | WeightsError)
        known = isinstance(error, ReidError)
        problem = str(error) if known else _words(error)
        log.warning("job %s (%s): %s", job.id, job.kind, problem, exc_info=not known)
        return self.store.fail(job.id, self.id, problem, again=again)

    def _help(self, job: Job) -> bool:
        """Whether any item was done."""
        with about(job_id=job.id):
            return self._helped(job)

    def _helped(self, job: Job) -> bool:
        stage = job.open_stage or ""
        before = self.store.item_counts(job.id, stage)
        context = self._context(job, helping=True)
        try:
            self.kinds[job.kind].help(context, stage)
        except Exception as error:
            if self._lost.is_set():
                raise
            if not isinstance(error, Stop | LeaseLostError):  # a lease: the job ended meanwhile
                log.warning("could not help with job %s: %s", job.id, _words(error))
            self.store.release(self.id)
            return False
        return self.store.item_counts(job.id, stage) != before

    def _context(self, job: Job, *, helping: bool) -> JobContext:
        return JobContext(
            self.store, job, self.id, self._left_behind, helping, self.look_after_others
        )

    def _left_behind(self) -> bool:
        if self._lost.is_set():
            raise LeaseLostError("this worker was silent for too long; others took over")
        return self._stopping.is_set()

    def look_after_others(self) -> None:
        """Strike off who is dead, now and then."""
        now = time.monotonic()
        if now - self._watched < min(self.poll_s, self.lease_s / 4):
            return
        self._watched = now
        here = this_process()
        others = [seen for seen in self.store.workers() if seen.id != self.id]
        quiet, self._remembered = silent(others, self._remembered, now, self.lease_s)
        gone = [seen for seen in others if seen in quiet or surely_dead(seen, here)]
        if gone:
            struck = self.store.strike_off(gone)
            log.warning("took over from %d dead workers", len(struck))

    def _enlist(self) -> None:
        here = this_process()
        self.id = f"{here.pid}-{uuid.uuid4().hex[:12]}"
        self._lost.clear()
        self._left = threading.Event()
        takes = () if self.only_help else self.kinds.keys()
        self.store.enlist(
            self.id, machine=here.machine, pid=here.pid, process=here.process, kinds=takes
        )
        beating = threading.Thread(target=self._beat, args=(self.id, self._left), daemon=True)
        beating.start()

    def _beat(self, worker: str, left: threading.Event) -> None:
        while not left.wait(self.lease_s / 6):
            try:
                self.store.beat(worker)
            except LeaseLostError:
                if not left.is_set():
                    self._lost.set()
                return
            except CatalogueError as error:  # the database may be back before the lease is over
                log.warning("no sign of life could be given: %s", error)

    def _leave(self) -> None:
        self._left.set()
        try:
            self.store.leave(self.id)
        except CatalogueError as error:  # the others will find out
            log.warning("could not sign off: %s", error)


def _words(error: Exception) -> str:
    """What went wrong, where the error was not worded for people."""
    return f"{type(error).__name__}: {error}"
