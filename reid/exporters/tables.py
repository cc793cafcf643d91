"""CSV files, written beside and renamed: a reader never sees half a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def write_rows(
    file: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    *,
    separator: str = ",",
) -> Path:
    """A table with a header in UTF-8; None and columns that a row lacks are empty."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter=separator, lineterminator="\n")
            writer.writerow(columns)
            for row in rows:
                cells = (row.get(column) for column in columns)
                writer.writerow(["" if cell is None else cell for cell in cells])
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file


def write_text(file: Path, text: str) -> Path:
    """A text file in UTF-8."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file
