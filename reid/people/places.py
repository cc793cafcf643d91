"""Positions as they are shown: rounded to a part of a degree, or withheld.

The steps and the words are those of Chapman (2020), "Current Best Practices for Generalizing
Sensitive Species Occurrence Data" (GBIF), and of Darwin Core: rounding, never noise, so that
asking often tells no more than asking once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from reid.config import Precision

PRECISIONS: tuple[Precision, ...] = get_args(Precision)
FINEST: Precision = "0.001"
_ABOUT = {"0.1": "11 km", "0.01": "1.1 km", "0.001": "110 m"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A position for some eyes. All None: none is known.

    ``latitude``, ``longitude`` and ``precision`` in degrees (Darwin Core ``coordinatePrecision``);
    ``generalizations`` and ``withheld`` are ``dataGeneralizations`` and ``informationWithheld``.
    """

    latitude: float | None = None
    longitude: float | None = None
    precision: float | None = None
    generalizations: str | None = None
    withheld: str | None = None


def generalised(position: tuple[float, float] | None, precision: Precision) -> Shown:
    """A position (latitude, longitude in degrees) as somebody with this precision sees it."""
    if position is None:
        return Shown()
    if precision == "withheld":
        return Shown(withheld="position withheld: an endangered animal; ask the data's owner")
    digits = len(precision) - 2
    latitude, longitude = (round(degrees, digits) + 0.0 for degrees in position)
    return Shown(latitude, longitude, float(precision), generalised_text(precision))


def generalised_text(precision: Precision) -> str:
    """Darwin Core ``dataGeneralizations`` for positions of this precision; "" where withheld."""
    if precision == "withheld":
        return ""
    return (
        f"Coordinates rounded to the nearest {precision} degree (about {_ABOUT[precision]}) "
        "because the position of an endangered animal is sensitive; the exact one is kept."
    )
