"""Numbers for the report's small drawings: bars of groupings, lines of priors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reid.evidence.palette import LINES
from reid.types import Comparison, PairVerdict
from reid.types.words import percent

BAR_PX = 300.0
MOST_BARS = 6
MOST_LINES = 6
DASHES = ("", "8 4", "2 4", "10 3 2 3", "4 2", "12 5")
"""Each line has its own dashes, so that colour is never alone."""

PLOT_X, PLOT_Y, PLOT_W, PLOT_H = 46.0, 12.0, 330.0, 190.0
LABEL_PX = 19.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One grouping: its groups in words, its probability and the length of its bar."""

    groups: tuple[str, ...]
    text: str
    length: float


@dataclass(frozen=True, slots=True)
class Line:
    """The probability of "same" of a pair over priors: an SVG path, and where its name stands."""

    name: str
    path: str
    colour: str
    dash: str
    end_y: float
    label_y: float


def bars_of(comparison: Comparison) -> tuple[Bar, ...]:
    """The likeliest groupings, and all others together when there are more."""
    shown = comparison.groupings[:MOST_BARS]
    bars = [
        Bar(
            tuple(", ".join(group) for group in grouping.groups),
            percent(grouping.probability),
            max(1.0, BAR_PX * grouping.probability),
        )
        for grouping in shown
    ]
    rest = 1 - sum(grouping.probability for grouping in shown)
    if rest > 0.0005:
        bars.append(Bar(("all other groupings together",), percent(rest), BAR_PX * rest))
    return tuple(bars)


def lines_of(verdicts: Sequence[PairVerdict]) -> tuple[Line, ...]:
    """Prior curves of the first pairs that have one, their names kept apart."""
    known = [v for v in verdicts if v.prior_curve][:MOST_LINES]
    ends = [plot_y(v.prior_curve[-1].probability) for v in known]
    places = apart(ends, LABEL_PX, PLOT_Y + 5, PLOT_Y + PLOT_H)
    return tuple(
        Line(
            f"{v.a} – {v.b}",
            " ".join(
                f"{'L' if i else 'M'}{plot_x(p.prior):.1f} {plot_y(p.probability):.1f}"
                for i, p in enumerate(v.prior_curve)
            ),
            LINES[k % len(LINES)],
            DASHES[k % len(DASHES)],
            ends[k],
            places[k],
        )
        for k, v in enumerate(known)
    )


def plot_x(prior: float) -> float:
    """Place of a prior, 0 to 1, on the plot."""
    return PLOT_X + PLOT_W * prior


def plot_y(probability: float) -> float:
    """Place of a probability, 0 to 1, on the plot; 1 is on top."""
    return PLOT_Y + PLOT_H * (1 - probability)


def apart(places: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """The places moved so that neighbours keep ``gap``, inside ``top`` to ``bottom`` if they fit.

    Their order stays; equal places keep the order in which they are given.
    """
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    lowest = top
    for k in order:
        moved[k] = lowest = max(places[k], lowest)
        lowest += gap
    highest = bottom
    for k in reversed(order):
        moved[k] = highest = min(moved[k], highest)
        highest -= gap
    return moved
