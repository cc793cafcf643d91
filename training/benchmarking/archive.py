"""What a large archive takes apart from its pictures: listed, planned, grouped, reported.

``python -m training.benchmarking.archive [--files N]`` prints the table alone. Everything is real
but what opens pictures: reading a file, measuring a sighting and matching it are stand-ins, whose
answers are as large as the real ones and are written straight into the job (SQLite), with evidence
made so that many weak links join all animals into one block, the worst case of grouping.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from reid.batch import BATCH, BatchOptions, submit_batch
from reid.batch.inputs import FILES
from reid.batch.measure import told_sighting
from reid.batch.run import MATCHING, SIGHTINGS, Run
from reid.catalogue import Catalogue
from reid.catalogue.jobs import JobState, JobStore
from reid.jobs import JobContext, Worker
from reid.pipeline import Library
from training.benchmarking.ground import Ground
from training.benchmarking.memory import MemoryWatch, peak_gib
from training.evaluation.tables import table

FILES_IN_ALL = 100_000
OF_STATION, EACH = 1000, 4
"""Files of a station, whose second camera is an hour ahead; files of one passage."""
ALIKE, OTHERS = 6, 4
"""Siblings that each sighting is compared with: of its own animal, and of others."""
SEEN = 50
"""Sightings of each animal."""
START = datetime(2020, 1, 1)
NAMES = "SELECT name FROM job_items WHERE job_id = ? AND stage = ? ORDER BY position"
ANSWER = """UPDATE job_items SET state = 'done', result = ?
WHERE job_id = ? AND stage = ? AND position = ?"""
TEXT = """An archive of {files:,} files, {each} a passage, at {stations} stations of two cameras
whose clocks differ by an hour: {sightings:,} sightings, each of which shows one of {animals:,}
animals and was compared with {siblings} siblings. What opens pictures (reading files, measuring,
matching) is a stand-in whose answers are written straight into the job; all else is what
`reid batch` does. Weak links between animals join all sightings into one block, the worst case of
grouping. *MiB* is the most that a stage added to what the process held before it.

{table}

The whole run took {whole:.0f} s, {processor:.0f} of processor time, the stand-ins included. The
process held {before:.2f} GiB when it began (libraries, no models) and **{peak:.2f} GiB** at most.
"""


@dataclass(slots=True)
class Took:
    """One run: seconds (by the clock, of the processor) and MiB by stage, and of all of it."""

    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)
    mib: dict[str, float] = field(default_factory=dict)
    whole_s: tuple[float, float] = (0.0, 0.0)
    before_gib: float = 0.0
    peak_gib: float = 0.0
    sightings: int = 0


@dataclass(slots=True)
class Clock:
    """Seconds and memory of stages."""

    watch: MemoryWatch = field(default_factory=MemoryWatch)
    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)

    def around(self, stage: str, work: Callable[[], Any]) -> Any:
        """What ``work`` gives, watched."""
        begin = _now()
        try:
            return self.watch.around(stage, work)()
        finally:
            self.seconds[stage] = _since(begin)


class LightRun(Run):
    """The stages of a batch; those that open pictures answer at once."""

    clock: Clock

    def work(self, stage: str, chunk: int = 1) -> None:  # noqa: ARG002
        """The answers of a stage, straight into the job's table."""
        where = self.job_id, stage
        with closing(sqlite3.connect(self.data_dir / "catalogue.db", timeout=60)) as base, base:
            names = [row[0] for row in base.execute(NAMES, where)]
            answers = {
                FILES: lambda k: scanned(names[k]),
                SIGHTINGS: lambda _: measured(),
                MATCHING: lambda k: matched(k, names),
            }
            rows = ((json.dumps(answers[stage](k)), *where, k) for k in range(len(names)))
            base.executemany(ANSWER, rows)

    def plan(self) -> None:
        """As the real one."""
        self.clock.around("planning", super().plan)

    def propose(self) -> None:
        """As the real one."""
        self.clock.around("grouping", super().propose)

    def report(self) -> dict[str, Any]:
        """As the real one."""
        return cast("dict[str, Any]", self.clock.around("tables and report", super().report))


