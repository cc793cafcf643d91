"""Queries: times as they are believed, after the recorded corrections of cameras' clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.schema import ClockCorrectionRow, MediaRow, SightingMediaRow, SightingRow
from reid.clocks import Correction, Entry, Kind, Ledger, PictureClock, clock_times, with_strips
from reid.clocks.given import given_times
from reid.types import CandidateTime, Light, StripReading

MANY = 500
Times = tuple[CandidateTime, ...]


@dataclass(frozen=True, slots=True)
class Clocked:
    """One picture of a sighting: whose clock, what it wrote, what its strip says."""

    station: str
    camera: str
    at: datetime | None
    strip: datetime | None
    light: Light | None = None


def ledger_of(session: Session) -> Ledger:
    """All corrections."""
    rows = session.scalars(select(ClockCorrectionRow).order_by(ClockCorrectionRow.id))
    return Ledger(entry_of(row) for row in rows)


def entry_of(row: ClockCorrectionRow) -> Entry:
    """The row as a value."""
    if row.undoes is not None:
        return Entry(row.id, row.at, row.by, row.why, undoes=row.undoes)
    correction = Correction(
        Kind(row.kind), row.station, row.camera, row.shift_s, row.first, row.last, row.told
    )
    return Entry(row.id, row.at, row.by, row.why, correction)


def given_of(
    session: Session, rows: Sequence[SightingRow], ledger: Ledger | None = None
) -> dict[str, Times]:
    """The times that each sighting came with, corrected."""
    raw = {
        row.id: tuple(CandidateTime(at=t.at, source=t.source) for t in row.times) for row in rows
    }
    return corrected(session, raw, ledger or ledger_of(session))


def corrected(session: Session, raw: Mapping[str, Times], ledger: Ledger) -> dict[str, Times]:
    """Times by sighting, corrected."""
    if not ledger:
        return dict(raw)
    seen = pictures_of(session, [name for name, times in raw.items() if times])
    found = {}
    for name, times in raw.items():
        own = seen.get(name, [])
        station = own[0].station if own else ""
        pictures = [(one.camera, one.at) for one in own]
        found[name] = given_times(times, station, pictures, ledger) if own else times
    return found


def by_pictures(
    session: Session, ids: Iterable[str], ledger: Ledger | None = None
) -> dict[str, Times]:
    """When each sighting may have been by the clocks and strips of its pictures, if they tell."""
    ledger = ledger_of(session) if ledger is None else ledger
    found = {}
    for name, pictures in pictures_of(session, ids).items():
        times = clock_times(_told(one, ledger) for one in pictures)
        if times:
            found[name] = times
    return found


def beside_strips(session: Session, given: Mapping[str, Times], ledger: Ledger) -> dict[str, Times]:
    """Given times with the strips of the pictures that say none of them."""
    seen = pictures_of(session, [name for name, times in given.items() if times])
    return {
        name: with_strips(times, [_told(one, ledger) for one in seen.get(name, ())])
        for name, times in given.items()
    }


def _told(one: Clocked, ledger: Ledger) -> PictureClock:
    held = None if one.at is None else ledger.find(one.station, one.camera, one.at)
    if held is None or one.at is None:
        return PictureClock(one.at, one.strip)
    return PictureClock(held[1].applied(one.at), one.strip, one.at, held[0])


def pictures_of(session: Session, ids: Iterable[str]) -> dict[str, list[Clocked]]:
    """The pictures of each sighting, as their clocks wrote; those without a time too."""
    found: dict[str, list[Clocked]] = {}
    for part in _some(ids):
        query = (
            select(
                SightingMediaRow.sighting_id,
                SightingRow.station,
                SightingMediaRow.camera,
                MediaRow.captured_at,
                MediaRow.strip,
                MediaRow.light,
            )
            .join(MediaRow, MediaRow.sha256 == SightingMediaRow.media_sha256)
            .join(SightingRow, SightingRow.id == SightingMediaRow.sighting_id)
            .where(SightingMediaRow.sighting_id.in_(part))
            .order_by(SightingMediaRow.sighting_id, SightingMediaRow.position)
        )
        for name, station, camera, at, strip, light in session.execute(query):
            read = StripReading.of(strip).at if strip else None
            lit = Light(light) if light else None
            found.setdefault(name, []).append(Clocked(station or "", camera or "", at, read, lit))
    return found


def stations_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The station of each sighting, "" for none."""
    query = select(SightingRow.id, SightingRow.station)
    return {
        name: station or ""
        for part in _some(ids)
        for name, station in session.execute(query.where(SightingRow.id.in_(part)))
    }


def _some(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), MANY):
        yield ordered[start : start + MANY]
