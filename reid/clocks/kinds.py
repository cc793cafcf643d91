"""The ways in which a clock is wrong, each as a correction. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reid.clocks.correction import Correction, Kind
from reid.errors import InputError
from reid.types.checks import require


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose clock, and of which span: as the fields of `Correction`."""

    station: str
    camera: str | None = None
    first: datetime | None = None
    last: datetime | None = None


def known_offset(whose: Whose, add_s: int) -> Correction:
    """``add_s`` seconds are added: a clock that is an hour ahead gets -3600."""
    told = {"add_s": add_s}
    return _made(Kind.OFFSET, whose, add_s, told)


def wrong_year(whose: Whose, anchor: datetime, year: int) -> Correction:
    """The clock was set with another year; ``anchor`` is a time that it wrote near that moment.

    A clock goes on counting days, so all of the span is moved by as many days as lie between the
    two dates; where a 29 February lies between, later dates differ from the written ones by one.

    Raises:
        InputError: the year is no year, or has no such day.
    """
    try:
        was = anchor.replace(year=year, tzinfo=None)
    except ValueError:
        raise InputError(
            f"year: expected one that has the day {anchor:%d %B}, found {year}"
        ) from None
    shift = was - anchor.replace(tzinfo=None)
    told = {"year": year, "anchor": anchor.isoformat()}
    return _made(Kind.YEAR, whose, round(shift.total_seconds()), told)


def half_day(whose: Whose, how: str) -> Correction:
    """Morning was set for afternoon, or the other way.

    ``how``: ``"behind"`` (12 hours are added), ``"ahead"`` (12 are taken) for a clock that was set
    wrong and went on, which also changes the date of half of its pictures; ``"swapped"`` where
    the dates are right and morning and afternoon change places, as of times that were copied from
    a 12-hour display.

    Raises:
        InputError: another word.
    """
    shifts: dict[str, int | None] = {"behind": 43_200, "ahead": -43_200, "swapped": None}
    if how not in shifts:
        raise InputError(f"12-hour slip: expected behind, ahead or swapped, found {how!r}")
    return _made(Kind.HALF_DAY, whose, shifts[how], {"clock": how})


def reset_clock(whose: Whose, wrote: datetime, was: datetime) -> Correction:
    """The clock began anew; at the moment ``was`` (known from elsewhere) it wrote ``wrote``.

    Raises:
        InputError: one of them has a zone and the other has none.
    """
    require(
        (wrote.tzinfo is None) == (was.tzinfo is None),
        f"reset: expected two times without a zone, or both with one, found {wrote} and {was}",
    )
    shift = was - wrote
    told = {"wrote": wrote.isoformat(), "was": was.isoformat()}
    return _made(Kind.RESET, whose, round(shift / timedelta(seconds=1)), told)


def _made(kind: Kind, whose: Whose, shift_s: int | None, told: Mapping[str, object]) -> Correction:
    return Correction(
        kind, whose.station, whose.camera, shift_s, whose.first, whose.last, told=told
    )
