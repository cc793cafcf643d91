"""From the files of an archive to sightings: who was seen where and when, once. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import PurePosixPath

from reid.events.clocks import Clock, station_clocks
from reid.events.triggers import Numbered, Shot, unbroken

MOST_MEDIA = 200
"""More files than this in a row are told apart as several sightings: memory is bounded."""

_UNFIT = re.compile(r"[/\\?#%\x00-\x1f\x7f]")
NO_TIME = "no time in the file: it stands alone"
NO_STATION = "no station is known: only pictures of one camera are put together"
APART = "the clock of camera {camera} cannot be checked against {reference}: kept apart"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that can be used: ``position`` is its number in the archive.

    ``sighting`` is the id that the source gives, or ""; ``name`` is the file's, for ids of
    sightings that have neither a station nor a time; ``numbered`` is how the camera counts.
    """

    position: int
    sha256: str
    station: str | None = None
    camera: str | None = None
    at: datetime | None = None
    sighting: str = ""
    name: str = ""
    numbered: Numbered | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A sighting to be: the files by position, and the time on each clock that matters.

    ``offsets_s`` is taken from the times of a camera's pictures to bring them to one clock.
    """

    id: str
    station: str | None
    positions: tuple[int, ...]
    times: tuple[tuple[datetime, str], ...] = ()
    offsets_s: tuple[tuple[str, float], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All sightings in the order of their files, the clocks by station, copies by their original.

    ``copies``: position of a file that is the same as one before, and of that one.
    """

    sightings: tuple[Planned, ...]
    clocks: tuple[tuple[str, Clock], ...]
    copies: tuple[tuple[int, int], ...]


def plan_sightings(files: Iterable[Seen], gap_s: float) -> Plan:
    """Put files together that show one passage.

    What the source calls one sighting is one. Else the pictures of a station, with its cameras'
    clocks brought together where that can be done, are cut where nothing happened for ``gap_s``
    and no camera numbers the pictures before and after as one trigger.
    """
    originals, copies = _without_copies(files)
    given = [f for f in originals if f.sighting]
    free = [f for f in originals if not f.sighting]
    planned = [_given(name, group) for name, group in _grouped(given, lambda f: f.sighting)]
    clocks: list[tuple[str, Clock]] = []
    for station, group in _grouped(free, lambda f: f.station or ""):
        found = station_clocks(_times(group), gap_s) if station else {}
        clocks += [(station, clock) for clock in found.values()] if len(found) > 1 else []
        planned += _station(station or None, group, found, gap_s)
    planned.sort(key=lambda p: p.positions)
    return Plan(tuple(planned), tuple(clocks), tuple(copies))


def _without_copies(files: Iterable[Seen]) -> tuple[list[Seen], list[tuple[int, int]]]:
    first: dict[str, int] = {}
    kept, copies = [], []
    for file in files:
        if file.sha256 in first:
            copies.append((file.position, first[file.sha256]))
        else:
            first[file.sha256] = file.position
            kept.append(file)
    return kept, copies


def _grouped(files: Sequence[Seen], of: object) -> list[tuple[str, list[Seen]]]:
    ordered = sorted(files, key=of)  # type: ignore[call-overload]
    return [(name, list(group)) for name, group in groupby(ordered, of)]  # type: ignore[call-overload]


def _times(files: Sequence[Seen]) -> dict[str, list[datetime]]:
    times: dict[str, list[datetime]] = {}
    for file in files:
        if file.at is not None:
            times.setdefault(file.camera or "", []).append(file.at)
    return times


def _given(name: str, files: list[Seen]) -> Planned:
    return Planned(name, files[0].station, tuple(f.position for f in files))


def _station(
    station: str | None, files: list[Seen], clocks: Mapping[str, Clock], gap_s: float
) -> list[Planned]:
    """The sightings of one station; of no station, those of each camera."""
    planned = []
    for file in files:
        if file.at is None or (station is None and not file.camera):
            note = NO_TIME if file.at is None else NO_STATION
            planned.append(_planned(station, [file], {}, note))
    timed = [f for f in files if f.at is not None and (station is not None or f.camera)]
    for together, note in _clocks_together(station, timed, clocks):
        offsets = {name: clock.offset_s or 0.0 for name, clock in clocks.items()}
        for event in cut(together, offsets, gap_s):
            planned.append(_planned(station, event, offsets, note))
    return planned


