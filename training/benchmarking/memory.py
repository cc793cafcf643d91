"""How much memory this process holds, and the most that a piece of work adds to it."""

from __future__ import annotations

import ctypes
import gc
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"  # what the kernel wants written to begin counting the peak anew


_seen_kib = [0]
"""The greatest peak that was read: a watch wipes it out, and the kernel's own is some pages off."""


def peak_gib() -> float:
    """Most memory that this process held since its program began, without its children.

    ``getrusage`` would count what its parent held when it was started, so it is asked only where
    there is no ``/proc``.
    """
    if STATUS.exists():
        return _peak_kib() / 2**20
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def _peak_kib() -> float:
    _seen_kib[0] = max(_seen_kib[0], _read("VmHWM:"))
    return _seen_kib[0]


class MemoryWatch:
    """The most that each stage added while it ran, in MB, native libraries included.

    Stages must not lie in one another. Empty where the system keeps no such peak.
    """

    def __init__(self) -> None:
        self.added_mb: dict[str, float] = {}
        self._able = CLEAR.exists() and STATUS.exists()

    def around(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work``, watched."""

        def watched(*given: Any, **named: Any) -> Any:
            if not self._able:
                return work(*given, **named)
            _give_back()
            _peak_kib()
            CLEAR.write_text(_RESET_PEAK, encoding="ascii")
            before = _read("VmRSS:")
            try:
                return work(*given, **named)
            finally:
                added = (_read("VmHWM:") - before) / 1024
                self.added_mb[stage] = max(added, self.added_mb.get(stage, 0.0))

        return watched


def _give_back() -> None:
    """Let the system have what is free: a stage that fills it again must not look free of cost."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)


def _read(name: str) -> int:
    """KiB."""
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0
