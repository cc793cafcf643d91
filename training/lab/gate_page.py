"""The gate's word as a page of its own: what was compared, drawn, in the style of other reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from jinja2 import Template

from reid.evidence.environment import environment_of
from training.lab.gate import MARGINS, OWN, Gate, Line
from training.lab.training_set import TrainingSet

MIDDLE, REACH = 120.0, 110.0
MARGINS_SHOWN = 5.0
"""So many margins to each side; what reaches further is cut at the edge."""
BETTER, WORSE, NEITHER = "#0b6b3a", "#a33b00", "#5a5a55"
TITLES = {OWN: "The place's held-out individuals"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A difference in pixels of a row's drawing; better is to the right of the middle."""

    low: float
    value: float
    high: float
    margin: float
    ink: str


def gate_html(
    gate: Gate,
    made: TrainingSet,
    parts: Sequence[tuple[str, int, int, int]],
    *,
    answer: str,
    left_out: str,
    shrink: float | None = None,
    doubted: int = 0,
) -> str:
    """One page, styles inside, no script. ``parts``: name, individuals, sightings, pictures.

    ``shrink`` None: the bundle was tried, not trained here.
    """
    sets = [(where, list(lines)) for where, lines in groupby(gate.lines, lambda one: one.where)]
    return _template().render(
        gate=gate,
        made=made,
        parts=parts,
        answer=answer,
        left_out=left_out,
        shrink=shrink,
        doubted=doubted,
        sets=sets,
        titles=TITLES,
        drawn=drawn,
    )


def drawn(line: Line) -> Drawn | None:
    """Where a line's difference lies; None where it has none."""
    value, low, high = line.gain
    if np.isnan([value, low, high]).any():
        return None
    scale = REACH / (MARGINS_SHOWN * MARGINS[line.figure])

    def x(gain: float) -> float:
        return round(MIDDLE + float(np.clip(gain * scale, -REACH, REACH)), 1)

    ink = WORSE if line.worse else BETTER if line.better else NEITHER
    return Drawn(x(low), x(value), x(high), x(-MARGINS[line.figure]), ink)


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = environment_of(("training.lab", "."), ("reid", "evidence"))
    return environment.get_template("gate.html")
