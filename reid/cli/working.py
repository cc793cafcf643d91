"""Workers in this process: the library opened when a job needs it, signals heeded."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from reid.cli.console import say
from reid.cli.exits import Exit
from reid.cli.watching import watched
from reid.errors import InputError, ReidError

if TYPE_CHECKING:
    from reid.catalogue import Catalogue
    from reid.catalogue.jobs import Job, JobStore
    from reid.config import Settings
    from reid.jobs import Worker
    from reid.pipeline import Library, LiveLibrary
    from reid.registry import Registry

ORPHAN_S = 30.0


class Hands:
    """What workers of this process share; models are loaded with the first job that needs them."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings, self._catalogue = settings, catalogue
        self._live: LiveLibrary | None = None

    def __enter__(self) -> Hands:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.__exit__(None, None, None)

    def library(self) -> Library:
        """The library of the bundle that serves now; opened once, and again when it changes."""
        if self._live is None:
            say("loading models")
            from reid.pipeline import LiveLibrary

            self._live = LiveLibrary.open(self._settings)
        return self._live.now(wait=True)

    def registry(self) -> Registry:
        """The bundles; no model is loaded."""
        from reid.registry import Registry

        return Registry.of(self._catalogue, self._settings)

    def worker(self, **choices: Any) -> Worker:
        """A worker of every kind of job."""
        from reid.batch import standard_kinds
        from reid.catalogue.jobs import JobStore
        from reid.jobs import Worker

        kinds = standard_kinds(self.library, self._settings.data_dir, registry=self.registry)
        return Worker(JobStore.of(self._catalogue), kinds, **choices)


def work_on(store: JobStore, job: Job, hands: Hands) -> Job:
    """Work on a job until it has ended, and show how far it is."""
    if store.job(job.id).ended:
        return store.job(job.id)
    hands.library()  # what is wrong with the weights is told before anything is claimed
    worker = hands.worker(poll_s=0.2)
    with leaving_on_signals(worker) as left, watched(store, job.id):
        worker.run(only=job.id)
    if left.is_set():
        raise KeyboardInterrupt
    return store.job(job.id)


def why_not(job: Job) -> ReidError:
    """Why a job is not done, as an error."""
    if job.state == "cancelled":
        return InputError(f"job {job.id} was cancelled; the same command goes on with it")
    return InputError(f"job {job.id} {job.state}: {job.problem}")


@contextmanager
def leaving_on_signals(worker: Worker) -> Iterator[threading.Event]:
    """SIGTERM and Ctrl-C let the worker end what it has in hand; a second Ctrl-C does not wait.

    The event says whether one came.
    """
    left = threading.Event()

    def leave(number: int, _frame: object) -> None:
        if left.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        left.set()
        say("stopping after what is in hand; everything done is kept")
        worker.stop()

    before = {n: signal.signal(n, leave) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield left
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave_with_parent(worker: Worker) -> None:
    """End when standard input is closed: whoever holds its other end is gone, however it went.

    What is in hand is ended within ``ORPHAN_S``; after that this process ends without it.
    """

    standard_input = sys.stdin.fileno()

    def watch() -> None:
        # not sys.stdin: its lock, held by a thread that waits, breaks the end of the interpreter
        while os.read(standard_input, 1):
            pass
        worker.stop()
        time.sleep(ORPHAN_S)
        os._exit(Exit.INTERRUPTED)

    threading.Thread(target=watch, name="parent", daemon=True).start()
