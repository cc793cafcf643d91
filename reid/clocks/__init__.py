"""Camera clocks: corrections that people recorded, what they change, and what speaks for one."""

from reid.clocks.candidates import PictureClock, clock_times, with_strips
from reid.clocks.correction import Correction, Kind
from reid.clocks.kinds import Whose, half_day, known_offset, reset_clock, wrong_year
from reid.clocks.ledger import Entry, Ledger, check_free

__all__ = [
    "Correction",
    "Entry",
    "Kind",
    "Ledger",
    "PictureClock",
    "Whose",
    "check_free",
    "clock_times",
    "half_day",
    "known_offset",
    "reset_clock",
    "with_strips",
    "wrong_year",
]
