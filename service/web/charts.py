"""The charts of a training run: points of a kind belong together, whatever came between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.curves import Point


@dataclass(frozen=True, slots=True)
class Chart:
    """Points along one axis: ``figures`` names what goes up, as the points say it, and in words."""

    along: str
    title: str
    figures: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]

    @property
    def folds(self) -> int:
        """Of how many folds the points are the mean so far; 0: they stay as they are."""
        return int(max((point.get("folds", 0.0) for point in self.points), default=0.0))

    @property
    def up(self) -> str:
        """The figures in words."""
        return " and ".join(words for _, words in self.figures)


KINDS = (
    ("step", "The network", (("map", "mAP"), ("top1", "top-1"))),
    ("shrink", "The head", (("map", "mAP"),)),
)


def charts_of(points: Sequence[Point]) -> tuple[Chart, ...]:
    """A chart a kind, those without points as well: they may come yet."""
    return tuple(
        Chart(
            along,
            title,
            figures,
            tuple(p for p in points if along in p and all(name in p for name, _ in figures)),
        )
        for along, title, figures in KINDS
    )
