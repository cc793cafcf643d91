"""The table of rendered sightings as what the service wants to be told."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from training.synthetic.sightings import bursts


@dataclass(frozen=True, slots=True)
class Event:
    """One sighting: its metadata as the service wants it, and its files."""

    id: str
    station: str
    metadata: dict[str, Any]
    files: tuple[Path, ...]


def read_events(table: Path) -> list[Event]:
    """The sightings of a table made by ``demo_sightings``, in its order."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups = groupby(rows, key=lambda row: row["sighting_id"])
    return [_event(name, list(group), table.parent) for name, group in groups]


def truth() -> dict[str, str]:
    """Which synthetic animal each sighting shows: its seed is its name."""
    return {burst.sighting: f"synthetic-{burst.base.individual}" for burst in bursts()}


def distances(events: list[Event], a: str, b: str, km: float) -> list[dict[str, Any]]:
    """Kilometres between two stations, told for every two sightings at them."""
    at = {s: [e.id for e in events if e.station == s] for s in (a, b)}
    return [{"a": one, "b": other, "km": km} for one in at[a] for other in at[b]]


def _event(name: str, rows: list[dict[str, str]], root: Path) -> Event:
    files = tuple(root / row["media_path"] for row in rows)
    media = [
        {"file_name": file.name, "camera": row["camera"], "flank": row["flank"]}
        for file, row in zip(files, rows, strict=True)
    ]
    metadata = {"id": name, "station": rows[0]["station"], "times": _times(rows), "media": media}
    return Event(name, rows[0]["station"], metadata, files)


def _times(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first frame's time, and the time that disputes it."""
    first = min(rows, key=lambda row: row["datetime"])
    told = {"camera clock": first["datetime"], "disputed": first["datetime_alt"]}
    return [{"at": at, "source": source} for source, at in told.items() if at]
