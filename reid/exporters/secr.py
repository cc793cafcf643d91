"""Input of the R package secr: captures, detectors with usage, and the uncertainty of identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reid.exporters.alive import Alive, alive, drawn, sides_of
from reid.exporters.contract import Writing, Written
from reid.exporters.evidence import evidence_of
from reid.exporters.histories import Histories, histories_of
from reid.exporters.legal import legal_names
from reid.exporters.metres import projected
from reid.exporters.passages import Capture
from reid.exporters.tables import write_rows, write_text
from reid.survey import Survey

SESSION = "1"
SETS = ("both", "left", "right")


class SecrFiles:
    """``captures.txt`` and ``traps.txt`` for read.capthist(..., detector = "count").

    ``captures-left.txt`` and so on hold those known by one flank alone, for models of partial
    identity; ``captures-draw-N.txt`` one way each in which unsure sightings may fall.
    """

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        found = histories_of(survey, writing.species, writing.occasion_days)
        draws = drawn(found.captures, evidence_of(survey), writing.draws, writing.seed)
        stations = legal_names(found.stations)
        text, crs = _traps(found, stations, writing.crs)
        files = [write_text(target / "traps.txt", text)]
        names = legal_names(_everybody(found.captures, draws))
        sides = sides_of(found.captures)
        sets = {"": found.named} | {
            f"-{kind}": [c for c in found.named if sides[c.individual] == kind] for kind in SETS
        }
        digits = len(str(len(draws)))
        sets |= {
            f"-draw-{number:0{digits}d}": as_drawn(found.captures, draw)
            for number, draw in enumerate(draws, start=1)
        }
        for suffix, captures in sets.items():
            told = _captures(captures, found, names, stations)
            files.append(write_text(target / f"captures{suffix}.txt", told))
        files.append(_who(target, names, sides))
        bounds = alive(found.captures, draws)
        files.append(write_text(target / "alive.txt", f"{bounds}\n"))
        notes = (f"positions are in metres of {crs}", str(bounds), *found.notes, *unsure(bounds))
        return Written(tuple(files), notes)


def as_drawn(captures: Sequence[Capture], draw: Mapping[str, str]) -> list[Capture]:
    """The captures with the unnamed ones as a draw has them."""
    return [
        one if one.individual else replace(one, individual=draw.get(one.sighting, one.sighting))
        for one in captures
    ]


def unsure(bounds: Alive) -> tuple[str, ...]:
    """A sentence where a bare count would mislead."""
    if bounds.least == bounds.most:
        return ()
    return (
        f"abundance from the named animals alone may be wrong by {bounds.least - bounds.most:+d} "
        f"animals: fit the draws, or the sets of one flank, beside it",
    )


def _everybody(captures: Sequence[Capture], draws: Iterable[Mapping[str, str]]) -> set[str]:
    new = {who for draw in draws for who in draw.values()}
    return {one.individual for one in captures if one.individual} | new


def _traps(found: Histories, stations: Mapping[str, str], crs: str) -> tuple[str, str]:
    """Detector, x, y, and the days of effort in each occasion."""
    metres, code = projected(found.stations, crs)
    lines = [f"# detector x y usage in days of {found.occasions} occasions; metres of {code}"]
    for name, (x, y) in metres.items():
        usage = " ".join(f"{days:g}" for days in found.usage[name])
        lines.append(f"{stations[name]} {x:.1f} {y:.1f} {usage}")
    return "\n".join(lines) + "\n", code


def _captures(
    captures: Iterable[Capture],
    found: Histories,
    names: Mapping[str, str],
    stations: Mapping[str, str],
) -> str:
    lines = ["# session id occasion detector"]
    lines += [
        f"{SESSION} {names[one.individual]} {found.occasion(one)} {stations[one.station]}"
        for one in captures
    ]
    return "\n".join(lines) + "\n"


def _who(target: Path, names: Mapping[str, str], sides: Mapping[str, str]) -> Path:
    rows = [
        {"id": legal, "individualID": name, "flanks": sides.get(name, "")}
        for name, legal in names.items()
    ]
    return write_rows(target / "individuals.csv", ("id", "individualID", "flanks"), rows)
