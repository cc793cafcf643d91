"""Seconds that the models take, stage by stage, told to whoever wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Observer = Callable[[str, float], None]
STAGES = ("decode", "locate", "embed", "describe", "search", "match")
"""A picture opened; the animal found; its vector; its local features; candidates proposed; two
sightings compared.
"""
_observers: tuple[Observer, ...] = ()


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Tell every observer how long the block took, also when it fails."""
    if not _observers:
        yield
        return
    begun = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - begun
        for observer in _observers:
            observer(stage, seconds)


def observing(observer: Observer) -> Callable[[], None]:
    """Tell ``observer`` of every stage from now on, in the thread that ran it.

    Returns what to call when it need not be told any more.
    """
    global _observers  # noqa: PLW0603 - read without a lock, so replaced whole
    _observers = (*_observers, observer)

    def stop() -> None:
        global _observers  # noqa: PLW0603
        _observers = tuple(one for one in _observers if one is not observer)

    return stop
