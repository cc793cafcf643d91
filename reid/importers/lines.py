"""Tables as they are met: any encoding, any separator, a line at a time."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from reid.errors import TableError
from reid.survey import Problems
from reid.survey.licences import COLUMNS, spdx_of, unknown
from reid.survey.moments import read_time
from reid.survey.records import UNREAD, RelativeBox

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CARRIAGE = re.compile(r"(?<=\r)(?!\n)(?=.)", re.DOTALL)
"""Where a line ends that an old spreadsheet of a Mac wrote."""
CELL_CHARS = 1 << 24
EMPTY = {"", "nan", "na", "n/a", "null", "none"}
"""What tables write where there is nothing; compared without case."""


@dataclass(slots=True)
class Line:
    """One line of a table: ``cells`` by column as the header writes it, stripped.

    What is asked for and cannot be understood is noted, and kept under ``unread:COLUMN``.
    ``names``: what the table calls a column that is asked for by another name, in messages.
    """

    file: str
    number: int
    cells: dict[str, str]
    problems: Problems
    day_first: bool | None = None
    unread: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    names: Mapping[str, str] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)

    def text(self, column: str) -> str:
        """The cell; "" where there is none or it says that there is nothing."""
        self.asked.add(column)
        found = self.cells.get(column, "")
        return "" if found.lower() in EMPTY else found

    def refuse(self, column: str, expected: str) -> None:
        """Note that a cell does not hold what was expected, and keep it unread."""
        found = self.cells.get(column, "")
        self.note(column, expected, found)
        if found:
            self.unread[UNREAD + self.names.get(column, column)] = found

    def note(self, column: str, expected: str, found: str = "") -> None:
        """Note something about a cell that is taken all the same."""
        self.problems.add(self.file, self.number, self.names.get(column, column), expected, found)

    def number_in(
        self, column: str, least: float = -math.inf, most: float = math.inf
    ) -> float | None:
        """A number within limits, or None; 48,5 is 48.5."""
        written = self.text(column)
        if not written:
            return None
        try:
            value = float(written.replace(",", ".") if "." not in written else written)
        except ValueError:
            value = math.nan
        if least <= value <= most and math.isfinite(value):
            return value
        limits = f" from {least:g} to {most:g}" if math.isfinite(least) else ""
        self.refuse(column, f"expected a number{limits}")
        return None

    def written_box(self, column: str, unit: str) -> RelativeBox | None:
        """``[x, y, width, height]`` as JSON, in the ``unit`` that messages name, or None."""
        written = self.text(column)
        if not written:
            return None
        try:
            x, y, width, height = (float(value) for value in json.loads(written))
        except (ValueError, TypeError, OverflowError):
            self.refuse(column, f"expected [x, y, width, height] in {unit}")
            return None
        return x, y, width, height

    def time(self, column: str) -> datetime | None:
        """A time as written, or None; one without zone is noted."""
        written = self.text(column)
        if not written:
            return None
        try:
            at = read_time(written, day_first=self.day_first)
        except ValueError as error:
            self.refuse(column, str(error))
            return None
        if written[:4] != f"{at:%Y}":
            self.note(
                column, "read as year-month-day; check that this is meant", f"{written} = {at}"
            )
        if at.tzinfo is None:
            self.note(column, "no time zone; taken as local time")
        return at

    def licence(self, column: str = "") -> str:
        """A licence as SPDX: of ``column``, or of the first that is called one; "" without.

        The cell is no less kept for that. One that no list knows is noted.
        """
        found = column or next((name for name in self.cells if name.lower() in COLUMNS), "")
        written = self.cells.get(found, "")
        licence = "" if written.lower() in EMPTY else spdx_of(written)
        if unknown(licence) and licence != written and found not in self.noted:
            self.noted.add(found)  # files and observations of one row ask alike
            told = f"expected an SPDX licence such as CC-BY-4.0; kept as {licence}"
            self.note(found, told, written)
        return licence

    def word(self, column: str, known: Collection[str]) -> str:
        """One of the known words, or ""; case does not count."""
        written = self.text(column)
        found = next((word for word in known if word.lower() == written.lower()), "")
        if written and not found:
            self.refuse(column, f"expected one of {', '.join(known)}")
        return found

    def rest(self) -> dict[str, str]:
        """Everything that was not asked for, and what was not understood."""
        left = {name: cell for name, cell in self.cells.items() if name not in self.asked and cell}
        return left | self.unread


def read_lines(
    open_file: Callable[[], BinaryIO],
    file: str,
    problems: Problems,
    *,
    required: Sequence[str] = (),
    day_first: bool | None = None,
) -> Iterator[Line]:
    """The lines of a CSV table (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252).

    ``required`` columns that are missing are noted once.

    Raises:
        TableError: no header, two columns of one name, or no text at all.
    """
    csv.field_size_limit(CELL_CHARS)
    with open_file() as stream:
        text = _decoded(stream, file, problems)
        first = next(text, "")
        reader = csv.reader(_again(first, text), delimiter=max(",;\t", key=first.count))
        try:
            header = [name.strip() for name in next(reader, [])]
        except csv.Error as error:
            raise TableError(f"{file}: expected a CSV table: {error}") from error
        _check_header(header, file, problems, required)
        yield from _lines(reader, header, file, problems, day_first)


def _lines(
    reader: Iterator[list[str]],
    header: list[str],
    file: str,
    problems: Problems,
    day_first: bool | None,
) -> Iterator[Line]:
    while True:
        number = getattr(reader, "line_num", 0) + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(file, number, "", f"expected CSV: {error}; the line is passed over")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            problems.add(file, number, "", f"expected {len(header)} cells", f"{len(row)} cells")
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if name}
        cells |= {f"cell {k + 1}": row[k] for k in range(len(header), len(row)) if row[k].strip()}
        yield Line(file, number, cells, problems, day_first)


def _decoded(stream: BinaryIO, file: str, problems: Problems) -> Iterator[str]:
    """Lines of text; each is UTF-8 if it can be, else Windows-1252, and that is noted."""
    pending, number = stream.readline(), 0
    if pending[:2] in _UTF16:
        whole = (pending + stream.read()).decode("utf-16", errors="replace")
        yield from whole.splitlines(keepends=True)
        return
    while pending:
        number += 1
        try:
            text = pending.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            problems.add(file, number, "", "expected UTF-8; read as Windows-1252: check accents")
            text = pending.decode("cp1252", errors="replace")
        yield from _CARRIAGE.split(text) if "\r" in text else (text,)
        pending = stream.readline()


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _check_header(
    header: list[str], file: str, problems: Problems, required: Sequence[str]
) -> None:
    if not any(header):
        raise TableError(f"{file}: expected a table with a header, found an empty file")
    twice = {name for name in header if name and header.count(name) > 1}
    if twice:
        raise TableError(
            f"{file}: expected each column once, found {', '.join(sorted(twice))} more"
        )
    for name in required:
        if name not in header:
            near = [h for h in header if h.lower().replace("_", "") == name.lower()]
            hint = f"{', '.join(header)[:200]}" if not near else f"{near[0]}: rename it"
            problems.add(file, 1, name, "expected this column", hint)
