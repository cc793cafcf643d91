"""Work off the event loop, with a bound on what may wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import anyio
import anyio.to_thread

from service.errors import BusyError

T = TypeVar("T")
RETRY_S = 5


class Gate:
    """At most ``places`` may be inside; nobody waits at the gate."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.inside = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place inside for the length of the block.

        Raises:
            BusyError: all are taken.
        """
        self.check()
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    def check(self) -> None:
        """Raise BusyError when all places are taken."""
        if self.inside >= self.places:
            raise BusyError(
                f"{self.inside} requests of this kind are being worked on or waiting, and more "
                f"are not taken; try again in some {RETRY_S} seconds",
                retry_after_s=RETRY_S,
            )


class Workers:
    """Threads for blocking work: ``at_once`` run, ``waiting`` more may wait."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self.gate = Gate(at_once + waiting)
        self._at_once = at_once
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work()``, run in a thread.

        Raises:
            BusyError: too much is waiting already.
        """
        with self.gate.place():
            if self._limiter is None:  # belongs to the loop that runs now
                self._limiter = anyio.CapacityLimiter(self._at_once)
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class Turns:
    """Requests with one key go one after another, so that equal ones are worked out once."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for everybody before us with the same key."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = lock, waiting - 1