def _clocks_together(
    station: str | None, files: list[Seen], clocks: Mapping[str, Clock]
) -> list[tuple[list[Seen], str]]:
    """Files whose clocks can be brought together, and a word where they cannot."""
    shared: list[Seen] = []
    apart: dict[str, list[Seen]] = {}
    for file in files:
        clock = clocks.get(file.camera or "")
        if station is None or (clock is not None and clock.offset_s is None):
            apart.setdefault(file.camera or "", []).append(file)
        else:
            shared.append(file)
    told = [(shared, "")] if shared else []
    for camera, group in apart.items():
        alone = NO_STATION
        if station is not None:
            alone = APART.format(camera=camera or "(unnamed)", reference=clocks[camera].reference)
        told.append((group, alone))
    return told


def cut(files: Sequence[Seen], offsets: Mapping[str, float], gap_s: float) -> list[list[Seen]]:
    """Files in the order of their corrected times, cut at pauses and before they are too many.

    No pause cuts what a camera numbers as one trigger; triggers without a pause are one passage.
    """
    ordered = sorted(files, key=lambda f: (corrected(f, offsets), *_number(f), f.position))
    shots = [Shot(f.camera or "", corrected(f, offsets), f.numbered) for f in ordered]
    events: list[list[Seen]] = []
    for piece in _pieces(ordered, unbroken(shots)):
        last = events[-1] if events else None
        full = last is not None and len(last) + len(piece) > MOST_MEDIA
        if last is None or full or _pause(last[-1], piece[0], offsets) > gap_s:
            events.append(piece)
        else:
            last += piece
    return events


def _pieces(ordered: Sequence[Seen], runs: Iterable[range]) -> Iterator[list[Seen]]:
    """What stays together; triggers of cameras that never rest are cut all the same."""
    for run in runs:
        for start in range(run.start, run.stop, MOST_MEDIA):
            yield list(ordered[start : min(start + MOST_MEDIA, run.stop)])


def _number(file: Seen) -> tuple[int, int]:
    """The order within a second, as the camera counts."""
    if file.numbered is None or file.numbered.event is None:
        return 0, 0
    return file.numbered.event, (file.numbered.sequence or (0, 0))[0]


def corrected(file: Seen, offsets: Mapping[str, float]) -> datetime:
    """The file's time by the clock of its station's reference camera."""
    at = file.at or datetime.min
    return at.replace(tzinfo=None) - timedelta(seconds=offsets.get(file.camera or "", 0.0))


def _pause(a: Seen, b: Seen, offsets: Mapping[str, float]) -> float:
    return (corrected(b, offsets) - corrected(a, offsets)).total_seconds()


def _planned(
    station: str | None, files: list[Seen], offsets: Mapping[str, float], note: str
) -> Planned:
    cameras = sorted({f.camera or "" for f in files})
    used = tuple((name, offsets[name]) for name in cameras if offsets.get(name))
    return Planned(
        _id(station, files, offsets),
        station,
        tuple(sorted(f.position for f in files)),
        _clock_times(files, offsets) if files[0].at else (),
        used,
        note,
    )


def _clock_times(
    files: list[Seen], offsets: Mapping[str, float]
) -> tuple[tuple[datetime, str], ...]:
    """The beginning on each clock: where clocks differ nobody knows which one is right."""
    start = min(corrected(f, offsets) for f in files)
    times: dict[datetime, tuple[datetime, str]] = {}
    for camera in sorted({f.camera or "" for f in files}, key=lambda c: (offsets.get(c, 0.0), c)):
        offset = offsets.get(camera, 0.0)
        at = start + timedelta(seconds=offset)
        word = f"clock of camera {camera}" if camera else "the camera's clock"
        times.setdefault(at, (at.replace(tzinfo=_zone(files, camera)), word))
    return tuple(times.values())


def _zone(files: list[Seen], camera: str) -> tzinfo | None:
    """The zone that all files of a camera give; None where one gives none or another."""
    zones = {f.at.tzinfo for f in files if f.at is not None and (f.camera or "") == camera}
    return zones.pop() if len(zones) == 1 else None


def _id(station: str | None, files: list[Seen], offsets: Mapping[str, float]) -> str:
    """Readable, and the same for the same files: station, time, a few digits of the content."""
    digest = hashlib.sha256("".join(sorted(f.sha256 for f in files)).encode()).hexdigest()[:8]
    stem = PurePosixPath(files[0].name).stem
    parts = [station or files[0].camera or stem]
    if files[0].at is not None:
        parts.append(f"{min(corrected(f, offsets) for f in files):%Y%m%dT%H%M%S}")
    elif station and stem:
        parts.append(stem)
    readable = "-".join(_UNFIT.sub("_", part).strip(". ")[:60] for part in parts)
    return f"{readable or 'sighting'}-{digest}"
