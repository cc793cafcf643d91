"""Capture histories as strings of 0 and 1: RMark's .inp and an X matrix of CAPTURE."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reid.exporters.alive import alive, drawn, sides_of
from reid.exporters.contract import Writing, Written
from reid.exporters.evidence import evidence_of
from reid.exporters.histories import Histories, histories_of
from reid.exporters.legal import legal_names
from reid.exporters.passages import Capture
from reid.exporters.secr import as_drawn, unsure
from reid.exporters.tables import write_rows, write_text
from reid.survey import Survey

COLUMNS = ("id", "individualID", "ch", "freq", "flanks")


class CaptureHistories:
    """``histories.csv`` and ``rmark.inp``; ``rmark-draw-N.inp`` have unsure sightings too."""

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        found = histories_of(survey, writing.species, writing.occasion_days)
        draws = drawn(found.captures, evidence_of(survey), writing.draws, writing.seed)
        sides, told = sides_of(found.captures), strings(found.named, found)
        legal = legal_names(told)
        rows = [
            {"id": legal[n], "individualID": n, "ch": ch, "freq": 1, "flanks": sides[n]}
            for n, ch in told.items()
        ]
        files = [write_rows(target / "histories.csv", COLUMNS, rows)]
        files.append(write_text(target / "rmark.inp", _inp(told)))
        digits = len(str(len(draws)))
        for number, draw in enumerate(draws, start=1):
            drawn_ones = strings(as_drawn(found.captures, draw), found)
            name = f"rmark-draw-{number:0{digits}d}.inp"
            files.append(write_text(target / name, _inp(drawn_ones)))
        bounds = alive(found.captures, draws)
        return Written(tuple(files), (str(bounds), *found.notes, *unsure(bounds)))


def strings(captures: Iterable[Capture], found: Histories) -> dict[str, str]:
    """By animal: 1 in each occasion in which it was caught anywhere."""
    caught: dict[str, set[int]] = {}
    for one in captures:
        caught.setdefault(one.individual, set()).add(found.occasion(one))
    places = range(1, found.occasions + 1)
    return {
        name: "".join("1" if k in seen else "0" for k in places)
        for name, seen in sorted(caught.items())
    }


def _inp(told: dict[str, str]) -> str:
    names = legal_names(told)
    return "".join(f"/* {names[name]} */ {ch} 1;\n" for name, ch in told.items())
