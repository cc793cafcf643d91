"""Stored sightings as pages list them: newest first, by station, by who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.gallery import Frame, frames_of
from reid.catalogue.records import SightingRecord
from reid.catalogue.schema import IdentityFactRow, RejectionRow, SightingRow
from reid.catalogue.sightings import PARTS
from reid.catalogue.told import clocks_of, records_of
from reid.errors import InputError
from reid.identities import subjects
from reid.types import CandidateTime
from reid.types.checks import require

MOST = 200


class Standing(StrEnum):
    """Which sightings: by what people said of them so far, or with files that were refused."""

    NAMED = "named"
    UNNAMED = "unnamed"  # nobody said who it is, or that nobody can tell
    UNIDENTIFIABLE = "not-identifiable"
    REJECTED = "rejected-files"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which sightings: ``station`` and ``standing`` None: all; ``named``: a part of their id."""

    station: str | None = None
    standing: Standing | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class SightingCard:
    """A sighting in short: ``times`` as given or by the camera, ``frames`` without pixels."""

    record: SightingRecord
    times: tuple[CandidateTime, ...]
    frames: tuple[Frame, ...]
    identifiable: bool

    @property
    def best(self) -> Frame | None:
        """The frame that shows most of a leopard."""
        order = [(frame.is_leopard, frame.usable) for frame in self.frames]
        return self.frames[order.index(max(order))] if order else None

    @property
    def leopards(self) -> tuple[Frame, ...]:
        """The frames that seem to show one."""
        return tuple(frame for frame in self.frames if frame.is_leopard)

    @property
    def flanks(self) -> tuple[str, ...]:
        """Which flanks these show."""
        return tuple(sorted({frame.flank.value for frame in self.leopards}))

    @property
    def place(self) -> str:
        """Where the list goes on after this one."""
        return f"{self.record.created_at.isoformat(timespec='microseconds')}/{self.record.id}"


EVERYTHING = Chosen()


class SightingPages(Core):
    """Sightings, a page at a time."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> SightingPages:
        """The sightings of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def page(
        self, chosen: Chosen = EVERYTHING, *, limit: int = 50, after: str = ""
    ) -> list[SightingCard]:
        """Up to ``limit`` sightings, last stored first, those that come after a `place`.

        Raises:
            InputError: ``limit`` is not in 1 to 200, or ``after`` is no place.
        """
        require(0 < limit <= MOST, f"limit: expected 1 to {MOST}, found {limit}")
        query = _query(chosen).options(*PARTS)
        if after:
            query = query.where(tuple_(SightingRow.created_at, SightingRow.id) < _place(after))
        query = query.order_by(SightingRow.created_at.desc(), SightingRow.id.desc()).limit(limit)
        return self._read(lambda s: _cards(s, list(s.scalars(query))))

    def cards(self, sighting_ids: list[str]) -> list[SightingCard]:
        """These sightings in short, in their order; none of those not stored."""
        query = select(SightingRow).where(SightingRow.id.in_(sighting_ids)).options(*PARTS)
        found = self._read(lambda s: _cards(s, list(s.scalars(query))))
        by_id = {card.record.id: card for card in found}
        return [by_id[name] for name in sighting_ids if name in by_id]

    def ids(self, chosen: Chosen = EVERYTHING, limit: int = 1000) -> list[str]:
        """Ids of up to ``limit`` of them, last stored first."""
        query = _query(chosen).with_only_columns(SightingRow.id)
        last = query.order_by(SightingRow.created_at.desc(), SightingRow.id.desc()).limit(limit)
        return self._read(lambda session: list(session.scalars(last)))

    def count(self, chosen: Chosen = EVERYTHING) -> int:
        """How many there are of them."""
        query = _query(chosen).with_only_columns(func.count(SightingRow.id))
        return self._read(lambda session: session.scalar(query) or 0)

    def stations(self) -> list[tuple[str, int]]:
        """Every station and how many sightings it has; "" for those without one."""
        query = select(SightingRow.station, func.count()).group_by(SightingRow.station)
        return self._read(lambda s: sorted((name or "", many) for name, many in s.execute(query)))


def _query(chosen: Chosen) -> Select[Any]:
    query = select(SightingRow)
    if chosen.station is not None:
        query = query.where(SightingRow.station == chosen.station)
    if chosen.named:
        query = query.where(SightingRow.id.icontains(chosen.named, autoescape=True))
    if chosen.standing is Standing.REJECTED:
        return query.where(exists().where(RejectionRow.sighting_id == SightingRow.id))
    if chosen.standing is not None:
        query = query.where(_stands(chosen.standing))
    return query


def _stands(standing: Standing) -> Any:
    """A fact without a value, or one that was withdrawn, leaves a sighting without a name."""
    fact = (IdentityFactRow.kind == subjects.SIGHTING) & (
        IdentityFactRow.sighting_id == SightingRow.id
    )
    who = IdentityFactRow.individual_id.is_not(None)
    never = IdentityFactRow.value["identifiable"].as_boolean().is_(False)
    if standing is Standing.NAMED:
        return exists().where(fact, who)
    if standing is Standing.UNIDENTIFIABLE:
        return exists().where(fact, never)
    return ~exists().where(fact, who | never)


def _place(text: str) -> Any:
    at, _, name = text.partition("/")
    try:
        return datetime.fromisoformat(at), name
    except ValueError:
        raise InputError("after: expected where a page ended, found something else") from None


def _cards(session: Session, rows: list[SightingRow]) -> list[SightingCard]:
    ids = [row.id for row in rows]
    frames, times = frames_of(session, ids), clocks_of(session, rows)
    texts = [subjects.sighting(name).text for name in ids]
    facts = select(IdentityFactRow.sighting_id, IdentityFactRow.value)
    never = {
        name
        for name, value in session.execute(facts.where(IdentityFactRow.subject.in_(texts)))
        if value is not None and not value["identifiable"]
    }
    return [
        SightingCard(
            record, times[record.id], tuple(frames.get(record.id, ())), record.id not in never
        )
        for record in records_of(session, rows)
    ]
