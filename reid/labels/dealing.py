"""Which individuals train, which calibrate, which are held out for the gate. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum

_GOLDEN = 0.6180339887498949  # multiples of it fill [0, 1) evenly, however many there are


class Part(StrEnum):
    """What an individual is for; all of its pictures are."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    HELD_OUT = "held-out"


SHARES = {Part.TRAIN: 0.6, Part.CALIBRATION: 0.15, Part.HELD_OUT: 0.25}
"""Of the individuals: retrieval learns from the first, evidence from the second; the rest judge."""


def dealt(ranks: Mapping[tuple[str, str], int], *, seed: int) -> dict[str, Part]:
    """The part of each individual, by name; ``ranks`` by (source, name).

    It follows from source, seed and the individual's rank alone: one that was held out stays so
    when the catalogue grows, or the champion would be judged by pictures that it was trained on.
    """
    return {name: _part(source, rank, seed) for (source, name), rank in sorted(ranks.items())}


def _part(source: str, rank: int, seed: int) -> Part:
    digest = hashlib.sha256(f"{source}|{seed}".encode()).digest()
    place = (int.from_bytes(digest[:4], "big") / 2**32 + rank * _GOLDEN) % 1.0
    for part, share in SHARES.items():
        if place < share:
            return part
        place -= share
    return Part.HELD_OUT
