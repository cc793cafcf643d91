"""A fixed block of bytes, read field by field; what is not there or makes no sense is None."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

from reid.types.camera import Trigger

TRIGGERS = {
    "M": Trigger.MOTION,
    "T": Trigger.TIME_LAPSE,
    "E": Trigger.EXTERNAL,
    "P": Trigger.HAND,
}
COLDEST_C, HOTTEST_C = -60, 80
"""Degrees that a camera outdoors can mean; outside of them a sensor failed."""


@dataclass(frozen=True, slots=True)
class Block:
    """The note's bytes, little-endian; offsets are in bytes from its start."""

    content: bytes

    def numbers(self, at: int, form: str) -> tuple[int, ...] | None:
        """Whole numbers by a `struct` form such as ``"2H"``; None where the block ends before."""
        if at + struct.calcsize(f"<{form}") > len(self.content):
            return None
        return struct.unpack_from(f"<{form}", self.content, at)

    def number(self, at: int, form: str = "H") -> int | None:
        """One whole number."""
        found = self.numbers(at, form)
        return None if found is None else found[0]

    def text(self, at: int, size: int, encoding: str = "ascii") -> str | None:
        """Text up to its first NUL, within ``size`` bytes."""
        raw = self.content[at : at + size].decode(encoding, "replace").partition("\0")[0].strip()
        return raw if raw and raw.isprintable() and "\ufffd" not in raw else None

    def trigger(self, at: int) -> Trigger | None:
        """Why the picture was taken, by its letter."""
        return TRIGGERS.get(self.text(at, 1) or "")

    def sequence(self, at: int, form: str) -> tuple[int, int] | None:
        """Number and of how many."""
        return sequence_of(self.numbers(at, form))

    def volts(self, at: int) -> float | None:
        """Thousandths of a volt."""
        found = self.number(at)
        return found / 1000 if found else None

    def flag(self, at: int, form: str = "H") -> bool | None:
        """0 or 1."""
        found = self.number(at, form)
        return bool(found) if found in (0, 1) else None

    def moon(self, at: int, form: str = "H") -> int | None:
        """0, new, to 7."""
        found = self.number(at, form)
        return found if found is not None and found <= 7 else None


def sequence_of(found: tuple[int, ...] | None) -> tuple[int, int] | None:
    """Number and of how many, where that makes sense."""
    if found is None or len(found) != 2 or not 1 <= found[0] <= found[1]:
        return None
    return found[0], found[1]


def moment_of(parts: tuple[int, ...] | None) -> datetime | None:
    """Year, month, day, hour, minute, second as a time; None where they are none."""
    if parts is None or len(parts) != 6:
        return None
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second)
    except (ValueError, OverflowError):
        return None


def celsius_of(found: int | None) -> int | None:
    """Degrees Celsius within what a camera can mean."""
    return found if found is not None and COLDEST_C <= found <= HOTTEST_C else None


def fahrenheit_of(found: int | None) -> int | None:
    """Degrees Fahrenheit within what a camera can mean."""
    sane = found is not None and COLDEST_C <= (found - 32) * 5 / 9 <= HOTTEST_C
    return found if sane else None
