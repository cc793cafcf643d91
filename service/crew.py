"""Worker processes that the service starts, watches and takes along when it ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from reid.config import Settings

COMMAND = (sys.executable, "-m", "reid.cli", "worker", "--attached")
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S = 60.0
"""A worker that lived so long was well: its next death begins the pauses anew."""

LOOK_S = 0.5

log = logging.getLogger("service.crew")


@dataclass(slots=True)
class _Post:
    """A place for one worker: who stands there, and when the next may."""

    process: subprocess.Popen[bytes] | None = None
    told: bool = False
    begun_at: float = 0.0
    deaths: int = 0
    not_before: float = field(default=0.0)


class Crew:
    """So many workers, each begun again when it dies, after pauses that grow to a minute.

    A worker holds the read end of a pipe as its standard input: however this process ends, also by
    ``kill -9``, the pipe closes and the worker leaves (``reid worker --attached``).
    """

    def __init__(self, settings: Settings, *, command: tuple[str, ...] = COMMAND) -> None:
        self._command = (*command, "--threads", str(settings.threads))
        self._environment = environment(settings)
        self._posts = [_Post() for _ in range(settings.workers)]
        self._leaving = threading.Event()
        self._left_at = 0.0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin the workers and the watch over them."""
        if self._posts:
            self._thread = threading.Thread(target=self._watch, name="crew", daemon=True)
            self._thread.start()

    def pids(self) -> list[int]:
        """Of the workers that live now."""
        living = [p.process for p in self._posts if p.process and p.process.poll() is None]
        return [process.pid for process in living]

    def leave(self) -> None:
        """Ask the workers to end what is in hand and go; does not wait."""
        if not self._leaving.is_set():
            self._left_at = time.monotonic()
        self._leaving.set()
        for post in self._posts:
            _tell(post)

    def close(self, wait_s: float) -> None:
        """Wait for the workers to go; who is there ``wait_s`` after they were asked is killed.

        What a killed worker had in hand is begun again by the next; nothing else is lost.
        """
        self.leave()
        if self._thread is not None:
            self._thread.join()
        end = self._left_at + wait_s
        for post in self._posts:
            _end(post.process, max(0.0, end - time.monotonic()))

    def _watch(self) -> None:
        while not self._leaving.is_set():
            for post in self._posts:
                self._look(post)
            self._leaving.wait(LOOK_S)
        for post in self._posts:  # one that was begun while everybody was told to leave
            _tell(post)

    def _look(self, post: _Post) -> None:
        now = time.monotonic()
        if post.process is not None:
            status = post.process.poll()
            if status is None:
                return
            post.deaths = 1 if now - post.begun_at > STEADY_S else post.deaths + 1
            wait_s = pause_s(post.deaths)
            post.not_before, post.process = now + wait_s, None
            log.warning("a worker ended with status %d; another in %.0f s", status, wait_s)
        if now >= post.not_before:
            self._begin(post)

    def _begin(self, post: _Post) -> None:
        post.begun_at, post.told = time.monotonic(), False
        try:
            post.process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=sys.stderr.fileno(),
                env=self._environment,
                # Ctrl-C in a terminal reaches the service, which tells its workers
                start_new_session=True,
            )
        except OSError as error:  # no memory, no processes: it may pass
            post.deaths += 1
            post.not_before = post.begun_at + pause_s(post.deaths)
            log.warning("no worker could be begun: %s", error)
            return
        log.info("worker %d begun", post.process.pid)


def _tell(post: _Post) -> None:
    """Ask a worker to leave, once: a second signal may meet it when it does not listen any more."""
    if post.process is not None and not post.told:
        post.told = True
        _signal(post.process, signal.SIGTERM)


def pause_s(deaths: int) -> float:
    """Seconds before the next worker after so many deaths in a row."""
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (deaths - 1)))


def environment(settings: Settings) -> Mapping[str, str]:
    """This process's environment with the settings that a worker must share."""
    shared = (
        *("data_dir", "database_url", "archives_dir"),
        *("bundle", "species", "log_format"),
    )
    told = {f"LEOPARD_REID_{name.upper()}": getattr(settings, name) for name in shared}
    return {**os.environ, **{name: str(value) for name, value in told.items() if value is not None}}


def _signal(process: subprocess.Popen[bytes] | None, number: int) -> None:
    if process is not None and process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(number)


def _end(process: subprocess.Popen[bytes] | None, wait_s: float) -> None:
    if process is None:
        return
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        log.warning("worker %d did not end within its time and is killed", process.pid)
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
