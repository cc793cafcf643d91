"""What counts and report need of the tables' rows, kept while the rows pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

MOST_ROWS = 400
"""Of each list of the report; the tables have all."""
Row = dict[str, Any]


@dataclass(slots=True)
class FirstRows:
    """The first rows of a list, and how many there were."""

    rows: list[Row] = field(default_factory=list)
    count: int = 0

    def add(self, row: Row) -> None:
        """One more."""
        self.count += 1
        if len(self.rows) < MOST_ROWS:
            self.rows.append(row)


@dataclass(slots=True)
class Tally:
    """``wanted`` are sightings whose rows the report shows: ``rows`` has those and no others."""

    wanted: set[str]
    rows: dict[str, Row] = field(default_factory=dict)
    sightings: int = 0
    with_leopard: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    media: Counter[str] = field(default_factory=Counter)
    errors: FirstRows = field(default_factory=FirstRows)
    apart: FirstRows = field(default_factory=FirstRows)
    disputed: FirstRows = field(default_factory=FirstRows)
    bad: FirstRows = field(default_factory=FirstRows)

    def of_sightings(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they come, counted."""
        for row in rows:
            self.sightings += 1
            self.with_leopard += bool(row.get("proposal"))
            self.answers[row["answer"]] += 1
            if row["sighting"] in self.wanted:
                self.rows[row["sighting"]] = row
            if row["answer"] == "error":
                self.errors.add(row)
            if row["note"]:
                self.apart.add(row)
            if ";" in row["times"]:
                self.disputed.add(row)
            yield row

    def of_media(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they come, counted."""
        for row in rows:
            self.media[row["state"]] += 1
            if row["state"] == "bad":
                self.bad.add(row)
            yield row
