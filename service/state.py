"""What lives as long as the application: the library, the threads."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request

from reid.config import Settings
from reid.jobs import Roll
from service.errors import NotReadyError
from service.gatekeeper import Gatekeeper
from service.meters import Meters
from service.needs import Limit
from service.ports import LibraryFactory, LibraryPort, Opened
from service.rates import Buckets
from service.workers import Gate, Turns, Workers

HEAVY_AT_ONCE = 2
"""Two at once keep four cores busy, with two threads each, and memory under 3 GiB."""

HEAVY_WAITING = 8
READS_AT_ONCE, READS_WAITING = 8, 64
UPLOADS = HEAVY_AT_ONCE + HEAVY_WAITING
GUARDS_AT_ONCE, GUARDS_WAITING = 4, 200
WATCHERS = 100
"""Streams of events at once; each costs a look at the database twice a second."""

RELOAD_AFTER_S = 10.0


class Door:
    """Opens the library once, off the event loop, and says why when it cannot."""

    def __init__(self, settings: Settings, factory: LibraryFactory) -> None:
        self._settings, self._factory = settings, factory
        self._opened: Opened | None = None
        self._error: Exception | None = None
        self._failed_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to load."""
        self._error = None
        self._task = asyncio.get_running_loop().create_task(self._load())

    async def _load(self) -> None:
        try:
            self._opened = await anyio.to_thread.run_sync(self._factory, self._settings)
        except Exception as error:
            self._error, self._failed_at = error, time.monotonic()

    def opened(self) -> Opened:
        """The library and its checks, once loaded.

        A failed load is tried again, some seconds later, by the next request.

        Raises:
            NotReadyError: it is still loading.
            Exception: whatever the load failed with.
        """
        if self._opened is not None:
            return self._opened
        if self._error is not None:
            error = self._error
            if time.monotonic() - self._failed_at > RELOAD_AFTER_S:
                self.start()
            raise error.with_traceback(None)
        raise NotReadyError("models and catalogue are being loaded", retry_after_s=2)

    async def close(self) -> None:
        """Wait for a load under way, then close what was opened."""
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._opened is not None:
            await anyio.to_thread.run_sync(self._opened.close)


class Service:
    """The library's door and the threads: ``heavy`` for models, ``reads`` for the database,
    ``guards`` for keys and the audit log.
    """

    def __init__(self, settings: Settings, factory: LibraryFactory) -> None:
        self.settings = settings
        self.door = Door(settings, factory)
        self.heavy = Workers(at_once=HEAVY_AT_ONCE, waiting=HEAVY_WAITING)
        self.reads = Workers(at_once=READS_AT_ONCE, waiting=READS_WAITING)
        self.uploads = Gate(UPLOADS)
        self.watchers = Gate(WATCHERS)
        self.turns = Turns()
        self.guards = Workers(at_once=GUARDS_AT_ONCE, waiting=GUARDS_WAITING)
        self.keeper = Gatekeeper()
        self.leaving = False  # set once, when the service is asked to stop
        self.roll = Roll()
        self.meters = Meters()
        self.limits: dict[Limit, Buckets] = {
            "uploads": _bucket(settings.uploads_per_minute),
            "searches": _bucket(settings.searches_per_minute),
        }


def _bucket(per_minute: int) -> Buckets:
    return Buckets(per_minute=per_minute, burst=per_minute)


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceNow = Annotated[Service, Depends(_service)]


async def _library(service: ServiceNow) -> LibraryPort:
    return service.door.opened().library


LibraryNow = Annotated[LibraryPort, Depends(_library)]
