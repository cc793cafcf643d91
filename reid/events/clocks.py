"""How far the clocks of two cameras of one station are apart, from what they saw. Pure.

Animals that pass a station trigger both cameras within seconds, so the differences between the
times of the one's events and the other's heap up at the offset of their clocks. A heap counts
when chance would hardly make it: events are taken as a Poisson process (three times as dense as
they are on average, for animals keep hours), and "no offset" needs less, for most clocks are set.
Clocks that run at different speeds are not modelled: over months they smear the heap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

TOLERANCE_S = 60.0
"""Two events this near, after correction, may be one passage."""

LEAST_SPAN_S = 86_400.0
DENSER = 3.0
CHANCE_ZERO = 0.01
CHANCE_ANY = 0.001
LEAST_ANY = 3
"""So many passages at least must agree on an offset that is not zero."""

CLEARLY = 0.6
"""No other offset may have more than this share of the passages: else it is a guess."""

MOST_EVENTS = 2000
Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clock:
    """A camera's clock against its station's reference camera.

    ``offset_s`` is to be taken from its times; None: nothing tells, and its pictures are kept
    apart. ``matched`` of its ``events`` were seen by the reference camera too.
    """

    camera: str
    reference: str
    offset_s: float | None
    matched: int
    events: int

    @property
    def word(self) -> str:
        """The state of the clock in words."""
        if self.camera == self.reference:
            return "reference"
        if self.offset_s is None:
            return "cannot be checked"
        if not self.offset_s:
            return "agrees"
        side = "ahead of" if self.offset_s > 0 else "behind"
        return f"{timedelta(seconds=abs(round(self.offset_s)))} {side} {self.reference}"


def station_clocks(times: Mapping[str, Sequence[datetime]], gap_s: float) -> dict[str, Clock]:
    """The clock of every camera of a station; the one with most events is the reference.

    ``times`` [camera] are of its pictures, as its clock wrote them; a camera without is apart.
    """
    events = {camera: event_starts(found, gap_s) for camera, found in times.items()}
    if not events:
        return {}
    reference = min(events, key=lambda name: (-len(events[name]), name))
    clocks = {}
    for camera, starts in events.items():
        if camera == reference:
            clocks[camera] = Clock(camera, reference, 0.0, len(starts), len(starts))
            continue
        offset, matched = clock_offset(events[reference], starts)
        clocks[camera] = Clock(camera, reference, offset, matched, len(starts))
    return clocks


def event_starts(times: Sequence[datetime], gap_s: float) -> Seconds:
    """When a camera's events began, (n,) seconds: pictures less than ``gap_s`` apart are one."""
    epoch = datetime(1970, 1, 1)
    seconds = np.sort(np.array([(t.replace(tzinfo=None) - epoch).total_seconds() for t in times]))
    first = np.diff(seconds, prepend=-np.inf) > gap_s
    return np.asarray(seconds[first], np.float64)


def clock_offset(a: Seconds, b: Seconds) -> tuple[float | None, int]:
    """By how much the clock of ``b`` is ahead of that of ``a``, seconds, and how many events agree.

    ``a`` (n,) and ``b`` (m,) are starts of events, sorted. None where chance could have made it.
    """
    if not len(a) or not len(b):
        return None, 0
    a, b = a[-MOST_EVENTS:], b[-MOST_EVENTS:]
    span = max(LEAST_SPAN_S, a[-1] - a[0], b[-1] - b[0])
    chance = DENSER * len(a) * len(b) * 2 * TOLERANCE_S / span
    at, many, rival = _heap(a, b)
    zero = matched(a, b, 0.0)
    enough = many >= LEAST_ANY and many > 2 * zero and rival <= CLEARLY * many
    tried = max(1.0, 2 * span / TOLERANCE_S)
    if enough and abs(at) > TOLERANCE_S and poisson.sf(many - 1, chance) * tried < CHANCE_ANY:
        return at, many
    if zero and poisson.sf(zero - 1, chance) < CHANCE_ZERO:
        return 0.0, zero
    return None, max(zero, 0)


def matched(a: Seconds, b: Seconds, offset_s: float) -> int:
    """How many events of ``a`` have one of ``b`` of their own within the tolerance."""
    count, j = 0, 0
    moved = b - offset_s
    for t in a:
        while j < len(moved) and moved[j] < t - TOLERANCE_S:
            j += 1
        if j < len(moved) and moved[j] <= t + TOLERANCE_S:
            count, j = count + 1, j + 1
    return count


def _heap(a: Seconds, b: Seconds) -> tuple[float, int, int]:
    """Where most differences lie within the tolerance of each other, how many events agree
    there, and how many at the best other place: animals that keep hours make more than one.
    """
    differences = np.sort((b[None, :] - a[:, None]).ravel())
    ends = np.searchsorted(differences, differences + 2 * TOLERANCE_S, side="right")
    heights = ends - np.arange(len(differences))
    best = int(heights.argmax())
    middle = float(np.median(differences[best : ends[best]]))
    elsewhere = np.abs(differences - middle) > 4 * TOLERANCE_S
    rival = int(heights[elsewhere].max(initial=0))
    return middle, matched(a, b, middle), rival
