"""Spreadsheets (.xlsx) going out. What a text says is never a formula in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Row = Mapping[str, object]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that a spreadsheet program takes for a formula."""


def write_sheets(file: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Row]]]) -> Path:
    """A workbook of these sheets (header and rows by name), written beside and renamed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook(write_only=True)
    for name, (columns, rows) in sheets.items():
        sheet: Any = book.create_sheet(name)
        sheet.append([_cell(sheet, column) for column in columns])
        for row in rows:
            sheet.append([_cell(sheet, row.get(column)) for column in columns])
    beside = file.with_name(f".{file.name}.part")
    try:
        book.save(beside)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file


def _cell(sheet: Any, value: object) -> object:
    """Numbers as they are; text as text, marked as such where it looks like a formula."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    return cell
