"""What the C library keeps of the memory that pictures needed: few heaps, and free pages go back.

glibc gives each new thread a heap of its own, up to eight a core. Models run two at a time, but on
a different thread each time, so the process would keep some sixteen heaps filled for two pictures.
Two heaps hold as much as two threads need and cost no time (docs/benchmark.md, "Memory of many
threads"). In what they keep, large free pieces lie between small ones that live; these go back to
the system once a minute, which takes some 50 ms, else a process grows for hours.
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAPS = 2
"""As many as models run at once (`service.state.HEAVY_AT_ONCE`)."""

CHOSEN = "MALLOC_ARENA_MAX"
"""Who sets this has chosen; glibc reads it itself."""

EVERY_S = 60.0
_M_ARENA_MAX = -8  # malloc.h

log = logging.getLogger("reid.telemetry.heaps")


def keep_few_heaps() -> bool:
    """Ask for ``HEAPS`` heaps; call it before threads are made. False where it cannot be asked."""
    if CHOSEN in os.environ:
        return False
    try:
        taken: int = ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)
    except (AttributeError, OSError):  # another C library: its own ways stay
        log.debug("the C library has no mallopt; memory is kept as it likes")
        return False
    return bool(taken)


@contextmanager
def giving_back(every_s: float = EVERY_S) -> Iterator[None]:
    """Give free memory back to the system every ``every_s`` seconds while the block lasts."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        yield
        return
    done = threading.Event()

    def now_and_then() -> None:
        while not done.wait(every_s):
            trim(0)  # ctypes lets other threads run meanwhile

    thread = threading.Thread(target=now_and_then, name="giving memory back", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
