"""How much memory a process holds over time, and whether that grows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

WARM = 1 / 3
"""The first part is left out: caches and threads' heaps fill."""

BLOCKS = 8
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """``seconds`` since the start, bytes in memory, uploads tried until then."""

    seconds: float
    held_bytes: int
    uploads: int


@dataclass(frozen=True, slots=True)
class Slope:
    """MiB an hour, with a 95 % interval."""

    mib_an_hour: float
    low: float
    high: float


def resident_bytes(pid: int) -> int:
    """What a process holds in memory."""
    fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def peak_bytes() -> int:
    """The most that this process held since its program began.

    ``getrusage`` would count what its parent held before the program was started.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def slope(samples: Sequence[Sample]) -> Slope | None:
    """Growth after the warm-up; None of too few samples.

    Neighbouring samples are alike, so a line is laid through the means of eight blocks, and the
    interval is Student's for these.
    """
    late = [s for s in samples if s.seconds >= WARM * samples[-1].seconds] if samples else []
    if len(late) < 3 * BLOCKS:
        return None
    blocks = np.array_split(np.array([(s.seconds, s.held_bytes) for s in late]), BLOCKS)
    hours, mib = np.array([block.mean(axis=0) for block in blocks]).T / [[3600], [MIB]]
    line = stats.linregress(hours, mib)
    half = float(stats.t.ppf(0.975, BLOCKS - 2)) * float(line.stderr)
    return Slope(float(line.slope), float(line.slope) - half, float(line.slope) + half)
