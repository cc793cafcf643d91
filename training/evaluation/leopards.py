"""Leopard frames: naive matching, the pattern score and the calibrated evidence, pair by pair.

``python -m training.evaluation.leopards --data DIR`` prints markdown.
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.decide.verdict import kind_of
from reid.errors import InputError
from reid.pipeline import Engine, PreparedSighting, compare
from reid.pipeline.pairs import compare_pair
from reid.types import Comparison, Flank, PairEvidence, VerdictKind
from training.calibration.metrics import cllr, cllr_min
from training.evaluation.baseline import naive_score, whole_frame_descriptors
from training.evaluation.data import data_folder
from training.evaluation.frames import (
    Frame,
    main_animal,
    measure_frames,
    read_rows,
    shown_as,
)
from training.evaluation.tables import VERDICT_HEAD, order_row, table, verdict_row

SAME = "same animal"
KINDS = (SAME, "other animal, same flank", "other animal, mirrored", "same animal, mirrored")


@dataclass(frozen=True, slots=True)
class Couple:
    """Two one-frame sightings that show (or are made to show) the same flank."""

    kind: str
    a: PreparedSighting
    b: PreparedSighting


@dataclass(frozen=True, slots=True)
class Judged:
    """A couple and what each method says of it; ``llr`` is the natural log."""

    kind: str
    a: str
    b: str
    naive: float
    pattern: float
    llr: float
    pair: VerdictKind
    sighting: VerdictKind


def couples(frames: Sequence[Frame]) -> Iterator[Couple]:
    """Every pair of labelled frames that can be put side by side, and mirrored impostors."""
    labelled = [f for f in frames if f.row.identity and f.row.flank]
    for a, b in itertools.combinations(labelled, 2):
        flank = a.row.flank or Flank.UNKNOWN
        impostor = shown_as(b.mirrored, flank)
        if a.row.identity == b.row.identity:
            yield Couple(SAME, a.prepared, b.prepared)
            yield Couple(KINDS[3], a.prepared, impostor)
        elif a.row.flank is b.row.flank:
            yield Couple(KINDS[1], a.prepared, b.prepared)
        else:
            yield Couple(KINDS[2], a.prepared, impostor)


def judge(engine: Engine, frames: Sequence[Frame]) -> list[Judged]:
    """All couples through all methods, at default prior and error rate."""
    both = [s for f in frames for s in (f.prepared, f.mirrored)]
    naive = {s.sighting.id: whole_frame_descriptors(main_animal(s).image) for s in both}
    found = []
    for couple in couples(frames):
        first, second = couple.a.sighting.id, couple.b.sighting.id
        found.append(_judge(engine, couple, naive_score(naive[first], naive[second])))
    return found


def _judge(engine: Engine, couple: Couple, naive: float) -> Judged:
    answer = compare(engine, [couple.a, couple.b])
    pair = _evidence(engine, couple, answer)
    posterior = 1 / (1 + math.exp(-pair.llr))  # at the default prior of one half
    return Judged(
        couple.kind,
        couple.a.sighting.id,
        couple.b.sighting.id,
        naive,
        pair.scores["pattern"],
        pair.llr,
        kind_of(posterior, pair.llr, engine.config.max_error),
        answer.verdicts[0].kind,
    )


def _evidence(engine: Engine, couple: Couple, answer: Comparison) -> PairEvidence:
    """The two main animals' evidence: the comparison's own, unless it left one of them out."""
    a, b = main_animal(couple.a), main_animal(couple.b)
    for found in answer.pairs[0].pairs:
        if (found.a, found.b) == (a.id, b.id):
            return found
    pair = compare_pair(engine, a, b)
    if pair is None:
        raise InputError(f"{a.id} and {b.id}: expected two flanks that are given and equal")
    return pair


def pairs_report(judged: Sequence[Judged]) -> str:
    """Order, verdicts and calibration of all pairs as markdown."""
    same = np.array([j.kind == SAME for j in judged])
    llr = np.array([j.llr for j in judged])
    others = np.array([j.kind != KINDS[3] for j in judged])
    counts = ", ".join(f"{sum(j.kind == k for j in judged)} {k}" for k in KINDS)
    order = table(
        ("score", "AUC", "same pairs above every different pair"),
        [
            order_row("naive RootSIFT, whole frame", np.array([j.naive for j in judged]), same),
            order_row("pattern (verified)", np.array([j.pattern for j in judged]), same),
            order_row("calibrated llr", llr, same),
            order_row("calibrated llr, other animals only", llr[others], same[others]),
        ],
    )
    verdicts = table(
        VERDICT_HEAD,
        [
            verdict_row("pair of pictures", [j.pair for j in judged], same),
            verdict_row("one-frame sightings", [j.sighting for j in judged], same),
        ],
    )
    quality = f"Cllr {cllr(llr, same):.3f}, Cllr-min {cllr_min(llr, same):.3f} (1 is silence)."
    return "\n\n".join([f"Pairs: {counts}.", order, verdicts, quality, _by_kind(judged)])


def _by_kind(judged: Sequence[Judged]) -> str:
    rows = []
    for kind in KINDS:
        llr = np.array([j.llr for j in judged if j.kind == kind])
        low, middle, high = np.percentile(llr, (0, 50, 100))
        rows.append((kind, len(llr), f"{low:.1f}", f"{middle:.1f}", f"{high:.1f}"))
    return table(("pairs", "n", "lowest llr", "median llr", "highest llr"), rows)


def missed_report(judged: Sequence[Judged]) -> str:
    """Frames by how many of their same-animal pairs were called "same", worst first."""
    mine: dict[str, list[Judged]] = {}
    for j in (j for j in judged if j.kind == SAME):
        mine.setdefault(j.a, []).append(j)
        mine.setdefault(j.b, []).append(j)
    share = {n: np.mean([j.sighting is VerdictKind.SAME for j in js]) for n, js in mine.items()}
    rows = [
        (name, len(mine[name]), f"{100 * share[name]:.0f} %")
        for name in sorted(share, key=lambda n: (share[n], n))
        if share[name] < 1
    ]
    return table(("frame", "same-animal pairs", 'called "same"'), rows)


def frames_report(frames: Sequence[Frame]) -> str:
    """Quality of every frame, hardest first, with the reasons in words."""
    rows = []
    for frame in frames:
        animal = main_animal(frame.prepared)
        q, flags = animal.view.quality, ", ".join(animal.annotation.flags) or "-"
        reasons = "; ".join(q.reasons) or "-"
        rows.append(
            (q.usable, (frame.row.image_id, f"{q.usable:.2f}", q.animal_px, flags, reasons))
        )
    ordered = [cells for _, cells in sorted(rows, key=lambda r: r[0])]
    return table(("frame", "usable", "animal, pixels", "flags", "reasons"), ordered)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the photographs")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    engine = Engine.load(threads=asked.threads)
    frames = measure_frames(engine, read_rows(data_folder(asked.data) / "leopard"))
    judged = judge(engine, frames)
    for text in (pairs_report(judged), missed_report(judged), frames_report(frames)):
        print(text, end="\n\n")


if __name__ == "__main__":
    main()
