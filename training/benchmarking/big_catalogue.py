"""A catalogue of 100,000 annotations and 5,000 individuals, its rows written in bulk.

Files and features are left out or tiny: what is timed is the database. Through its own doors the
same catalogue takes a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from reid.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.schema import (
    AnnotationRow,
    Base,
    DeploymentRow,
    IdentityChangeRow,
    IdentityEventRow,
    IndividualNameRow,
    IndividualRow,
    MediaRow,
    PairEvidenceRow,
    SightingMediaRow,
    SightingRow,
    SightingTimeRow,
)
from reid.identities import Confirm, Decision, NewIndividual, Reject, Rename, State, changes_of
from reid.identities.decisions import KINDS, told
from reid.identities.facts import plain
from reid.identities.ground import Change

EACH = 5
FRAMES = 4
STATIONS = 200
PEOPLE = ("Asel", "Bolat", "Dana")
FIRST = datetime(2016, 3, 1, 6, 0, tzinfo=UTC)
Rows = dict[type[Base], list[dict[str, Any]]]


def make(folder: Path, *, individuals: int = 5000, alone: int = 1000, pairs: int = 10_000) -> None:
    """Five sightings of four frames for each individual, some of nobody, pairs to review."""
    Catalogue.open(folder).close()
    with Catalogue.open(folder) as catalogue:
        bulk = Bulk(catalogue.engine, catalogue.data_dir)
        bulk.add(_stations())
        for start in range(0, individuals * EACH + alone, 1000):
            numbers = range(start, min(start + 1000, individuals * EACH + alone))
            bulk.add(_sightings(numbers))
        bulk.add(_history(individuals))
        bulk.add({PairEvidenceRow: list(_pairs(individuals * EACH, alone, pairs))})
        catalogue.rebuild_identities()


class Bulk(Core):
    """Rows as they are."""

    def add(self, rows: Rows) -> None:
        """In one transaction, in the order of the tables."""
        self._write(
            lambda session: [
                session.execute(Base.metadata.tables[kind.__tablename__].insert(), found)
                for kind, found in rows.items()
                if found
            ]
        )


def _id(number: int) -> str:
    return f"s{number:06d}"


def _stations() -> Rows:
    names = [(f"station {n}", camera) for n in range(STATIONS) for camera in "AB"]
    rows = [{"station": name, "camera": camera, "created_at": FIRST} for name, camera in names]
    return {DeploymentRow: rows}


def _sightings(numbers: range) -> Rows:
    rows: Rows = {
        kind: []
        for kind in (MediaRow, SightingRow, SightingTimeRow, SightingMediaRow, AnnotationRow)
    }
    for number in numbers:
        at, station = FIRST + timedelta(hours=3 * number), number % STATIONS
        sighting = {"id": _id(number), "content_sha256": f"{number:064x}", "created_at": at}
        place = {"latitude": 43 + station // 20 / 10, "longitude": 55 + station % 20 / 10}
        rows[SightingRow].append({**sighting, **place, "station": f"station {station}"})
        time = {"sighting_id": _id(number), "position": 0, "at": at.replace(tzinfo=None)}
        rows[SightingTimeRow].append({**time, "source": "camera clock"})
        for frame in range(FRAMES):
            media, used, animal = _frame(number, frame, at)
            rows[MediaRow].append(media)
            rows[SightingMediaRow].append(used)
            rows[AnnotationRow].append(animal)
    return rows


def _frame(number: int, frame: int, at: datetime) -> tuple[dict[str, Any], ...]:
    sha256, name = f"{number * FRAMES + frame:064x}", f"IMG_{frame}.JPG"
    light = ("colour", "infrared")[number % 2]
    size = {"size_bytes": 400_000, "width_px": 1920, "height_px": 1080}
    media = {"sha256": sha256, "format": "JPEG", "light": light, "flags": [], "created_at": at}
    media["captured_at"] = at.replace(tzinfo=None) + timedelta(seconds=frame)
    used = {"sighting_id": _id(number), "position": frame, "media_sha256": sha256, "boxes": []}
    used |= {"file_name": name, "camera": "AB"[frame % 2]}
    return {**media, **size}, used, _animal(number, frame, sha256, name, at)


def _animal(number: int, frame: int, sha256: str, name: str, at: datetime) -> dict[str, Any]:
    left = frame % 2 == 0
    usable = (number * 7 + frame * 3) % 10 / 10
    parts = ("sharpness", "exposure", "contrast", "size", "coverage", "usable")
    return {
        "sighting_id": _id(number),
        "annotation_id": f"{_id(number)}/{frame + 1}-1",
        "media_sha256": sha256,
        "file_name": name,
        "camera": "AB"[frame % 2],
        **{"x_px": 300.0, "y_px": 200.0, "width_px": 900.0, "height_px": 500.0},
        **{"origin": "localiser", "confidence": 0.9, "flags": [], "prepared_flags": []},
        **{"flank": "left" if left else "right", "flank_left": 0.95 if left else 0.03},
        **{"flank_right": 0.03 if left else 0.95, "flank_other": 0.02, "flank_source": "estimated"},
        "usable": usable,
        "quality": {**dict.fromkeys(parts, usable), "animal_px": 900, "reasons": ["motion blur"]},
        "created_at": at,
    }


def _decisions(individuals: int) -> Iterator[Decision]:
    """Three events for each individual, and some renames and rejections."""
    for one in range(individuals):
        ids = [_id(n) for n in range(one * EACH, (one + 1) * EACH)]
        name = f"Leopard {one}" if one % 3 == 0 else None
        yield NewIndividual(tuple(ids[:-2]), name)
        for sighting_id in ids[-2:]:
            yield Confirm(sighting_id, name or f"L{one + 1:04d}")
        if name and one % 30 == 0:
            yield Rename(name, f"Old {one}")
        if one:
            yield Reject(ids[0], _id(0))


def _history(individuals: int) -> Rows:
    state = State(_id(n) for n in range(individuals * EACH))
    rows: Rows = {IndividualRow: [], IndividualNameRow: []}
    rows |= {IdentityEventRow: [], IdentityChangeRow: []}
    for number, decision in enumerate(_decisions(individuals), 1):
        changes = changes_of(decision, state, number)
        state.apply(number, changes)
        by, at = PEOPLE[number % len(PEOPLE)], datetime.now(UTC)
        event = {"id": number, "at": at, "by": by, "why": "rosettes", "told": told(decision)}
        event |= {"kind": KINDS[type(decision)].value, "shown": {}, "seen": {}}
        rows[IdentityEventRow].append(event)
        rows[IdentityChangeRow] += [_change(number, i, c) for i, c in enumerate(changes)]
    names = state.names()
    first = {number: name for name, number in reversed(names.items())}
    rows[IndividualRow] = [
        {"id": n, "name": name, "note": "", "created_at": FIRST} for n, name in first.items()
    ]
    rows[IndividualNameRow] = [{"name": name, "individual_id": n} for name, n in names.items()]
    return rows


def _change(event: int, position: int, change: Change) -> dict[str, Any]:
    return {
        "event_id": event,
        "subject": change.subject.text,
        "position": position,
        "role": change.role.value,
        "before": plain(change.before.fact),
        "before_writer": change.before.writer,
        "after": plain(change.after.fact),
        "after_writer": change.after.writer,
    }


def _pairs(known: int, alone: int, count: int) -> Iterator[dict[str, Any]]:
    """Open pairs of sightings of nobody with those of somebody."""
    rng = np.random.default_rng(3)
    drawn = {(int(rng.integers(known)), known + int(rng.integers(alone))) for _ in range(count)}
    for a, b in sorted(drawn):
        pair = {"a": _id(a), "b": _id(b), "at": FIRST, "llr": float(rng.normal(-1, 2))}
        yield {**pair, "kind": "inconclusive", "source": "batch", "reasons": ["motion blur"]}
