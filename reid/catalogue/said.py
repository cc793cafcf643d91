"""Queries: what people and comparisons said of some sightings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.corrected import beside_strips, by_pictures, corrected, ledger_of
from reid.catalogue.identity_ground import versioned_of
from reid.catalogue.schema import (
    ComparisonRow,
    IdentityChangeRow,
    IdentityEventRow,
    IdentityFactRow,
    SightingRow,
    SightingTimeRow,
    VerdictRow,
)
from reid.identities import subjects
from reid.identities.facts import CoatChange, Unmatched
from reid.identities.patterns import explains
from reid.identities.preview import NotFound, Rejected, StoredVerdict
from reid.types import CandidateTime

MANY = 500


def some(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in lists that every database takes."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), MANY):
        yield ordered[start : start + MANY]


def verdicts_among(session: Session, ids: Collection[str]) -> list[StoredVerdict]:
    """Stored verdicts on pairs of these sightings, oldest first."""
    wanted = set(ids)
    found = []
    for part in some(ids):
        query = (
            select(VerdictRow, ComparisonRow.created_at)
            .join(ComparisonRow, ComparisonRow.id == VerdictRow.comparison_id)
            .where(VerdictRow.a.in_(part))
        )
        found += [(at, row) for row, at in session.execute(query) if row.b in wanted]
    found.sort(key=lambda pair: (pair[0], pair[1].comparison_id, pair[1].position))
    return [verdict_of(row) for _, row in found]


def verdict_of(row: VerdictRow) -> StoredVerdict:
    """The row as a value."""
    return StoredVerdict(row.comparison_id, row.a, row.b, row.kind, row.probability, row.direct_llr)


def rejected_among(session: Session, ids: Collection[str]) -> list[Rejected]:
    """Pairs of these sightings that somebody called two animals."""
    wanted = set(ids)
    return [
        Rejected(a, b, row.writer, by)
        for row, by in _facts(session, subjects.PAIR, ids)
        for a, b in [subjects.Subject.read(row.subject).key]
        if b in wanted
    ]


def not_found_of(session: Session, ids: Collection[str]) -> list[NotFound]:
    """Sightings of these for which somebody found no match."""
    found = []
    for row, by in _facts(session, subjects.NO_MATCH, ids):
        sighting_id, *number = subjects.Subject.read(row.subject).key
        fact = versioned_of(row).held.fact
        if isinstance(fact, Unmatched):
            whom = int(number[0]) if number else None
            found.append(NotFound(sighting_id, whom, fact.up_to, row.writer, by))
    return found


def _facts(
    session: Session, kind: str, ids: Collection[str]
) -> Iterator[tuple[IdentityFactRow, str]]:
    for part in some(ids):
        query = (
            select(IdentityFactRow, IdentityEventRow.by)
            .join(IdentityEventRow, IdentityEventRow.id == IdentityFactRow.writer)
            .where(IdentityFactRow.kind == kind, IdentityFactRow.value.is_not(None))
            .where(IdentityFactRow.sighting_id.in_(part))
        )
        yield from ((row, by) for row, by in session.execute(query))


def stands_for(session: Session, numbers: Iterable[int] = ()) -> dict[int, set[int]]:
    """The numbers that were merged into each living number, itself among them.

    Of those that took somebody, and of ``numbers``; every other stands for itself alone.
    """
    merged = IdentityFactRow.value["merged_into"].as_integer()
    query = select(IdentityFactRow.individual_id, merged).where(
        IdentityFactRow.kind == subjects.INDIVIDUAL,
        IdentityFactRow.value.is_not(None),
        merged.is_not(None),
    )
    into: dict[int, int | None] = {gone: kept for gone, kept in session.execute(query) if gone}
    found: dict[int, set[int]] = {}
    for number in {*into, *numbers}:
        living = _living(into, number)
        found.setdefault(living, {living}).add(number)
    return found


def _living(into: Mapping[int, int | None], number: int) -> int:
    """The living individual that a number stands for; nobody is merged into one that is not."""
    while (after := into.get(number)) is not None:
        number = after
    return number


def born(session: Session, numbers: Iterable[int]) -> dict[int, int]:
    """The first event of each individual."""
    texts = {subjects.individual(n).text: n for n in numbers}
    found: dict[int, int] = {}
    for part in some(texts):
        query = (
            select(IdentityChangeRow.subject, func.min(IdentityChangeRow.event_id))
            .where(IdentityChangeRow.subject.in_(part))
            .group_by(IdentityChangeRow.subject)
        )
        found |= {texts[text]: first for text, first in session.execute(query)}
    return found


def coat_changes(session: Session) -> dict[int, list[CoatChange]]:
    """The noted changes of coats by the individual's number."""
    query = select(IdentityFactRow).filter_by(kind=subjects.PATTERN_CHANGE)
    found: dict[int, list[CoatChange]] = {}
    for row in session.scalars(query):
        fact = versioned_of(row).held.fact
        if isinstance(fact, CoatChange):
            found.setdefault(fact.individual, []).append(fact)
    return found


class Explained:
    """Whether a noted pattern change accounts for two sightings of one animal that differ."""

    def __init__(
        self,
        session: Session,
        after: Mapping[str, int | None],
        standing: Mapping[int, Collection[int]],
    ) -> None:
        noted = coat_changes(session)
        self._session, self._after = session, after
        self._changes = {
            number: [c for n in numbers for c in noted.get(n, ())]
            for number, numbers in standing.items()
        }

    def __call__(self, a: str, b: str) -> bool:
        """Whether it does; never where the two are not one animal."""
        number = self._after.get(a)
        noted = self._changes.get(number, []) if number is not None else []
        if not noted or self._after.get(b) != number:
            return False
        times = when(self._session, [a, b])
        return explains(noted, *[[t.at for t in times[s]] for s in (a, b)])


def when(session: Session, ids: Iterable[str]) -> dict[str, tuple[CandidateTime, ...]]:
    """When each sighting may have been: as given, else by the clocks of its pictures; corrected."""
    found: dict[str, tuple[CandidateTime, ...]] = {}
    ledger = ledger_of(session)
    for part in some(ids):
        query = (
            select(SightingTimeRow.sighting_id, SightingTimeRow.at, SightingTimeRow.source)
            .where(SightingTimeRow.sighting_id.in_(part))
            .order_by(SightingTimeRow.sighting_id, SightingTimeRow.position)
        )
        for name, at, source in session.execute(query):
            found[name] = (*found.get(name, ()), CandidateTime(at, source))
        known = {name: found[name] for name in part if name in found}
        found |= beside_strips(session, corrected(session, known, ledger), ledger)
        there = set(session.scalars(select(SightingRow.id).where(SightingRow.id.in_(part))))
        found |= dict.fromkeys(there - known.keys(), ())
        found |= by_pictures(session, there - known.keys(), ledger)
    return found
