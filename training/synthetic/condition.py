"""The state of a coat in one sighting: what changes while the pattern does not."""

from __future__ import annotations

from dataclasses import dataclass

from reid.errors import ConfigError
from reid.types.checks import require


@dataclass(frozen=True, slots=True)
class Condition:
    """A coat as it was that day; the default changes nothing.

    ``seed`` of the sighting: wet and muddy places are the same in all its pictures. ``season`` -1
    is a short summer coat, 1 a long, paler winter coat; ``wet`` and ``mud`` from 0 to 1;
    ``scars`` how many of the animal's scars there are by now, always the same ones first;
    ``slide_m`` how far skin and fur have moved over the body in this picture, usual distance.

    Raises:
        ConfigError: at birth, for a value outside its range.
    """

    seed: int = 0
    season: float = 0.0
    wet: float = 0.0
    mud: float = 0.0
    scars: int = 0
    slide_m: float = 0.0

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            message = f"condition: {name}: expected {low} to {high}, found {value}"
            require(low <= value <= high, message, ConfigError)


_RANGES = (
    ("seed", 0, 2**63),
    ("season", -1.0, 1.0),
    ("wet", 0.0, 1.0),
    ("mud", 0.0, 1.0),
    ("scars", 0, 12),
    ("slide_m", 0.0, 0.03),
)
AS_BORN = Condition()
