"""Sessions: times in which a population is taken as closed, each estimated by itself."""

from __future__ import annotations

import csv
import itertools
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reid.errors import InputError

ALL = "1"
YEAR = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A session from its first day to its last, both in it."""

    name: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day is in it."""
        return self.first <= day <= self.last


def spans_of(first: date, last: date, months: int, told: tuple[Span, ...] = ()) -> list[Span]:
    """The sessions between two days, cut to these days, by name.

    ``told`` as they are; else calendar times of ``months``, counted from January of the first
    year: "2018" for twelve, "2018-07" by their first month for others; 0: one for all.
    """
    found = list(told) if told else [Span(ALL, first, last)]
    if months and not told:
        found = _calendar(first, last, months)
    cut = [Span(one.name, max(one.first, first), min(one.last, last)) for one in found]
    return sorted((one for one in cut if one.first <= one.last), key=lambda one: one.name)


def _calendar(first: date, last: date, months: int) -> list[Span]:
    found, start = [], date(first.year, 1, 1)
    while start <= last:
        after = _later(start, months)
        name = f"{start:%Y}" if months == YEAR else f"{start:%Y-%m}"
        found.append(Span(name, start, date.fromordinal(after.toordinal() - 1)))
        start = after
    return found


def _later(day: date, months: int) -> date:
    count = day.year * YEAR + day.month - 1 + months
    return date(count // YEAR, count % YEAR + 1, 1)


def read_spans(file: Path) -> tuple[Span, ...]:
    """Sessions from a table with the columns name, start and end (YYYY-MM-DD).

    Raises:
        InputError: no such table, a column or date that is not one, or sessions that overlap.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: expected a CSV table of sessions: {error}") from error
    if not rows or not {"name", "start", "end"} <= set(rows[0]):
        raise InputError(f"{file}: expected the columns name, start, end and a row a session")
    found = tuple(_span(file, number, row) for number, row in enumerate(rows, start=2))
    order = sorted(found, key=lambda one: one.first)
    for one, after in itertools.pairwise(order):
        if after.first <= one.last:
            raise InputError(f"{file}: expected sessions apart, found {one.name} in {after.name}")
    if len({one.name for one in found}) < len(found):
        raise InputError(f"{file}: expected a name for each session, found one twice")
    return found


def _span(file: Path, number: int, row: dict[str, str]) -> Span:
    days = [_day(file, number, column, row[column]) for column in ("start", "end")]
    if not row["name"].strip():
        raise InputError(f"{file}: row {number}, column name: expected a name, found none")
    if days[0] > days[1]:
        raise InputError(f"{file}: row {number}: expected an end after the start")
    return Span(row["name"].strip(), *days)


def _day(file: Path, number: int, column: str, text: str | None) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise InputError(
            f"{file}: row {number}, column {column}: expected a day such as 2018-09-29, "
            f"found {text!r}"
        ) from None
