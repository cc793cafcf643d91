"""How much memory the service's own process takes: started, asked over HTTP, looked at."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid.types import Sighting
from training.demo.client import Client
from training.demo.server import started
from training.demo.table import Event

AT_ONCE = 2
"""As many uploads as the service works on at once: its dearest moment."""


@dataclass(frozen=True, slots=True)
class Memory:
    """GiB of one process: ``now`` resident, ``peak`` the most it ever held.

    ``peak`` is None where the system does not tell: then only what was seen is known.
    """

    now: float
    peak: float | None


def service_memory(
    data_dir: Path, sightings: Sequence[Sighting], work: Path, *, threads: int
) -> tuple[Memory, str]:
    """Let a service on a filled catalogue store, compare, report and identify ``sightings``.

    Returns its memory afterwards, and how it was taken, in words. ``work`` is an empty folder.

    Raises:
        DemoError: the service did not start, or refused.
    """
    events = [_event(sighting, work) for sighting in sightings]
    where = work / "address.txt", work / "service.log"
    with started(data_dir, *where, threads=threads) as service:
        seen = [memory_of(service.pid)]
        with Client(service.url) as client, ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(client.submit, events))
            seen.append(memory_of(service.pid))
            found = client.compare([event.id for event in events], [])
            client.report(found["id"])
            client.identify(events[0].id)
            seen.append(memory_of(service.pid))
    most = max(one.now for one in seen)
    if seen[-1].peak is None:
        return Memory(most, None), "the most seen after a request; this system tells no peak"
    return seen[-1], "the peak that the system kept of the process"


def memory_of(pid: int) -> Memory:
    """Memory of a process: from ``/proc`` where there is one, else as ``ps`` says it.

    Raises:
        OSError: neither can be read.
    """
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        lines = (line.split() for line in status.read_text(encoding="utf-8").splitlines())
        kib = {words[0]: int(words[1]) for words in lines if words[0] in ("VmRSS:", "VmHWM:")}
        return Memory(kib["VmRSS:"] / 2**20, kib["VmHWM:"] / 2**20)
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return Memory(int(told.stdout) / 2**20, None)


def _event(sighting: Sighting, work: Path) -> Event:
    """Files on disk and what is said of them; another id, for the library may hold this one."""
    name = f"{sighting.id}-over-http"
    (work / name).mkdir(parents=True)
    files = tuple(work / name / media.file_name for media in sighting.media)
    said: list[dict[str, Any]] = []
    for file, media in zip(files, sighting.media, strict=True):
        file.write_bytes(media.content)
        said.append({"file_name": file.name, "flank": media.flank and media.flank.value})
    return Event(name, "", {"id": name, "media": said}, files)
