"""Times that a sighting came with, corrected where they are a camera's word. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from reid.clocks.candidates import CLOCK, STRIP
from reid.clocks.correction import Correction
from reid.clocks.ledger import Ledger
from reid.types import CandidateTime

NEAR = timedelta(seconds=60)
"""A time that came with a sighting and is so near to a picture's clock was taken from it."""

OF_CAMERA, UNNAMED = "clock of camera ", "the camera's clock"
"""How a batch names the clock that says a time."""

DISPUTED = "disputedTime"
Pictures = Sequence[tuple[str, datetime | None]]
"""Camera ("" without a name) and what its clock wrote, of each picture of a sighting."""


def given_times(
    times: Sequence[CandidateTime], station: str, pictures: Pictures, ledger: Ledger
) -> tuple[CandidateTime, ...]:
    """The times, corrected; two that become one time are one.

    A camera's word is what its source says is one, what is near to a picture's clock, and the
    first time of a sighting whose pictures have no clock. What people said otherwise stays.
    """
    found: dict[datetime, CandidateTime] = {}
    for position, time in enumerate(times):
        cameras = _speaking(time, position, pictures)
        held = {camera: ledger.find(station, camera, time.at) for camera in cameras}
        one = time if not held else _corrected(time, list(held.values()))
        found.setdefault(one.at, one)
    return tuple(found.values())


def _corrected(time: CandidateTime, held: Sequence[tuple[int, Correction] | None]) -> CandidateTime:
    """Only where every camera that may have said it has one and the same correction."""
    numbers = {None if one is None else one[0] for one in held}
    first = held[0]
    if len(numbers) > 1 or first is None:
        return time
    number, correction = first
    return replace(time, at=correction.applied(time.at), written=time.at, correction=number)


def _speaking(time: CandidateTime, position: int, pictures: Pictures) -> set[str]:
    """The cameras whose word it may be; none: somebody else's."""
    if time.source == STRIP:
        return set()
    if time.source.startswith(OF_CAMERA):
        return {time.source.removeprefix(OF_CAMERA)}
    near = {camera for camera, at in pictures if at is not None and _near(at, time.at)}
    clockless = all(at is None for _, at in pictures)
    first = clockless and position == 0 and time.source != DISPUTED
    if near or not (first or time.source in (CLOCK, UNNAMED)):
        return near
    return {camera for camera, _ in pictures}


def _near(a: datetime, b: datetime) -> bool:
    return abs(a.replace(tzinfo=None) - b.replace(tzinfo=None)) <= NEAR
