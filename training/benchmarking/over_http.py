"""What HTTP adds: the same identification asked of a service and of the library in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

from reid.pipeline import Library
from training.benchmarking.ground import Ground
from training.demo.server import started
from training.evaluation.tables import table

ROUNDS = 15
TEXT = """One stored sighting of three frames is identified against {known:,} annotations, {rounds}
times in turns: over HTTP by `python -m service` in a process of its own, and by
`Library.identify` in this one, both on the same catalogue with {threads} threads. The answers are
the same. Processor time is of the process that does the work.

{table}

**Over HTTP / in Python: {ratio:.3f}** by the clock, {cpu:.3f} by processor time (aim: 1.15 at
most).
"""


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds of each round, by the clock and of the processor: (rounds, 2)."""

    http: np.ndarray
    python: np.ndarray

    def ratios(self) -> tuple[float, float]:
        """HTTP over Python, of the medians."""
        wall, cpu = np.median(self.http, axis=0) / np.median(self.python, axis=0)
        return float(wall), float(cpu)


def http_section(ground: Ground) -> str:
    """The table and the ratio."""
    turns = in_turns(ground)
    rows = [
        (name, *(f"{1000 * np.median(took[:, k]):.0f}" for k in (0, 1)))
        for name, took in (("over HTTP", turns.http), ("in Python", turns.python))
    ]
    wall, cpu = turns.ratios()
    return TEXT.format(
        known=ground.annotations,
        rounds=len(turns.http),
        threads=ground.threads,
        table=table(("", "ms, median", "ms of processor time, median"), rows),
        ratio=wall,
        cpu=cpu,
    )


def in_turns(ground: Ground) -> Turns:
    """Both ways in turns, so that both meet the same machine.

    Raises:
        ValueError: the two doors gave different answers.
    """
    engine, folder, sighting = ground.engine, ground.filled, ground.sightings[0]
    work, rounds = ground.folder(), 3 if ground.small else ROUNDS
    with (
        Library.open(engine, folder) as library,
        started(folder, work / "address", work / "log", threads=ground.threads) as service,
        httpx.Client(base_url=service.url, timeout=600, trust_env=False) as http,
    ):
        library.add(sighting)

        def over_http() -> tuple[str, str | None]:
            asked = http.post("/v1/identifications", json={"sighting_id": sighting.id})
            found = asked.raise_for_status().json()
            return found["kind"], found["individual"]

        def in_python() -> tuple[str, str | None]:
            found = library.identify(sighting.id)
            return found.kind, found.individual

        if over_http() != in_python():  # once before the clock runs, for whatever is kept
            raise ValueError("the service and the library answer differently")
        took: dict[str, list[tuple[float, float]]] = {"http": [], "python": []}
        for _ in range(rounds):
            took["http"].append(_spent(over_http, service.pid))
            took["python"].append(_spent(in_python, os.getpid()))
    return Turns(np.array(took["http"]), np.array(took["python"]))


def _spent(work: Callable[[], object], pid: int) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), processor_s(pid)
    work()
    return time.perf_counter() - wall, processor_s(pid) - cpu


def processor_s(pid: int) -> float:
    """Seconds of processor time that a process has had, its threads together; else nan."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
