"""Which process this is, and whether another one on this machine still lives."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reid.catalogue.jobs import WorkerSeen

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """``machine`` names a boot and a space of process numbers, "" where these cannot be known;
    ``process`` tells two processes of one number apart.
    """

    machine: str
    pid: int
    process: str


def this_process() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(_machine(), pid, _started(pid) or "")


def surely_dead(seen: WorkerSeen, here: Process) -> bool:
    """Whether a worker's process is gone: known only of this machine's, else False."""
    if not here.machine or seen.machine != here.machine or not seen.process:
        return False
    return _started(seen.pid) != seen.process


def _machine() -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{platform.node()}/{boot}/{(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When a process began, in ticks since the machine did; None when there is none of it."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = fields.rpartition(")")[2].split()
    return None if after_name[0] in ("Z", "X") else after_name[19]


def silent(
    workers: list[WorkerSeen],
    remembered: Mapping[str, tuple[int, float]],
    now_s: float,
    lease_s: float,
) -> tuple[list[WorkerSeen], dict[str, tuple[int, float]]]:
    """Who gave no sign for ``lease_s``, and what to remember for the next look. Pure.

    ``remembered``: the beat of each worker and when it was first seen, on the observer's own
    clock ``now_s``, which only runs forward.
    """
    kept = {}
    for seen in workers:
        beat, since = remembered.get(seen.id, (seen.beat, now_s))
        kept[seen.id] = (beat, since) if beat == seen.beat else (seen.beat, now_s)
    quiet = [seen for seen in workers if now_s - kept[seen.id][1] >= lease_s]
    return quiet, kept
