"""What a second worker brings: the same archive worked through by one and by two, on two cores."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from reid.batch import BatchOptions, standard_kinds, submit_batch
from reid.batch.run import MATCHING, SIGHTINGS
from reid.catalogue import Catalogue
from reid.catalogue.jobs import ItemState, JobState, JobStore
from reid.jobs import Worker
from reid.pipeline import Engine, Library, compare
from reid.types import Sighting, SightingMedia
from training.benchmarking.ground import Ground
from training.benchmarking.over_http import processor_s
from training.evaluation.tables import table

CORES = 2
LOOK_S = 0.1
POLL_S = 0.2  # as `reid batch` does
TEXT = """An archive of {pictures} synthetic pictures, each a sighting by itself, from an empty
catalogue to proposals; processes held to {cores} cores, clocks begun when all models are loaded
and were used once.

{table}

**Two workers / one: {measured:.2f}** in measuring, {matched:.2f} in matching, {whole:.2f} for the
whole job (from its first file to its report; planning, grouping and reporting are one worker's).
Where other work wants the cores too, the clock tells little; by processor time alone two workers
would be **{bound:.2f}** times as fast as one.
"""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one run: measuring, matching, all of it; of processor time, all workers'."""

    measured: float
    matched: float
    whole: float
    processor: float


def workers_section(ground: Ground) -> str:
    """The table and the ratios."""
    pictures = [m.content for s in (*ground.sightings, *ground.known) for m in s.media]
    pictures = pictures[:4] if ground.small else pictures
    archive = ground.folder()
    for number, content in enumerate(pictures):
        place = archive / f"station-{number:02d}"
        place.mkdir()
        (place / "IMG_0001.JPG").write_bytes(content)
    runs = {
        "one worker, one thread": (1, 1),
        "two workers, one thread each": (2, 1),
        "one worker, two threads": (1, 2),
    }
    took = {name: _run(archive, ground.folder(), *how) for name, how in runs.items()}
    one, two, _ = took.values()
    count = len(pictures)
    rows = [
        (
            name,
            f"{count / t.measured:.2f}",
            f"{count / t.matched:.2f}",
            f"{t.whole:.1f}",
            f"{t.processor:.1f}",
        )
        for name, t in took.items()
    ]
    head = ("", "measured, a second", "matched, a second", "whole job, s", "processor time, s")
    return TEXT.format(
        pictures=count,
        cores=CORES,
        table=table(head, rows),
        measured=one.measured / two.measured,
        matched=one.matched / two.matched,
        whole=one.whole / two.whole,
        bound=2 * one.processor / two.processor,
    )


def _run(archive: Path, folder: Path, workers: int, threads: int) -> Took:
    with Catalogue.open(folder) as catalogue:
        store = JobStore.of(catalogue)
        job, _ = submit_batch(store, archive, BatchOptions())
        spawn = get_context("spawn")
        ready = spawn.Barrier(workers + 1)
        given = (archive, folder, job.id, threads, ready)
        with _on_few_cores():
            running = [spawn.Process(target=_work, args=given) for _ in range(workers)]
            for one in running:
                one.start()
        try:
            ready.wait(600)
            return _watched(store, job.id, [one.pid or 0 for one in running])
        finally:
            for one in running:
                one.join(60)
                one.kill()


def _work(archive: Path, folder: Path, job_id: str, threads: int, ready: Barrier) -> None:
    """One worker: everything is loaded, and was used once, before the clock runs."""
    engine = Engine.load(threads=threads)
    content = next(archive.rglob("*.JPG")).read_bytes()
    compare(engine, [Sighting(name, (SightingMedia("a.jpg", content),)) for name in "ab"])
    with Library.open(engine, folder) as library:
        library.search.votes.sync()
        store = JobStore.of(library.catalogue)
        worker = Worker(store, standard_kinds(lambda: library, folder), poll_s=POLL_S)
        ready.wait(600)
        worker.run(only=job_id)


def _watched(store: JobStore, job_id: str, pids: list[int]) -> Took:
    """Look at the job until it is done.

    Raises:
        RuntimeError: it failed.
    """
    start, before = time.perf_counter(), sum(map(processor_s, pids))
    spent_s = 0.0
    ends: dict[str, float] = {}
    begins: dict[str, float] = {}
    while not (job := store.job(job_id)).ended:
        now = time.perf_counter()
        for stage, counts in store.stages(job_id).items():
            begins.setdefault(stage, now)
            if not counts[ItemState.WAITING] + counts[ItemState.CLAIMED]:
                ends.setdefault(stage, now)
        now_s = sum(map(processor_s, pids))  # not a number when one has ended
        spent_s = now_s - before if now_s == now_s else spent_s
        time.sleep(LOOK_S)
    whole = time.perf_counter() - start
    if job.state is not JobState.DONE:
        raise RuntimeError(f"the batch {job.state}: {job.problem}")

    def spent(stage: str) -> float:
        return ends.get(stage, start + whole) - begins[stage]

    return Took(spent(SIGHTINGS), spent(MATCHING), whole, spent_s)


@contextmanager
def _on_few_cores() -> Iterator[None]:
    """Processes that begin in here stay on ``CORES`` cores, where the system can say that."""
    system: Any = os
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    every = system.sched_getaffinity(0)
    system.sched_setaffinity(0, set(sorted(every)[:CORES]))
    try:
        yield
    finally:
        system.sched_setaffinity(0, every)
