"""What cameras number themselves: pictures of one trigger belong together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LONGEST_S = 3600.0
"""A number that comes back after a longer pause is another trigger's: counters begin anew."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a camera's note says of a picture's place: its trigger, and (number, of how many).

    ``serial`` is of the camera that counts: a folder may hold the pictures of two.
    """

    event: int | None = None
    sequence: tuple[int, int] | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture by ``camera``; ``at`` on one clock for all, without a zone."""

    camera: str
    at: datetime
    numbered: Numbered | None = None


def unbroken(shots: Sequence[Shot]) -> list[range]:
    """The shortest runs of ``shots``, in order of time, that tear no trigger of any camera apart.

    Pictures without numbers are runs of one, unless they lie within a trigger of another camera.
    """
    ends = _ends(shots)
    runs: list[range] = []
    start = end = 0
    for here in range(len(shots)):
        end = max(end, ends[here])
        if end == here:
            runs.append(range(start, here + 1))
            start = end = here + 1
    return runs


def _ends(shots: Sequence[Shot]) -> list[int]:
    """Of each picture where the next one of its trigger stands; the last ones name themselves."""
    ends = list(range(len(shots)))
    last: dict[tuple[str, str | None], int] = {}
    for here, shot in enumerate(shots):
        if shot.numbered is None:
            continue
        counter = shot.camera, shot.numbered.serial
        before = last.get(counter)
        if before is not None and _goes_on(shots[before], shot):
            ends[before] = here
        last[counter] = here
    return ends


def _goes_on(a: Shot, b: Shot) -> bool:
    """Whether ``b`` is of the trigger of ``a``, the picture before it of that camera."""
    one, two = a.numbered, b.numbered
    if one is None or two is None or one.event != two.event:
        return False
    if (b.at - a.at).total_seconds() > LONGEST_S:
        return False
    if one.sequence is None or two.sequence is None:
        return one.event is not None
    (n, of), (m, of_too) = one.sequence, two.sequence
    # Without the trigger's number nothing may lack between the two: n of m says too little.
    return of == of_too and (m > n if one.event is not None else m == n + 1)
