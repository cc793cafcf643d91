"""What the measurement needs of runs: comparisons on other individuals, gains of heads, words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from reid.labels.dealing import Part
from reid.weights import Bundle
from training.evaluation.retrieval.bootstrap import coded, draws, mean_figure
from training.lab.comparing import compare
from training.lab.features import Floats, Head
from training.lab.gate import OWN, RETRIEVAL, Line
from training.lab.head import Pictures
from training.lab.judging import Contender
from training.lab.run import LabRun
from training.lab.sources import Sources
from training.lab.training_set import TrainingSet, dataset_of
from training.learn.judge import Judged, ranked_each


def compared(
    run: LabRun, made: TrainingSet, folder: Path, sources: Sources, challenger: Bundle
) -> tuple[Line, ...]:
    """Champion against challenger on the held-out part of another set."""
    dataset = dataset_of(made, folder, sources.media, (Part.HELD_OUT,))
    champion = Contender.of(run.champion)
    both = run.bench.both(OWN, dataset, champion, Contender.of(challenger))
    return compare([both], replicates=run.ask.replicates).lines


def retrieval_lines(
    parent: tuple[Head, Pictures], learned: tuple[Head, Pictures]
) -> tuple[Line, ...]:
    """Top-1 and mAP of two heads, each over what its own network saw of the same pictures."""
    before, after = (each(head(seen.pooled), seen) for head, seen in (parent, learned))
    return lines_of(before, after, parent[1].identity)


def lines_of(
    before: np.ndarray, after: np.ndarray, identity: np.ndarray, where: str = OWN
) -> tuple[Line, ...]:
    """Top-1 and mAP of (n, 2) figures of the same queries, as `each` gives them."""
    asked = ~np.isnan(before[:, 0])
    who = coded(identity[asked])
    counts = draws(int(who.max()) + 1)
    lines = []
    for column, figure in enumerate(RETRIEVAL):
        old, new = before[asked, column], after[asked, column]
        difference = mean_figure(new - old, who, counts)
        values = float(old.mean()), float(new.mean())
        lines.append(Line(where, figure, *values, difference, int(who.max()) + 1))
    return tuple(lines)


def gain_of(parent: Head, learned: Head, others: Pictures) -> dict[str, float]:
    """Differences in mAP and top-1 on other pictures, with the interval over individuals."""
    before, after = (each(head(others.pooled), others) for head in (parent, learned))
    asked = ~np.isnan(before[:, 0])
    who = coded(others.identity[asked])
    counts = draws(int(who.max()) + 1)
    top1, precision = (after[asked] - before[asked]).T
    figure = mean_figure(precision, who, counts)
    return {
        "gain": figure.value,
        "low": figure.low,
        "high": figure.high,
        "top1": float(top1.mean()),
    }


def each(vectors: Floats, others: Pictures) -> np.ndarray:
    """(n, 2) found first (0 or 1) and average precision, nan where nobody could be found."""
    among = Judged((), others.classes, others.groups, others.flank)
    nothing = (np.nan, np.nan)
    return np.array([nothing if f is None else f for f in ranked_each(vectors, among)])


def line_words(line: Line) -> dict[str, Any]:
    """A line of the gate for a table."""
    so = "worse" if line.worse else "better" if line.better else "no difference shown"
    return {
        "where": line.where,
        "figure": line.figure,
        "before": f"{line.champion:.3f}",
        "after": f"{line.challenger:.3f}",
        "difference": str(line.difference),
        "individuals": line.individuals,
        "so": so,
    }
