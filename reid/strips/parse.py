"""From lines of text in a strip to time, temperature and camera. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reid.types import StripReading

SURE = 0.8
"""Lines that were read less surely than this tell nothing: foliage is read as letters too."""

LEAST_LETTERS = 3
YEARS = range(1990, 2100)
COLDEST_C, HOTTEST_C = -60, 80
_CLOCK = r"\D{0,3}(\d{1,2})\s?[:;]\s?(\d\d)(?:\s?[:;]\s?(\d\d))?\s*([AP]M\b)?"
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)([-/.])(\d\d)\2(\d\d)" + _CLOCK, re.IGNORECASE)
_YEAR_LAST = re.compile(r"(\d\d)([-/.])(\d\d)\2((?:19|20)\d\d)" + _CLOCK, re.IGNORECASE)
_DEGREES = re.compile(r"([-+]?\d{1,3})\s*°?\s*(℃|℉|[CF](?![A-Za-z]))")
_MAKERS = {"reconyx", "bushnell", "browning", "moultrie", "cuddeback", "stealthcam"}


@dataclass(frozen=True, slots=True)
class Line:
    """Text as it was read, and how surely, 0 to 1."""

    text: str
    score: float = 1.0


def reading_of(
    lines: Sequence[Line], *, near: datetime | None = None, day_first: bool | None = None
) -> StripReading | None:
    """What the lines say; None where nothing was read surely.

    04/12/2015 is April or December: ``day_first`` says which, else the one whose day is that of
    ``near`` (what EXIF says), else, unless only one of them is a day, none: a time is never
    guessed.
    """
    sure = [_clean(line.text) for line in lines if line.score >= SURE]
    texts = [text for text in sure if text]
    found = [_moment(text, near, day_first) for text in texts]
    moments = [one for one in found if one[0] is not None]
    rest = [text for _, text, _ in found]
    degrees = next((c for text in rest if (c := _celsius(text)) is not None), None)
    told = any(m is not None or t != text for (m, t, _), text in zip(found, texts, strict=True))
    if not (told or degrees is not None):
        return None
    at, _, to_the_minute = moments[0] if moments else (None, "", False)
    return StripReading(tuple(texts), at, to_the_minute, degrees, _camera(rest))


def _clean(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip()


def _moment(
    text: str, near: datetime | None, day_first: bool | None
) -> tuple[datetime | None, str, bool]:
    """The time in a line, the line without it, and whether it has no seconds."""
    match = _YEAR_FIRST.search(text)
    if match:
        year, _, month, day = match.groups()[:4]
        dates = [(int(year), int(month), int(day))]
    else:
        match = _YEAR_LAST.search(text)
        if match is None:
            return None, text, False
        one, _, two, year = match.groups()[:4]
        orders = [(int(one), int(two)), (int(two), int(one))]  # month first, day first
        chosen = orders if day_first is None else [orders[day_first]]
        dates = [(int(year), month, day) for month, day in chosen]
    hour, minute, second, half = match.groups()[4:]
    clock = _hour(int(hour), half), int(minute), int(second or 0)
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
    days = {d for date in dates if (d := _real(date, clock)) is not None}
    if len(days) > 1 and near is not None:
        days = {d for d in days if d.date() == near.date()}
    return (days.pop() if len(days) == 1 else None), rest, second is None


def _real(date: tuple[int, int, int], clock: tuple[int, int, int]) -> datetime | None:
    try:
        return datetime(*date, *clock) if date[0] in YEARS else None
    except ValueError:
        return None


def _hour(hour: int, half: str | None) -> int:
    """Cameras write 12:09 PM at noon; some write PM after 13:00 as well."""
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half.upper() == "PM" else 0)


def _celsius(text: str) -> int | None:
    """Degrees; Celsius where both are there."""
    found = {unit: int(number) for number, unit in _DEGREES.findall(text)}
    for unit in ("℃", "C"):
        if unit in found:
            return _sane(found[unit])
    for unit in ("℉", "F"):
        if unit in found:
            return _sane(round((found[unit] - 32) * 5 / 9))
    return None


def _sane(degrees: int) -> int | None:
    return degrees if COLDEST_C <= degrees <= HOTTEST_C else None


def _camera(rest: Sequence[str]) -> str | None:
    """What is left in the strip and is no maker's name: most likely the camera's."""
    words = [w for text in rest for w in _DEGREES.sub(" ", text).split() if _is_name(w)]
    return " ".join(words) or None


def _is_name(word: str) -> bool:
    letters = sum(c.isalnum() for c in word)
    return letters >= LEAST_LETTERS and word.lower().strip("'.") not in _MAKERS
