"""How many heaps the C library keeps: every one holds what its largest picture needed.

glibc gives each new thread a heap of its own, up to eight a core. Models run two at a time, but on
a different thread each time, so the process would keep some sixteen heaps filled for two pictures.
Two heaps hold as much as two threads need and cost no time
(docs/benchmark.md, "Memory of many threads").
"""

from __future__ import annotations

import ctypes
import logging
import os

HEAPS = 2
"""As many as models run at once (`service.state.HEAVY_AT_ONCE`)."""

CHOSEN = "MALLOC_ARENA_MAX"
"""Who sets this has chosen; glibc reads it itself."""

_M_ARENA_MAX = -8  # malloc.h

log = logging.getLogger("service")


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
