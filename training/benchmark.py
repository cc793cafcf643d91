"""Time by stage and peak memory: ``python -m training.benchmark`` (``make bench``).

Compares three sightings of three frames, and identifies one sighting against a catalogue of 1,000
annotations, on synthetic pictures. Seconds depend on the machine; the ratios are of one run.
Prints tables and writes ``docs/benchmark.md``.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np

from reid import evidence
from reid.pipeline import Engine, IdentificationAnswer, Library, compare
from reid.types import Comparison, Sighting
from training.benchmarking.effort import effort_rows, effort_table
from training.benchmarking.known import ANNOTATIONS, fill
from training.benchmarking.memory import peak_gib
from training.benchmarking.page import TEXT, load_average, load_said
from training.benchmarking.picture import picture_table
from training.benchmarking.pictures import comparison_sightings, known_sightings
from training.benchmarking.scale import scale_table
from training.benchmarking.service import AT_ONCE, service_memory
from training.benchmarking.stages import (
    ANIMAL,
    CONTROL_FEATURES,
    DECODE,
    FORWARD,
    LOCALISE,
    Clock,
    timed,
)
from training.benchmarking.throughput import throughput
from training.evaluation.tables import table

Answer = TypeVar("Answer")
OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmark.md"


@dataclass(frozen=True, slots=True)
class Timing:
    """One job: seconds by stage, in all, and for one forward pass of one crop."""

    clock: Clock
    total_s: float
    one_pass_s: float

    def ratios(self) -> tuple[float, float, float]:
        """Unavoidable parts of the total: strictly, with screen and controls, with localising."""
        s, animals = self.clock.seconds, self.clock.calls[ANIMAL]
        features = s[ANIMAL]
        strict = s[DECODE] + min(animals * self.one_pass_s, s[FORWARD]) + features
        wide = s[DECODE] + s[FORWARD] + features + s[CONTROL_FEATURES]
        found = wide + s[LOCALISE]
        return strict / self.total_s, wide / self.total_s, found / self.total_s

    def as_table(self) -> str:
        """Stages, dearest first, and what none of them holds."""
        rows = [(n, s, self.clock.calls[n]) for n, s in self.clock.seconds.items()]
        rows.append(("everything else", self.total_s - sum(s for _, s, _ in rows), 1))
        cells = [
            (name, str(calls), f"{seconds:.2f}", f"{100 * seconds / self.total_s:.1f} %")
            for name, seconds, calls in sorted(rows, key=lambda r: -r[1])
        ]
        cells.append(("**total**", "", f"{self.total_s:.2f}", "100 %"))
        return table(("stage", "calls", "seconds", "share"), cells)


def measure(engine: Engine, job: Callable[[Engine], Answer]) -> tuple[Answer, Timing]:
    """Run ``job`` with every stage timed."""
    clock = Clock()
    with timed(engine, clock) as watched:
        start = time.perf_counter()
        answer = job(watched)
        total = time.perf_counter() - start
    return answer, Timing(clock, total, one_pass(engine))


def one_pass(engine: Engine) -> float:
    """Median seconds of one forward pass of one crop."""
    crop = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    engine.embedder.forward([crop])
    took = []
    for _ in range(9):
        start = time.perf_counter()
        engine.embedder.forward([crop])
        took.append(time.perf_counter() - start)
    return float(np.median(took))


def compared(engine: Engine, sightings: list[Sighting]) -> tuple[Comparison, str]:
    """The comparison and its report."""
    answer = compare(engine, sightings)
    return answer, evidence.report_html(answer)


def identified(engine: Engine, folder: Path, sighting: Sighting) -> IdentificationAnswer:
    """Add a sighting to the library in ``folder`` and ask who it is."""
    with Library.open(engine, folder) as library:
        library.add(sighting)
        return library.identify(sighting.id)


def report(threads: int, workers: int) -> str:
    """The page."""
    sightings, known = comparison_sightings(workers), known_sightings(workers)
    engine = Engine.load(threads=threads)
    from training.evaluation.results import commit  # imports torch, which the engine does first

    load = load_average()
    compared(engine, sightings[:2])  # reads weights and fills caches
    (shown, _), first = measure(engine, lambda e: compared(e, sightings))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Library.open(engine, folder) as library:
            fill(library, known)
        answer, second = measure(engine, lambda e: identified(e, folder, sightings[0]))
        load = max(load, load_average())
        effort = effort_rows(engine, folder, [sightings[0], sightings[2]])
        with tempfile.TemporaryDirectory() as work:
            memory, how = service_memory(folder, sightings, Path(work), threads=threads)
    own, batches = peak_gib(), throughput(engine)
    pictures, count = picture_table(engine, sightings)
    scale, scale_gib = scale_table(engine.embedder.dim, threads=threads)
    return TEXT.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=commit(),
        threads=threads,
        size=" x ".join(map(str, shown.annotations[0].image.size_wh)),
        summary=_summary(first, second),
        compared=first.as_table(),
        known=f"{ANNOTATIONS:,}",
        answer=f"{answer.kind}, {answer.searched} annotations searched",
        identified=second.as_table(),
        peak=own,
        pictures=pictures,
        count=count,
        batches=batches,
        effort=effort_table(effort),
        scale=scale,
        scale_gib=scale_gib,
        load=load_said(load, os.cpu_count() or 1),
        at_once=AT_ONCE,
        service=memory.now if memory.peak is None else memory.peak,
        how=how,
    )


def _summary(first: Timing, second: Timing) -> str:
    ratios = ("unavoidable / total", "with screen and controls", "and localising")
    head = ("job", "seconds", *ratios)
    rows: list[tuple[str, ...]] = []
    for name, timing in (("comparing", first), ("identifying", second)):
        shares = (f"{ratio:.2f}" for ratio in timing.ratios())
        rows.append((name, f"{timing.total_s:.2f}", *shares))
    return table(head, rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="processes that render pictures")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    text = report(asked.threads, asked.workers)
    asked.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
