"""Capture histories as strings of 0 and 1: RMark's .inp and an X matrix of CAPTURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reid.abundance import Capture, count_of, drawn, sides_of
from reid.exporters.contract import Writing, Written
from reid.exporters.evidence import evidence_of
from reid.exporters.histories import Histories, seasons_of
from reid.exporters.legal import legal_names
from reid.exporters.secr import as_drawn, unsure
from reid.exporters.tables import write_rows, write_text
from reid.survey import Survey

COLUMNS = ("session", "id", "individualID", "ch", "freq", "flanks")


class CaptureHistories:
    """``histories.csv`` and ``rmark.inp``; ``rmark-draw-N.inp`` have unsure sightings too.

    With several sessions ``rmark-SESSION.inp`` and ``rmark-SESSION-draw-N.inp``.
    """

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        found, evidence = seasons_of(survey, writing), evidence_of(survey)
        draws = drawn(found.captures, evidence, writing.draws, writing.seed)
        sides = sides_of(found.captures)
        legal, sessions = legal_names(sides), legal_names(part.session for part in found.parts)
        rows = [
            {
                "session": sessions[part.session],
                "id": legal[name],
                "individualID": name,
                "ch": ch,
                "freq": 1,
                "flanks": sides[name],
            }
            for part in found.parts
            for name, ch in strings(part.named, part).items()
        ]
        files = [write_rows(target / "histories.csv", COLUMNS, rows)]
        for part in found.parts:
            stem = "rmark" if len(found.parts) == 1 else f"rmark-{sessions[part.session]}"
            files += _inps(target, stem, part, draws)
        bounds = count_of(found.captures, evidence)
        return Written(tuple(files), (str(bounds), *found.notes, *unsure(bounds)))


def _inps(
    target: Path, stem: str, part: Histories, draws: Sequence[Mapping[str, str]]
) -> Iterator[Path]:
    yield write_text(target / f"{stem}.inp", _inp(strings(part.named, part)))
    digits = len(str(len(draws)))
    for number, draw in enumerate(draws, start=1):
        told = strings(as_drawn(part.captures, draw), part)
        yield write_text(target / f"{stem}-draw-{number:0{digits}d}.inp", _inp(told))


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
