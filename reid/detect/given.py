"""Boxes that somebody gave, held against what the localiser sees in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reid.detect.boxes import Floats, area, corners, covered, intersection, iou
from reid.detect.contract import BOX_OF_SEVERAL, SEVERAL
from reid.types import Annotation

FITS = 0.6
"""IoU from which a found animal is the one in the given box; its outline is taken."""
IS_MEANT = 0.8
"""IoU from which it is the one meant, whoever else stands in the box: a cub before its mother."""
INSIDE, LEAST = 0.8, 0.1
"""Of a found box inside the given one, and of the given one filled by it: an animal in it."""
APART = 0.7
"""Of the smaller of two found boxes inside the other: above, it may be a part of that animal."""


def outline_given(given: Annotation, found: Sequence[Annotation]) -> Annotation:
    """The given box with the outline of the found animal that fits it, if one does.

    Flagged ``box-of-several`` where several animals stand in the box and none fits it closely:
    nothing then says which is meant, and matches would be of whichever shows its coat best.
    """
    box = corners(given.box)
    overlaps = [float(iou(box, corners(one.box))) for one in found]
    flags = (BOX_OF_SEVERAL,) if _several(box, found, max(overlaps, default=0.0)) else ()
    fitting = next((k for k, overlap in enumerate(overlaps) if overlap > FITS), None)
    if fitting is None:
        return replace(given, flags=(*given.flags, *flags))
    one = found[fitting]
    settled = {SEVERAL, BOX_OF_SEVERAL} if overlaps[fitting] > IS_MEANT else {SEVERAL}
    kept = tuple(flag for flag in one.flags if flag not in settled and flag not in flags)
    return replace(one, origin=given.origin, flags=(*kept, *flags))


def _several(box: Floats, found: Sequence[Annotation], best: float) -> bool:
    if best > IS_MEANT:
        return False
    inside = [
        other
        for other in (corners(one.box) for one in found)
        if intersection(box, other) > INSIDE * area(other) and area(other) > LEAST * area(box)
    ]
    return any(float(covered(a, b)) < APART for k, a in enumerate(inside) for b in inside[k + 1 :])