@dataclass(frozen=True, slots=True)
class LightKind:
    """The kind of job of that run."""

    library: Library
    clock: Clock
    name: str = BATCH

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it."""
        run = LightRun(self.library, context, self.library.catalogue.data_dir)
        run.clock = self.clock
        return run.batch()

    def help(self, context: JobContext, stage: str) -> None:
        """Nobody helps."""


def scanned(name: str) -> dict[str, Any]:
    """What a file would say of itself; its name tells which passage it shows."""
    station, camera, number = name.removesuffix(".JPG").split("/")
    passage, shot = divmod(int(number), EACH // 2)
    pause = Random(f"{station} {passage}").randrange(1500)
    at = START + timedelta(minutes=41 * passage, seconds=pause + shot, hours=camera == "B")
    return {
        "kind": "picture",
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "at": at.isoformat(),
        "make": "RECONYX",
        "model": "HYPERFIRE 2 COVERT",
        "serial": f"H{station}{camera}",
        "event": None,
        "sequence": None,
        "size_wh": [2048, 1440],
        "flags": [],
    }


def measured() -> dict[str, Any]:
    """What measuring would tell of a sighting: a leopard on every picture."""
    seen = {"pictures": EACH, "animals": EACH, "leopards": EACH, "flanks": ["left"]}
    return {**told_sighting((), ()), **seen, "usable": 0.731, "why_poor": ["motion blur"]}


def matched(position: int, names: list[str]) -> dict[str, Any]:
    """What matching would find: the animal's own sightings, and some that are not."""
    animals = max(1, len(names) // SEEN)
    steps = [sign * k * animals for k in range(1, ALIKE // 2 + 1) for sign in (1, -1)]
    others = [Random(position * OTHERS + k).randrange(len(names)) for k in range(OTHERS)]
    every = {(position + step) % len(names) for step in steps} | set(others)
    return {
        "sighting": names[position],
        "identity": {
            "kind": "inconclusive",
            "individual": None,
            "probability": 0.412,
            "reasons": [
                "no known individual is likely enough at an error rate of 1 %",
                "12 of 340 candidates were looked at; the rest keep their prior",
            ],
            "would_settle": "a sharp picture of the left flank",
            "best": "Aidar",
            "best_probability": 0.021,
        },
        "edges": [_edge(position, b, names, animals) for b in sorted(every - {position})],
        "flags": [],
    }


def _edge(a: int, b: int, names: list[str], animals: int) -> dict[str, Any]:
    same, chance = (a - b) % animals == 0, Random(min(a, b) * 1_000_003 + max(a, b))
    llr = chance.gauss(7.0, 2.5) if same else chance.gauss(-1.5, 1.2)
    told = {"comparable": True, "withheld": [], "flags": [], "missing": ""}
    return {"b": names[b], "llr": llr, **told}


def stations_of(files: int) -> int:
    """How many stations so many files are of."""
    return max(1, files // OF_STATION)


def make_archive(folder: Path, files: int) -> Path:
    """So many files of one byte below ``folder``."""
    stations = stations_of(files)
    for number in range(files):
        station, place = number % stations, number // stations
        file = folder / f"{station:03}" / "AB"[place % 2] / f"{place // 2:06}.JPG"
        if place < 2:
            file.parent.mkdir(parents=True)
        file.write_bytes(b"x")
    return folder


def measure(folder: Path, files: int) -> Took:
    """The run, in this process.

    Raises:
        ValueError: it did not end as it must.
    """
    archive, clock, took = make_archive(folder / "archive", files), Clock(), Took()
    took.before_gib = peak_gib()
    with Catalogue.open(folder / "data") as catalogue:
        store, begin = JobStore.of(catalogue), _now()
        ask = clock.around("listing", lambda: submit_batch(store, archive, BatchOptions()))
        Worker(store, {BATCH: LightKind(_light(catalogue), clock)}).run(only=ask[0].id)
        job = store.job(ask[0].id)
        took.whole_s, took.peak_gib = _since(begin), peak_gib()
    found = job.result
    if job.state is not JobState.DONE or found["media"]["used"] != files:
        raise ValueError(f"expected {files} files used, found {job.problem or found}")
    took.sightings, took.seconds, took.mib = found["sightings"], clock.seconds, clock.watch.added_mb
    return took


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begin: tuple[float, float]) -> tuple[float, float]:
    wall, processor = _now()
    return wall - begin[0], processor - begin[1]


def _light(catalogue: Catalogue) -> Library:
    """A library without models, as much of one as these stages ask for."""
    same = {"weights": "none", "calibration": "none", "configuration": "none"}
    engine = SimpleNamespace(
        provenance=lambda: same,
        embedder=SimpleNamespace(fingerprint="none"),
        local=SimpleNamespace(method="none"),
    )
    return cast("Library", SimpleNamespace(engine=engine, catalogue=catalogue))


def report(folder: Path, files: int = FILES_IN_ALL) -> str:
    """The section, from a process of its own, whose peak is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        took = pool.submit(measure, folder, files).result()
    rows = [
        (stage, f"{wall:.1f}", f"{processor:.1f}", f"{took.mib.get(stage, 0):.0f}")
        for stage, (wall, processor) in took.seconds.items()
    ]
    return TEXT.format(
        files=files,
        each=EACH,
        stations=stations_of(files),
        sightings=took.sightings,
        animals=took.sightings // SEEN,
        siblings=ALIKE + OTHERS,
        table=table(("stage", "s", "s of processor time", "MiB"), rows),
        whole=took.whole_s[0],
        processor=took.whole_s[1],
        before=took.before_gib,
        peak=took.peak_gib,
    )


def archive_section(ground: Ground) -> str:
    """The section of the benchmark."""
    return report(ground.folder(), 2000 if ground.small else FILES_IN_ALL)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES_IN_ALL)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(report(Path(name), asked.files))


if __name__ == "__main__":
    main()
