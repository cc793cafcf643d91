"""One position for a station out of those that its files tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from reid.types.earth import Position, great_circle_km

FAR_KM = 1.0
"""Receivers err by tens of metres; farther apart it is another place, or a wrong table."""
FAR = (
    f"EXIF says another place, more than {FAR_KM:g} km from the position that was given and counts"
)
SPREAD = f"EXIF says places more than {FAR_KM:g} km apart: no position is taken from it"


def agreed(found: Sequence[Position]) -> Position | None:
    """The middle of positions that all lie within ``FAR_KM`` of it; None for none, or SPREAD."""
    if not found:
        return None
    middle = median(place[0] for place in found), median(place[1] for place in found)
    return None if far_from(middle, found) else middle


def far_from(place: Position, found: Iterable[Position]) -> bool:
    """Whether one of them lies more than ``FAR_KM`` away."""
    return any(great_circle_km(place, one) > FAR_KM for one in found)
