"""What pages ask of a catalogue of 100,000 annotations, and how long it takes.

``python -m training.benchmarking.catalogue [FOLDER]`` makes the catalogue, prints the table alone.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.catalogue import Catalogue
from reid.catalogue.gallery import Gallery
from reid.catalogue.individual_pages import IndividualPages
from reid.catalogue.sighting_pages import SightingPages
from reid.identities import DecisionKind, Merge, NoMatch, Split, Undo, subjects
from reid.identities.event import Said
from reid.review import Answer, Shares
from training.benchmarking.big_catalogue import EACH, FRAMES, make
from training.benchmarking.ground import Ground
from training.evaluation.tables import table

ROUNDS = 40
AIM_MS = 200
BENCH = Said("benchmark")
TEXT = """SQLite, {annotations:,} annotations, {individuals:,} individuals, {events:,} decisions.
Each operation {rounds} times, somewhere else each time, after one to warm up. Aim: under {aim} ms
at the 95th percentile; the slowest has **{worst:.0f} ms**.

{table}
"""


@dataclass(frozen=True, slots=True)
class Took:
    """One operation; milliseconds."""

    name: str
    median_ms: float
    p95_ms: float


def operations(catalogue: Catalogue, seed: int = 1) -> Mapping[str, Callable[[], object]]:
    """By what a page does with it; each call asks about something else."""
    rng = random.Random(seed)
    people, gallery = IndividualPages.of(catalogue), Gallery.of(catalogue)
    sightings = SightingPages.of(catalogue)
    names = [one.name for one in people.individuals(limit=1000)]
    last, held = catalogue.last_event(), people.count() * EACH
    alone = f"s{held:06d}"  # the first that is nobody's

    def sighting() -> str:
        return f"s{rng.randrange(held):06d}"

    def name() -> str:
        return rng.choice(names)

    def event() -> int:
        return rng.randrange(1, last)

    def split() -> Split:
        individual = name()
        return Split(individual, catalogue.individual(individual).sighting_ids[:2])

    def answer() -> None:
        item = catalogue.next_item("Bolat", shares=Shares(0, 0))
        if item is not None:
            catalogue.answer_item(item.id, Answer.CANNOT_TELL, by="Bolat")

    def decide() -> None:
        done = catalogue.decide(NoMatch(alone), BENCH)
        if done is not None:
            catalogue.decide(Undo(done.number), BENCH)

    return {
        "individuals, a page": lambda: people.lines(limit=60, after=name()),
        "individuals, a page by part of a name": lambda: people.lines(limit=60, q=name()[-2:]),
        "individuals, a page as of an event": lambda: people.lines(
            limit=60, after=name(), event=event()
        ),
        "individuals, how many": people.count,
        "one individual": lambda: people.page(name()),
        "one individual as of an event": lambda: people.one_at(name(), last),
        "what speaks against one": lambda: catalogue.contradictions(name()),
        "sightings, a page": lambda: sightings.page(limit=48),
        "one sighting's frames": lambda: gallery.frames([sighting()]),
        "history, a page": lambda: catalogue.events(before=event(), limit=50),
        "history of one person and kind": lambda: catalogue.events(
            before=event(), by="Asel", kind=DecisionKind.NEW, limit=50
        ),
        "history of an individual": lambda: catalogue.events(
            about=[subjects.individual(catalogue.number_of(name()))], limit=50
        ),
        "what is undone": catalogue.undone,
        "preview of a merge": lambda: catalogue.preview(Merge(*rng.sample(names, 2))),
        "preview of a split": lambda: catalogue.preview(split()),
        "a decision and its undo": decide,
        "next pair and its answer": answer,
        "progress of review": lambda: catalogue.review_progress("Bolat"),
        "whom else a sighting may show": lambda: catalogue.likely(sighting()),
        "error rates": catalogue.review_rates,
    }


def timed(catalogue: Catalogue, rounds: int = ROUNDS) -> list[Took]:
    """Every operation, slowest first."""
    found = []
    for name, work in operations(catalogue).items():
        work()
        took = []
        for _ in range(rounds):
            start = time.perf_counter()
            work()
            took.append(1000 * (time.perf_counter() - start))
        found.append(Took(name, float(np.median(took)), float(np.percentile(took, 95))))
    return sorted(found, key=lambda one: -one.p95_ms)


def report(folder: Path, *, individuals: int = 5000, rounds: int = ROUNDS) -> str:
    """The section; makes the catalogue unless it is there."""
    if not (folder / "catalogue.db").exists():
        make(folder, individuals=individuals, alone=individuals // 5, pairs=2 * individuals)
    with Catalogue.open(folder) as catalogue:
        events, known = catalogue.last_event(), IndividualPages.of(catalogue).count()
        rows = timed(catalogue, rounds)
    cells = [(one.name, f"{one.median_ms:.1f}", f"{one.p95_ms:.1f}") for one in rows]
    return TEXT.format(
        annotations=known * EACH * FRAMES,
        individuals=known,
        events=events,
        rounds=rounds,
        aim=AIM_MS,
        worst=rows[0].p95_ms,
        table=table(("operation", "median, ms", "95th percentile, ms"), cells),
    )


def catalogue_section(ground: Ground) -> str:
    """The section of the benchmark."""
    return report(ground.folder(), individuals=50 if ground.small else 5000)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--individuals", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(report(asked.folder or Path(name) / "data", individuals=asked.individuals))


if __name__ == "__main__":
    main()
