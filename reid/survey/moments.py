"""Times as tables write them. Nothing is guessed: what can be read two ways is not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reid.errors import InputError

_EXCEL_EPOCH = datetime(1899, 12, 30)
"""Day 0 of a spreadsheet's serial dates (Windows; the leap day 1900 that never was is behind)."""
_EXCEL = re.compile(r"\d{5}([.,]\d+)?")
_FIRST, _LAST = 32_874, 73_050  # serials of 1990 and 2100
_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d)([ T]\d\d:\d\d.*)")
_SPOKEN = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
    r"(?:[ T]+(\d{1,2}:\d\d(?::\d\d)?)(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_OFFSET = re.compile(r"([+-])(\d\d):?([0-5]\d)")
_NO_PLACE = ("localtime", "posixrules", "Factory")
"""Names of zone files that mean whatever the machine is set to, or nothing."""


def read_time(written: str, *, day_first: bool | None = None) -> datetime:
    """A time: ISO 8601, EXIF's, a spreadsheet's serial number, or day, month and year.

    ``day_first`` says how 3/4/2018 is meant; None: only days above 12 can be read.

    Raises:
        ValueError: what is wrong with it, in words.
    """
    text = written.strip()
    if _EXCEL.fullmatch(text):
        return _of_serial(float(text.replace(",", ".")))
    exif = _EXIF.fullmatch(text)
    if exif:
        text = "-".join(exif.groups()[:3]) + exif[4]
    spoken = _SPOKEN.fullmatch(text)
    at = _of_spoken(spoken, day_first) if spoken else _of_iso(text)
    if not 1990 <= at.year <= 2100:
        raise ValueError("expected a time after 1990")
    return at


def _of_iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d)", "", text))
    except ValueError:
        raise ValueError("expected a time such as 2018-12-07T16:27:00+05:00") from None


def _of_serial(serial: float) -> datetime:
    if not _FIRST <= serial <= _LAST:
        raise ValueError("expected a time, or a spreadsheet's serial date after 1990")
    return _EXCEL_EPOCH + timedelta(seconds=round(serial * 86_400))


def _of_spoken(found: re.Match[str], day_first: bool | None) -> datetime:
    one, two, year = int(found[1]), int(found[2]), int(found[3])
    if max(one, two) <= 12 and one != two and day_first is None:
        raise ValueError("expected year-month-day; say which is the day (--dates dmy or mdy)")
    first = one > 12 or (two <= 12 and bool(day_first))
    day, month = (one, two) if first else (two, one)
    try:
        hour, minute, second = (int(v) for v in f"{found[4] or '0:00'}:00".split(":")[:3])
        if found[5]:
            if not 1 <= hour <= 12:
                raise ValueError
            hour = hour % 12 + 12 * (found[5] in "pP")
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise ValueError("expected an existing day and time") from None


def read_zone(text: str) -> tzinfo:
    """A time zone: ``+05:00``, ``UTC``, or a name such as ``Asia/Aqtau``.

    Raises:
        InputError: neither.
    """
    offset = _OFFSET.fullmatch(text.strip())
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    try:
        if text in _NO_PLACE:
            raise ValueError
        return UTC if text in ("UTC", "Z") else ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"time zone: expected +05:00, UTC or a name such as Asia/Aqtau, found {text!r}"
        ) from None


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """A time without zone in the one that the cameras were set to.

    Raises:
        InputError: clocks of that place showed it twice or never, as they were put back or forward.
    """
    found = at.replace(tzinfo=zone)
    if found.utcoffset() != found.replace(fold=1).utcoffset():
        raise InputError(
            f"{at.isoformat()}: clocks in {zone} showed it twice or never, for they were changed "
            "then; say what the cameras were set to as an offset, such as +05:00"
        )
    return found


def seconds_apart(a: datetime, b: datetime) -> float:
    """Seconds from ``a`` to ``b``; as the clocks stand where only one of them has a zone."""
    if (a.tzinfo is None) != (b.tzinfo is None):
        a, b = wall(a), wall(b)
    return (b - a).total_seconds()


def order_of(times: Iterable[datetime]) -> Callable[[datetime], datetime]:
    """The key that puts these in order: as clocks stand, unless every one of them has a zone."""
    zoned = all(at.tzinfo is not None for at in times)
    return (lambda at: at.astimezone(UTC)) if zoned else wall


def wall(at: datetime) -> datetime:
    """What the clock showed, without its zone."""
    return at.replace(tzinfo=None)


def seconds_of(at: datetime) -> float:
    """Seconds since 1970; of a time without zone as if it were UTC: a key, held against no zone."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
