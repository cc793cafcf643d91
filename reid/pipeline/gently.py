"""Work in the background that lets whoever waits for an answer go first."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")
NICE = 19


def be_gentle() -> None:
    """Give this thread, and those that it begins, the lowest priority, where the system can.

    Linux keeps a priority for each thread; OpenMP's threads are begun by the one that first asks
    for them, and so are gentle too.
    """
    if hasattr(os, "setpriority"):
        with suppress(OSError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class Gently:
    """A thread of the lowest priority; the caller waits for what is done on it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="gently", initializer=be_gentle)

    def run(self, work: Callable[[], T]) -> T:
        """The result of ``work()``."""
        return self._pool.submit(work).result()

    def __enter__(self) -> Gently:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True)
