"""What was odd in a source: each with file, row and column; the rest goes on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MOST_OF_A_KIND = 100
"""A table of a million rows may have a million of one kind: as many are kept, all are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``row`` counts lines of the file from 1 (0: the whole file); ``column`` may be ""."""

    file: str
    row: int
    column: str
    expected: str
    found: str = ""

    def __str__(self) -> str:
        row = f", row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        found = f", found {self.found!r}" if self.found else ""
        return f"{self.file}{row}{column}: {self.expected}{found}"


class Problems:
    """A list that does not grow without bound."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, file: str, row: int, column: str, expected: str, found: str = "") -> None:
        """Note one; beyond 100 of a kind they are only counted."""
        kind = file, column, expected
        self.counts[kind] += 1
        if self.counts[kind] <= MOST_OF_A_KIND:
            self.kept.append(Problem(file, row, column, expected, found[:80]))

    def __len__(self) -> int:
        return self.counts.total()

    @property
    def unlisted(self) -> int:
        """How many were counted without being kept."""
        return len(self) - len(self.kept)
