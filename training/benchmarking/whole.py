"""Where the time of a comparison and of an identification goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from reid import evidence
from reid.pipeline import Engine, IdentificationAnswer, Library, compare
from reid.types import Comparison, Sighting
from training.benchmarking.effort import effort_rows, effort_table
from training.benchmarking.ground import Ground
from training.benchmarking.memory import peak_gib
from training.benchmarking.picture import picture_table
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
from training.evaluation.tables import table

Answer = TypeVar("Answer")

SUMMARY = """Pictures of {size} pixels; the catalogue holds {known:,} annotations. *Unavoidable* is
decoding, one forward pass for each animal and the features of the animal. More passes where the
species screen is in doubt, and the features of the mirrored picture and of the other controls, are
what an honest answer costs on top; the second ratio counts them too. Without boxes the animals have
to be found as well: the last ratio counts that too.

{summary}

Comparing three sightings of three frames, with report:

{compared}

Identifying one sighting of three frames against the catalogue (answer: {answer}, {searched:,}
annotations searched; the sighting is measured, stored and compared in the same run):

{identified}
"""
EFFORT = """Each of two sightings asked of the same catalogue twice: one of an animal in it and one
of a stranger. A candidate that was not looked at keeps its prior in the probability.

{effort}
"""
PICTURE = """Mean of {count} pictures, one at a time; MB is the most that a stage added to the
process while it ran, native libraries included (what they keep between calls is not counted again),
and *kept* what is held afterwards.

{pictures}
"""
MEMORY = """The service in a process of its own (`python -m service`) on a catalogue of {known:,}
annotations, after three sightings were sent ({at_once} at once), compared, reported and one of them
identified: **{service:.2f} GiB** ({how}). This benchmark's own process: {peak:.2f} GiB.
"""


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


def stages_section(ground: Ground) -> str:
    """Both questions by stage."""
    engine, sightings = ground.engine, ground.sightings
    compared(engine, sightings[:2])  # reads weights and fills caches
    (shown, _), first = measure(engine, lambda e: compared(e, sightings))
    folder = ground.filled
    answer, second = measure(engine, lambda e: identified(e, folder, sightings[0]))
    return SUMMARY.format(
        size=" x ".join(map(str, shown.annotations[0].image.size_wh)),
        known=ground.annotations,
        summary=_summary(first, second),
        compared=first.as_table(),
        answer=answer.kind,
        searched=answer.searched,
        identified=second.as_table(),
    )


def effort_section(ground: Ground) -> str:
    """What stopping early saves."""
    asked = [ground.sightings[0], ground.sightings[2]]
    return EFFORT.format(effort=effort_table(effort_rows(ground.engine, ground.filled, asked)))


def picture_section(ground: Ground) -> str:
    """One picture by stage."""
    pictures, count = picture_table(ground.engine, ground.sightings)
    return PICTURE.format(pictures=pictures, count=count)


def memory_section(ground: Ground) -> str:
    """What the service takes."""
    where, work = ground.filled, ground.folder()
    memory, how = service_memory(where, ground.sightings, work, threads=ground.threads)
    return MEMORY.format(
        known=ground.annotations,
        at_once=AT_ONCE,
        service=memory.now if memory.peak is None else memory.peak,
        how=how,
        peak=peak_gib(),
    )


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


def _summary(first: Timing, second: Timing) -> str:
    ratios = ("unavoidable / total", "with screen and controls", "and localising")
    head = ("job", "seconds", *ratios)
    rows: list[tuple[str, ...]] = []
    for name, timing in (("comparing", first), ("identifying", second)):
        shares = (f"{ratio:.2f}" for ratio in timing.ratios())
        rows.append((name, f"{timing.total_s:.2f}", *shares))
    return table(head, rows)
