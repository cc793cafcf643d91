"""Input of the R package secr: captures, detectors with usage, and the uncertainty of identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reid.abundance import Capture, Count, count_of, drawn, sides_of
from reid.exporters.contract import Writing, Written
from reid.exporters.evidence import evidence_of
from reid.exporters.histories import Histories, Seasons, seasons_of
from reid.exporters.legal import legal_names
from reid.exporters.metres import projected
from reid.exporters.tables import write_rows, write_text
from reid.survey import Survey

SETS = ("both", "left", "right")
NOBODY = "NONE"
"""What secr takes for the animal of a session in which none was caught."""
Names = Mapping[str, str]
SPIM = ("session", "id", "known", "occasion", "detector", "flanks")
STATIONS = ("detector", "station", "x", "y", "cameras")


class SecrFiles:
    """``captures.txt`` and ``traps.txt`` for read.capthist(..., detector = "count").

    One ``traps-SESSION.txt`` each where there are several sessions. ``captures-left.txt`` and so
    on hold those known by one flank alone, ``spim.csv`` every capture with the flanks that it
    shows, for models of partial identity; ``captures-draw-N.txt`` one way each in which unsure
    sightings may fall. ``read-secr.R`` reads them.
    """

    def write(self, survey: Survey, target: Path, writing: Writing) -> Written:
        """As `Exporter.write`."""
        found, evidence = seasons_of(survey, writing), evidence_of(survey)
        draws = drawn(found.captures, evidence, writing.draws, writing.seed)
        stations = legal_names(found.stations)
        sessions = legal_names(part.session for part in found.parts)
        metres, crs = projected(found.stations, writing.crs)
        files = list(_traps(target, found, stations, sessions, metres, crs))
        traps = [file.name for file in files]
        sides = sides_of(found.captures)
        sets = _sets(found.captures, sides, draws)
        names = legal_names(
            {one.individual for own in sets.values() for one in own}, reserved=(NOBODY,)
        )
        for suffix, captures in sets.items():
            told = _captures(captures, found.parts, names, stations, sessions)
            files.append(write_text(target / f"captures{suffix}.txt", told))
        files.append(_who(target, names, sides))
        files.append(_where(target, found, stations, metres))
        files.append(_spim(target, found, names, stations, sessions, sides))
        bounds = count_of(found.captures, evidence)
        files.append(write_text(target / "alive.txt", f"{bounds}\n"))
        files.append(_script(target, found.parts, sessions, traps, len(draws)))
        notes = (f"positions are in metres of {crs}", str(bounds), *found.notes, *unsure(bounds))
        return Written(tuple(files), notes)


def _sets(
    captures: Sequence[Capture], sides: Names, draws: Sequence[Names]
) -> dict[str, list[Capture]]:
    """By what is added to the name of the file: named animals, by flank, and the draws."""
    named = [one for one in captures if one.individual]
    sets = {"": named}
    for kind in SETS:
        sets[f"-{kind}"] = [one for one in named if sides[one.individual] == kind]
    digits = len(str(len(draws)))
    for number, draw in enumerate(draws, start=1):
        sets[f"-draw-{number:0{digits}d}"] = as_drawn(captures, draw)
    return sets


def as_drawn(captures: Sequence[Capture], draw: Names) -> list[Capture]:
    """The captures with the unnamed ones as a draw has them."""
    return [
        one if one.individual else replace(one, individual=draw.get(one.sighting, one.sighting))
        for one in captures
    ]


def unsure(bounds: Count) -> tuple[str, ...]:
    """A sentence where a bare count would mislead."""
    if bounds.least == bounds.most:
        return ()
    return (
        f"abundance from the named animals alone may be wrong by {bounds.least - bounds.most:+d} "
        f"animals: fit the draws, or the sets of one flank, beside it",
    )


def _traps(
    target: Path,
    found: Seasons,
    stations: Names,
    sessions: Names,
    metres: Mapping[str, tuple[float, float]],
    crs: str,
) -> Iterable[Path]:
    """Detector, x, y, and the days of effort in each occasion; a file a session."""
    for part in found.parts:
        lines = [f"# detector x y usage in days of {part.occasions} occasions; metres of {crs}"]
        for name, effort in part.usage.items():
            x, y = metres[name]
            usage = " ".join(f"{days:g}" for days in effort)
            lines.append(f"{stations[name]} {x:.1f} {y:.1f} {usage}")
        suffix = "" if len(found.parts) == 1 else f"-{sessions[part.session]}"
        yield write_text(target / f"traps{suffix}.txt", "\n".join(lines) + "\n")


def _captures(
    captures: Sequence[Capture],
    parts: Iterable[Histories],
    names: Names,
    stations: Names,
    sessions: Names,
) -> str:
    """A line a capture; in a session without any the one by which secr knows that."""
    lines = ["# session id occasion detector"]
    for part in parts:
        session, inside = sessions[part.session], [one for one in captures if part.holds(one)]
        lines += [
            f"{session} {names[one.individual]} {part.occasion(one)} {stations[one.station]}"
            for one in inside
        ]
        if not inside:
            lines.append(f"{session} {NOBODY} {part.occasions} {stations[min(part.usage)]}")
    return "\n".join(lines) + "\n"


def _who(target: Path, names: Names, sides: Names) -> Path:
    rows = [
        {"id": legal, "individualID": name, "flanks": sides.get(name, "")}
        for name, legal in names.items()
    ]
    return write_rows(target / "individuals.csv", ("id", "individualID", "flanks"), rows)


def _where(
    target: Path, found: Seasons, stations: Names, metres: Mapping[str, tuple[float, float]]
) -> Path:
    rows = [
        {
            "detector": stations[name],
            "station": name,
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "cameras": found.cameras[name],
        }
        for name, (x, y) in metres.items()
    ]
    return write_rows(target / "stations.csv", STATIONS, rows)


def _spim(
    target: Path, found: Seasons, names: Names, stations: Names, sessions: Names, sides: Names
) -> Path:
    """Captures of named animals with how the animal is known and which flanks each shows."""
    rows = [
        {
            "session": sessions[part.session],
            "id": names[one.individual],
            "known": sides[one.individual],
            "occasion": part.occasion(one),
            "detector": stations[one.station],
            "flanks": "both" if len(one.sides) == 2 else next(iter(one.sides), "unknown"),
        }
        for part in found.parts
        for one in part.captures
        if one.individual
    ]
    return write_rows(target / "spim.csv", SPIM, rows)


def _script(
    target: Path, parts: Sequence[Histories], sessions: Names, traps: Sequence[str], draws: int
) -> Path:
    """How to read the files: the occasions have to be said, the last ones may be empty."""
    listed = ", ".join(f'"{name}"' for name in traps)
    occasions = ", ".join(str(part.occasions) for part in parts)
    order = ", ".join(sessions[part.session] for part in parts)
    digits = len(str(draws))
    lines = [
        "library(secr)",
        f"# sessions: {order}; a detection counts once a passage, usage is in days",
        f"traps <- c({listed})",
        f"occasions <- c({occasions})",
        'read <- function(captures) read.capthist(captures, traps, detector = "count",',
        '  fmt = "trapID", noccasions = occasions, binary.usage = FALSE)',
        'named <- read("captures.txt")',
    ]
    if draws:
        lines += [
            "# fit each, and take the spread of the estimates beside their standard errors",
            f'draws <- lapply(sprintf("captures-draw-%0{digits}d.txt", 1:{draws}), read)',
        ]
    return write_text(target / "read-secr.R", "\n".join(lines) + "\n")
