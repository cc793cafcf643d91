"""Which side of the animal is seen, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reid.types.checks import require


class Flank(StrEnum):
    """The side of the animal that the camera sees; the animal's own left and right."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"
    BACK = "back"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FlankEstimate:
    """Probabilities of the side seen; ``other`` is front, back or anything without a flank."""

    left: float
    right: float
    other: float
    source: str  # "user", "estimated" or "none"

    def __post_init__(self) -> None:
        total = self.left + self.right + self.other
        require(
            min(self.left, self.right, self.other) >= 0 and abs(total - 1) < 1e-6,
            f"flank: expected three probabilities that add to 1, found {self}",
        )

    @classmethod
    def known(cls, flank: Flank, source: str = "user") -> FlankEstimate:
        """The estimate of somebody who knows; ``UNKNOWN`` is one half each."""
        if flank is Flank.UNKNOWN:
            return cls(0.5, 0.5, 0.0, "none")
        sides = {Flank.LEFT: (1.0, 0.0, 0.0), Flank.RIGHT: (0.0, 1.0, 0.0)}
        return cls(*sides.get(flank, (0.0, 0.0, 1.0)), source)

    def same_side(self, other: FlankEstimate) -> float:
        """Probability that both pictures show the same flank."""
        return self.left * other.left + self.right * other.right

    @property
    def best(self) -> Flank:
        """The flank worth naming: the likeliest above 0.8, else unknown."""
        if self.left >= 0.8:
            return Flank.LEFT
        return Flank.RIGHT if self.right >= 0.8 else Flank.UNKNOWN


@dataclass(frozen=True, slots=True)
class Quality:
    """How much a picture can tell, and why.

    Each part is in [0, 1], 1 is best: ``sharpness`` (detail at the scale of rosettes),
    ``exposure`` (share of the animal neither black nor burnt out), ``contrast`` (of the coat),
    ``size`` (animal in pixels against what matching needs), ``coverage`` (how much of the animal
    is inside the picture). ``usable`` in [0, 1] is the whole; ``reasons`` say in words what
    lowers it, worst first.
    """

    sharpness: float
    exposure: float
    contrast: float
    size: float
    coverage: float
    usable: float
    animal_px: int
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parts = (self.sharpness, self.exposure, self.contrast, self.size, self.coverage)
        require(
            all(0.0 <= p <= 1.0 for p in (*parts, self.usable)),
            f"quality: expected parts in [0, 1], found {self}",
        )


@dataclass(frozen=True, slots=True)
class View:
    """Flank and quality of one annotation."""

    flank: FlankEstimate
    quality: Quality
