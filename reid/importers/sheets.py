"""Spreadsheets (.xlsx) as lines of text. Nothing in them is ever computed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from reid.errors import TableError
from reid.importers.lines import Line, read_lines
from reid.survey import Problems

SUFFIXES = (".xlsx", ".xlsm")
TABLES = (*SUFFIXES, ".csv", ".tsv", ".txt")
MOST_BYTES = 64_000_000
"""Of the unpacked file: a workbook is held in memory, at some ten times that."""
FIRST_ROWS = 20
"""How far down a header is looked for, below titles and notes."""
Fits = Callable[[Sequence[str]], bool]
"""Whether a row is the header."""


def table_lines(
    path: Path, problems: Problems, fits: Fits, *, day_first: bool | None = None
) -> Iterator[Line]:
    """The lines of a CSV table, or of every sheet that has a fitting header.

    Raises:
        TableError: it cannot be read, or no sheet has one.
    """
    if path.suffix.lower() not in SUFFIXES:
        yield from read_lines(lambda: path.open("rb"), path.name, problems, day_first=day_first)
        return
    book = _Book(path)
    sheets = [(sheet, _header(sheet, fits)) for sheet in book.formulas.worksheets]
    if not any(row for _, row in sheets):
        raise TableError(f"{path.name}: expected a header among the first {FIRST_ROWS} rows")
    for sheet, row in sheets:
        if row:
            yield from _lines(book, sheet, row, problems, day_first)
        elif sheet.max_row > 1:
            told = "expected a header that is known; the sheet is passed over"
            problems.add(_called(path, sheet), 0, "", told)


def first_header(path: Path, fits: Fits) -> list[str]:
    """The first fitting header of a table, [] where there is none; for looking, so never raises."""
    try:
        if path.suffix.lower() in SUFFIXES:
            for sheet in _Book(path).formulas.worksheets:
                row = _header(sheet, fits)
                if row:
                    return [_text(cell.value) for cell in sheet[row]]
            return []
        with path.open("rb") as file:
            start = file.read(1 << 16)
        lines = read_lines(lambda: BytesIO(start), path.name, Problems())
        found = next(lines, None)
        return list(found.cells) if found and fits(list(found.cells)) else []
    except (TableError, OSError):
        return []


class _Book:
    """A workbook with its formulas, and the results stored beside them once they are needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_size(path)
        self.formulas = self._load(results=False)
        self._results: Any = None

    def result(self, cell: Any) -> Any:
        """What the spreadsheet program stored as a formula's result, or None."""
        if self._results is None:
            self._results = self._load(results=True)
        return self._results[cell.parent.title][cell.coordinate].value

    def _load(self, *, results: bool) -> Any:
        try:
            return load_workbook(self.path, data_only=results, keep_links=False)
        except (InvalidFileException, zipfile.BadZipFile, OSError) as error:
            raise TableError(f"{self.path.name}: expected a workbook (.xlsx): {error}") from error
        except Exception as error:  # openpyxl lets out whatever XML and styles bring
            raise TableError(
                f"{self.path.name}: expected a workbook, found a damaged one "
                f"({type(error).__name__}); save it again, or as CSV"
            ) from error


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise TableError(f"{path.name}: expected a workbook (.xlsx): {error}") from error
    if size > MOST_BYTES:
        raise TableError(
            f"{path.name}: expected a workbook of at most {MOST_BYTES // 1_000_000} MB unpacked, "
            f"found {size // 1_000_000}; save its sheets as CSV"
        )


def _header(sheet: Worksheet, fits: Fits) -> int:
    """The row number of the header; 0 where there is none."""
    for cells in sheet.iter_rows(max_row=FIRST_ROWS):
        if fits([_text(cell.value) for cell in cells]):
            return cells[0].row or 0
    return 0


def _lines(
    book: _Book, sheet: Worksheet, head: int, problems: Problems, day_first: bool | None
) -> Iterator[Line]:
    file = _called(book.path, sheet)
    header = [_text(cell.value) for cell in sheet[head]]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise TableError(f"{file}: expected each column once, found {', '.join(twice)} more")
    merged = _merged(sheet)
    for cells in sheet.iter_rows(min_row=head + 1):
        line = Line(file, cells[0].row or 0, {}, problems, day_first)
        for name, cell in zip(header, cells, strict=False):
            if name:
                line.cells[name] = _read(cell, name, line, book, merged)
        if any(line.cells.values()):
            yield line


def _read(
    cell: Cell | MergedCell, name: str, line: Line, book: _Book, merged: dict[str, Any]
) -> str:
    if isinstance(cell, MergedCell):
        first = merged[cell.coordinate]
        if first.column != cell.column:
            return ""
        line.note(name, f"a merged cell: taken as {first.coordinate}, its first")
        cell = first
    if cell.data_type == "f":
        value = book.result(cell)
        told = "a formula, never computed here; its stored result is taken"
        line.note(
            name, told if value is not None else f"{told}, and there is none", str(cell.value)
        )
        return _text(value)
    if cell.data_type == "e":
        line.note(name, "the spreadsheet's error; taken as empty", str(cell.value))
        return ""
    return _text(cell.value)


def _merged(sheet: Worksheet) -> dict[str, Any]:
    """The first cell of a merged range, by the coordinate of each of the range's cells."""
    found = {}
    for area in sheet.merged_cells.ranges:
        first = sheet.cell(area.min_row, area.min_col)
        for row, column in area.cells:
            found[sheet.cell(row, column).coordinate] = first
    return found


def _text(value: Any) -> str:
    """A cell as a CSV table would have it; dates as ISO 8601, to the second."""
    if value is None:
        return ""
    if isinstance(value, datetime):  # floats of days: 16:27:00 is stored a few microseconds off
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _called(path: Path, sheet: Worksheet) -> str:
    return f"{path.name}[{sheet.title}]"
