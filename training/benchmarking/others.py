"""How much of the machine was taken by work that is not ours, while something was measured.

The load average cannot say it: a benchmark with two threads and a service beside it raises the
load by itself.
"""

from __future__ import annotations

import os
import time

import psutil

BUSY = 0.2
"""Cores taken by others beyond which figures are spoiled."""
_BUSY_FIELDS = ("user", "nice", "system", "irq", "softirq", "steal")


class Others:
    """Counts from its making on; `cores` may be asked more than once."""

    def __init__(self) -> None:
        self._wall = time.monotonic()
        self._others = _machine() - _ours()

    def cores(self) -> float:
        """Cores that other processes, or other machines on this hardware, took on average."""
        passed = max(time.monotonic() - self._wall, 1e-9)
        return max(_machine() - _ours() - self._others, 0.0) / passed


def others_said(cores: float) -> str:
    """The same as a sentence, and a warning where that spoils the figures."""
    said = f"Other work took {cores:.1f} of {os.cpu_count() or 1} cores."
    return said if cores <= BUSY else f"**{said} Run it again on a quiet machine.**"


def _machine() -> float:
    """Seconds of processor time that the machine spent on anything since it started."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in _BUSY_FIELDS))


def _ours() -> float:
    """Seconds of this process and of all that it started, ended or not."""
    here = psutil.Process()
    return sum(map(_spent, [here, *here.children(recursive=True)]))


def _spent(process: psutil.Process) -> float:
    """A process with the children that it has waited for; 0 for one that has just gone."""
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:
        return 0.0
