"""Markdown tables and the figures that every table of pairs needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from reid.types import VerdictKind
from training.calibration.metrics import above_every_different, auc


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def order_row(
    name: str, score: NDArray[np.float64], same: NDArray[np.bool_]
) -> tuple[str, str, str]:
    """How well a score orders pairs: its name, AUC, share of same above every different."""
    above = above_every_different(score, same)
    return name, f"{auc(score, same):.4f}", f"{100 * above:.1f} %"


def verdict_row(
    name: str, kinds: Sequence[VerdictKind], same: NDArray[np.bool_]
) -> tuple[object, ...]:
    """Wrong and right verdicts: name, wrong same, wrong different, decided share of each kind."""
    said_same = np.array([k is VerdictKind.SAME for k in kinds], dtype=bool)
    said_different = np.array([k is VerdictKind.DIFFERENT for k in kinds], dtype=bool)
    return (
        name,
        f"{int((said_same & ~same).sum())} of {int((~same).sum())}",
        f"{int((said_different & same).sum())} of {int(same.sum())}",
        f"{100 * said_same[same].mean():.1f} %",
        f"{100 * said_different[~same].mean():.1f} %",
        f"{100 * (said_same | said_different).mean():.1f} %",
    )


VERDICT_HEAD = (
    "level",
    'wrong "same"',
    'wrong "different"',
    'same pairs called "same"',
    'different pairs called "different"',
    "coverage (all pairs decided)",
)
