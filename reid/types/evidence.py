"""What the pictures say, before any decision."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from reid.types.checks import require
from reid.types.features import VerifiedMatches
from reid.types.view import Flank


@dataclass(frozen=True, slots=True)
class Control:
    """The same machinery run on what must not match.

    ``name``: ``"background"``, ``"erased"`` or ``"mirrored"``. ``score`` is the control's raw
    local score and ``animal_score`` the real one's; ``passed`` is false when the control matches
    as well as the animal, and then the verdict is withheld. ``note`` says what was seen.
    """

    name: str
    score: float
    animal_score: float
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PairEvidence:
    """Two annotations compared.

    ``llr`` is the natural log of p(scores | same animal) / p(scores | different animals), already
    mixed with ``same_side``, the probability that both show the same flank. ``miss`` is the
    probability that a *true* match between these two pictures would not be found.
    """

    a: str
    b: str
    scores: dict[str, float]
    llr: float
    same_side: float
    miss: float
    matches: VerifiedMatches = field(repr=False)
    controls: tuple[Control, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(math.isfinite(self.llr), f"llr of {self.a} and {self.b}: not finite: {self.llr}")
        require(0 <= self.same_side <= 1, f"same_side: expected 0 to 1, found {self.same_side}")


@dataclass(frozen=True, slots=True, eq=False)
class FlankEvidence:
    """All pairs of one flank between two sightings, combined once (never summed)."""

    flank: Flank
    llr: float
    best: PairEvidence
    pair_count: int


@dataclass(frozen=True, slots=True, eq=False)
class SightingPairEvidence:
    """Two sightings compared: flanks are independent given same or different, so llrs add.

    ``comparable`` is false when no flank is shared (then ``llr`` is 0 and says nothing);
    ``missing`` says what would make them comparable. ``withheld`` names failed controls.
    """

    a: str
    b: str
    comparable: bool
    llr: float
    flanks: tuple[FlankEvidence, ...] = ()
    pairs: tuple[PairEvidence, ...] = field(default=(), repr=False)
    missing: str = ""
    withheld: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(math.isfinite(self.llr), f"llr of {self.a} and {self.b}: not finite: {self.llr}")
        require(self.comparable or self.llr == 0, "not comparable, yet the llr is not 0")
