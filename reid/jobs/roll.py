"""Which workers of a catalogue live, as far as an observer can tell."""

from __future__ import annotations

import threading
import time

from reid.catalogue.jobs import JobStore
from reid.jobs.alive import silent, surely_dead, this_process
from reid.jobs.worker import LEASE_S


class Roll:
    """Remembers the workers' beats; safe to share between threads.

    A worker counts until its process is gone (known of this machine's) or it was silent for the
    length of a lease by this process's own clock, so one that died elsewhere counts a while.
    """

    def __init__(self, *, lease_s: float = LEASE_S) -> None:
        self._lease_s = lease_s
        self._lock = threading.Lock()
        self._remembered: dict[str, tuple[int, float]] = {}

    def alive(self, store: JobStore) -> int:
        """How many workers live."""
        here, enlisted = this_process(), store.workers()
        with self._lock:
            quiet, self._remembered = silent(
                enlisted, self._remembered, time.monotonic(), self._lease_s
            )
        gone = {seen.id for seen in quiet}
        return sum(s.id not in gone and not surely_dead(s, here) for s in enlisted)
