"""The client, in one piece; and the same for programs with an event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from reid.client.abundance import AskAbundance
from reid.client.bundles import AskBundles
from reid.client.clocks import AskClocks
from reid.client.comparisons import AskComparisons
from reid.client.identities import AskIdentities
from reid.client.imports import AskImports
from reid.client.jobs import AskJobs
from reid.client.retrying import Retries
from reid.client.review import AskReview
from reid.client.sightings import AskSightings
from reid.client.status import AskStatus
from reid.client.training import AskTraining
from reid.client.transport import Transport

P = ParamSpec("P")
T = TypeVar("T")


class Client(
    AskSightings,
    AskComparisons,
    AskIdentities,
    AskAbundance,
    AskImports,
    AskReview,
    AskClocks,
    AskJobs,
    AskTraining,
    AskBundles,
    AskStatus,
):
    """A service at an address, as ``http://127.0.0.1:8000``; a method for every operation.

    Safe to share between threads. What may be repeated is tried again as ``retries`` says; what a
    method raises is in ``reid.client.errors``. ``key`` as `reid keys create` showed it; None
    where none was made. ``timeout_s`` is the longest silence of the service in one request.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = 600.0,
        retries: Retries | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        chosen = retries or Retries()
        super().__init__(Transport(url.rstrip("/"), key, timeout_s, retries=chosen, sleep=sleep))

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient:
    """A client for an event loop: ``await service.run(Client.compare, ["a", "b"])``.

    Each call runs in a thread of asyncio's pool, typed as the method is. A call that is cancelled
    is not waited for, and its request runs to its end.
    """

    def __init__(self, client: Client) -> None:
        self.client = client

    async def run(
        self, method: Callable[Concatenate[Client, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """What the client's ``method`` gives."""
        return await asyncio.to_thread(method, self.client, *args, **named)

    async def each(
        self,
        method: Callable[Concatenate[Client, P], Iterator[T]],
        *args: P.args,
        **named: P.kwargs,
    ) -> AsyncIterator[T]:
        """What the client's ``method`` gives one after another, as ``Client.job_events``."""
        found = method(self.client, *args, **named)
        end = object()
        while (one := await asyncio.to_thread(next, found, end)) is not end:
            yield one  # type: ignore[misc]

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.client.close)
