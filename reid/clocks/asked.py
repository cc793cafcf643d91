"""A correction as somebody says it: one of the ways in which a clock is wrong. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from reid.clocks.correction import Correction
from reid.clocks.kinds import Whose, half_day, known_offset, reset_clock, wrong_year
from reid.errors import InputError

_SPAN = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<d>\d+)\s*d)?\s*(?:(?P<h>\d+)\s*h)?\s*(?:(?P<min>\d+)\s*m(?:in)?)?\s*"
    r"(?:(?P<s>\d+)\s*s)?",
    re.ASCII,
)
_UNITS = {"d": 86_400, "h": 3600, "min": 60, "s": 1}
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """Just one of: ``add_s``; ``year`` (with ``anchor``, a time that the clock wrote near when it
    was set); ``half_day`` (ahead, behind, swapped); ``wrote`` with ``was``.
    """

    add_s: int | None = None
    year: int | None = None
    anchor: datetime | None = None
    half_day: str | None = None
    wrote: datetime | None = None
    was: datetime | None = None

    def correction(self, whose: Whose) -> Correction:
        """The correction of this clock.

        Raises:
            InputError: none of them or several, or one that changes nothing or makes no sense.
        """
        ways = (self.add_s, self.year, self.half_day, self.wrote or self.was)
        if sum(way is not None for way in ways) != 1:
            raise InputError(
                "correction: expected just one of a known offset, a year, a 12-hour slip, or what "
                "the clock read and what the time was"
            )
        if self.add_s is not None:
            return known_offset(whose, self.add_s)
        if self.half_day is not None:
            return half_day(whose, self.half_day)
        if self.year is not None:
            return wrong_year(whose, self._anchor(), self.year)
        return self._reset(whose)

    def _anchor(self) -> datetime:
        if self.anchor is None:
            raise InputError("year: expected beside it a time that the clock wrote when it was set")
        return self.anchor

    def _reset(self, whose: Whose) -> Correction:
        if self.wrote is None or self.was is None:
            raise InputError("reset clock: expected both what it read and what the time was")
        return reset_clock(whose, self.wrote, self.was)


def read_span(text: str) -> int:
    """Seconds of ``+1h30min``, ``-12 h``, ``2d 5s`` or ``-3600``.

    Raises:
        InputError: something else.
    """
    if re.fullmatch(r"[+-]?\d{1,12}", text.strip(), re.ASCII):
        return int(text)
    found = _SPAN.fullmatch(text.strip())
    parts = {} if found is None else {u: found[u] for u in _UNITS if found[u] is not None}
    if found is None or not parts or any(len(part) > MOST_DIGITS for part in parts.values()):
        raise InputError(f"offset: expected such as +1h30min, -12h or -3600, found {text!r}")
    seconds = sum(int(number) * _UNITS[unit] for unit, number in parts.items())
    return -seconds if found["sign"] == "-" else seconds
