"""Corrections of cameras' clocks: recorded, looked at beforehand, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.content import check_texts
from reid.catalogue.core import Core, now
from reid.catalogue.corrected import (
    Clocked,
    Times,
    by_pictures,
    corrected,
    entry_of,
    ledger_of,
    pictures_of,
)
from reid.catalogue.schema import (
    ClockCorrectionRow,
    MediaRow,
    SightingMediaRow,
    SightingRow,
    SightingTimeRow,
)
from reid.clocks import Correction, Entry, Ledger, check_free
from reid.types import CandidateTime
from reid.types.checks import require

UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Moved:
    """A sighting whose times change, with the times that it has before and after."""

    sighting_id: str
    before: Times
    after: Times


@dataclass(frozen=True, slots=True)
class ClockOf:
    """A camera at a station and what its clock wrote, as far as sightings are stored.

    ``pictures`` are those with a time, by time; ``sightings`` how many they are of.
    """

    station: str
    camera: str
    pictures: tuple[tuple[str, Clocked], ...]

    @property
    def sightings(self) -> int:
        """How many sightings the camera took part in."""
        return len({name for name, _ in self.pictures})


@dataclass(frozen=True, slots=True)
class CameraOf:
    """A camera at a station, and how many pictures it took from when to when, by its clock.

    ``first`` and ``last`` are as it wrote them, without a zone; None: no picture has a time.
    """

    station: str
    camera: str
    pictures: int
    first: datetime | None
    last: datetime | None


class ClockBook(Core):
    """The corrections of a catalogue; entries are only added."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> ClockBook:
        """The book of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def ledger(self) -> Ledger:
        """All entries, and what holds now."""
        return self._read(ledger_of)

    def correct(self, correction: Correction, *, by: str, why: str) -> Entry:
        """Record a correction; from now on times are told as it says, and what was written beside.

        Raises:
            InputError: nobody says it or for no reason, or a text that cannot be stored.
            ConflictError: another one holds for some of the same times.
        """
        _check_said(by, why)
        check_texts("clock correction", correction.station, correction.camera)

        def work(session: Session) -> Entry:
            check_free(ledger_of(session), correction)
            row = ClockCorrectionRow(
                at=now(),
                by=by,
                why=why,
                kind=correction.kind.value,
                station=correction.station,
                camera=correction.camera,
                shift_s=correction.shift_s,
                first=correction.first,
                last=correction.last,
                told=dict(correction.told),
            )
            return _added(session, row)

        return self._write(work)

    def undo(self, number: int, *, by: str, why: str) -> Entry:
        """Take a correction back: times are what the clock wrote again.

        Raises:
            InputError: nobody says it, or for no reason.
            NotFoundError: there is none of that number.
            ConflictError: it was taken back already.
        """
        _check_said(by, why)

        def work(session: Session) -> Entry:
            station = ledger_of(session).taking_back(number).station
            row = ClockCorrectionRow(
                at=now(), by=by, why=why, kind=UNDO, station=station, told={}, undoes=number
            )
            return _added(session, row)

        return self._write(work)

    def preview(self, correction: Correction) -> tuple[Moved, ...]:
        """Which sightings' times would change, by id; nothing is recorded.

        Raises:
            ConflictError: as recording it would.
        """

        def work(session: Session) -> tuple[Moved, ...]:
            ledger = ledger_of(session)
            check_free(ledger, correction)
            new = Entry(ledger.next_number, now(), "", "", correction)
            after = Ledger([*ledger.entries, new])
            return tuple(_moved(session, correction.station, ledger, after))

        return self._read(work)

    def preview_undo(self, number: int) -> tuple[Moved, ...]:
        """Which sightings' times would change if a correction was taken back.

        Raises:
            NotFoundError, ConflictError: as taking it back would.
        """

        def work(session: Session) -> tuple[Moved, ...]:
            ledger = ledger_of(session)
            station = ledger.taking_back(number).station
            gone = Entry(ledger.next_number, now(), "", "", undoes=number)
            after = Ledger([*ledger.entries, gone])
            return tuple(_moved(session, station, ledger, after))

        return self._read(work)

    def cameras(self) -> list[CameraOf]:
        """Every camera of every station, by name; "" for those without one."""
        whose = (func.coalesce(SightingRow.station, ""), func.coalesce(SightingMediaRow.camera, ""))
        at = MediaRow.captured_at
        query = (
            select(*whose, func.count(), func.min(at), func.max(at))
            .select_from(SightingMediaRow)
            .join(MediaRow, MediaRow.sha256 == SightingMediaRow.media_sha256)
            .join(SightingRow, SightingRow.id == SightingMediaRow.sighting_id)
            .group_by(*whose)
        )
        found = self._read(lambda session: list(session.execute(query)))
        return sorted(
            (
                CameraOf(station, camera, many, _wall(first), _wall(last))
                for station, camera, many, first, last in found
            ),
            key=lambda one: (one.station, one.camera),
        )

    def clocks(self, station: str | None = None) -> list[ClockOf]:
        """Every camera of every station with what its clock wrote, uncorrected."""

        def work(session: Session) -> list[ClockOf]:
            found: dict[tuple[str, str], list[tuple[str, Clocked]]] = {}
            for name, pictures in pictures_of(session, _ids(session, station)).items():
                for one in pictures:
                    if one.at is not None:
                        found.setdefault((one.station, one.camera), []).append((name, one))
            return [
                ClockOf(*whose, tuple(sorted(own, key=_when)))
                for whose, own in sorted(found.items())
            ]

        return self._read(work)


def _wall(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=None)


def _ids(session: Session, station: str | None) -> list[str]:
    query = select(SightingRow.id)
    if station == "":
        query = query.where(SightingRow.station.is_(None))
    elif station is not None:
        query = query.where(SightingRow.station == station)
    return list(session.scalars(query))


def _when(one: tuple[str, Clocked]) -> tuple[datetime, str]:
    at = one[1].at or datetime.max
    return at.replace(tzinfo=None), one[0]


def _moved(session: Session, station: str, before: Ledger, after: Ledger) -> Iterator[Moved]:
    ids = _ids(session, station)
    there = SightingRow.station == station if station else SightingRow.station.is_(None)
    given = select(SightingTimeRow).join(SightingRow, SightingRow.id == SightingTimeRow.sighting_id)
    raw: dict[str, Times] = dict.fromkeys(ids, ())
    for row in session.scalars(given.where(there).order_by(SightingTimeRow.position)):
        raw[row.sighting_id] = (*raw[row.sighting_id], CandidateTime(row.at, row.source))
    timeless = [name for name, times in raw.items() if not times]
    held = [
        corrected(session, raw, ledger) | by_pictures(session, timeless, ledger)
        for ledger in (before, after)
    ]
    for name in sorted(ids):
        if held[0].get(name) != held[1].get(name):
            yield Moved(name, held[0].get(name, ()), held[1].get(name, ()))


def _added(session: Session, row: ClockCorrectionRow) -> Entry:
    session.add(row)
    session.flush()
    return entry_of(row)


def _check_said(by: str, why: str) -> None:
    require(bool(by.strip()), "by: expected who says so, found nothing")
    require(bool(why.strip()), "why: expected what it rests on, found nothing")
    check_texts("clock correction", by, why)
