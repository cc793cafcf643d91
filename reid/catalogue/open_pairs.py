"""Queries: pairs with evidence, and what of them is decided."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.identity_ground import versioned_of
from reid.catalogue.said import born, coat_changes, some, when
from reid.catalogue.schema import (
    ComparisonRow,
    IdentityFactRow,
    PairEvidenceRow,
    SightingRow,
    VerdictRow,
)
from reid.errors import NotFoundError
from reid.identities import subjects
from reid.identities.facts import Belonging, CoatChange, Fact, Unmatched
from reid.identities.patterns import explains
from reid.review import OpenPair

NOT_COMPARABLE = "not comparable"
Pair = tuple[str, str]


def pair_of(a: str, b: str) -> Pair:
    """Two sightings in order."""
    return min(a, b), max(a, b)


def evidence(session: Session, of: str | None = None) -> dict[Pair, OpenPair]:
    """The last evidence on every pair of stored sightings that can be compared.

    ``of``: only on pairs of this sighting.
    """
    found: dict[Pair, tuple[datetime, OpenPair]] = {}
    verdicts = (
        select(VerdictRow, ComparisonRow.created_at)
        .join(ComparisonRow, ComparisonRow.id == VerdictRow.comparison_id)
        .order_by(ComparisonRow.created_at, VerdictRow.comparison_id)
    )
    noted = select(PairEvidenceRow)
    if of is not None:
        verdicts = verdicts.where((VerdictRow.a == of) | (VerdictRow.b == of))
        noted = noted.where((PairEvidenceRow.a == of) | (PairEvidenceRow.b == of))
    for row, at in session.execute(verdicts):
        pair = OpenPair(*pair_of(row.a, row.b), row.direct_llr, row.kind, row.comparison_id)
        found[pair.a, pair.b] = at, pair
    for other in session.scalars(noted):
        before = found.get((other.a, other.b))
        if before is None or before[0] <= other.at:
            told = OpenPair(
                other.a, other.b, other.llr, other.kind, other.source, tuple(other.reasons)
            )
            found[other.a, other.b] = other.at, told
    named = None if of is None else SightingRow.id.in_({name for key in found for name in key})
    every = select(SightingRow.id)
    stored = set(session.scalars(every if named is None else every.where(named)))
    return {
        key: pair
        for key, (_, pair) in found.items()
        if pair.kind != NOT_COMPARABLE and stored.issuperset(key)
    }


def need_sightings(session: Session, ids: Collection[str]) -> None:
    """Raise NotFoundError unless all are stored."""
    missing = set(ids)
    for part in some(ids):
        missing -= set(session.scalars(select(SightingRow.id).where(SightingRow.id.in_(part))))
    if missing:
        raise NotFoundError(f"no sightings {sorted(missing)[:5]} in the catalogue; save them first")


def replace_evidence(session: Session, pairs: Mapping[Pair, OpenPair], at: datetime) -> None:
    """Evidence in the place of what was kept of these pairs before."""
    for part in some(a for a, _ in pairs):
        for row in session.scalars(select(PairEvidenceRow).where(PairEvidenceRow.a.in_(part))):
            if (row.a, row.b) in pairs:
                session.delete(row)
    session.flush()
    for (a, b), pair in pairs.items():
        told = {"llr": pair.llr, "kind": pair.kind, "source": pair.source}
        session.add(PairEvidenceRow(a=a, b=b, at=at, reasons=list(pair.reasons), **told))


@dataclass(frozen=True, slots=True)
class Standing:
    """What is decided: ``groups`` of sightings, nodes that are ``parted``, sightings ``out``."""

    groups: dict[str, int]
    parted: set[tuple[Hashable, Hashable]]
    out: set[str]
    unmatched: dict[str, int] = field(default_factory=dict)
    born: dict[int, int] = field(default_factory=dict)

    def node(self, sighting_id: str) -> Hashable:
        """The individual's number, or the sighting by itself."""
        return self.groups.get(sighting_id, sighting_id)

    def nobody(self, sighting_id: str, other: str) -> bool:
        """Whether somebody found no match of the first with anybody known, as the other was."""
        number, up_to = self.groups.get(other), self.unmatched.get(sighting_id)
        if number is None or up_to is None or sighting_id in self.groups:
            return False
        return self.born.get(number, up_to + 1) <= up_to


def standing(session: Session) -> Standing:
    """What is decided of all sightings."""
    belongs = select(IdentityFactRow.sighting_id, IdentityFactRow.individual_id).where(
        IdentityFactRow.kind == subjects.SIGHTING, IdentityFactRow.individual_id.is_not(None)
    )
    groups = {name: number for name, number in session.execute(belongs) if name and number}
    found = Standing(groups, set(), set())
    for subject, fact in _said(session):
        if isinstance(fact, Belonging) and not fact.identifiable:
            found.out.add(subject.key[0])
        elif subject.kind == subjects.PAIR:
            found.parted.add((found.node(subject.key[0]), found.node(subject.key[1])))
        elif isinstance(fact, Unmatched) and len(subject.key) == 1:
            found.unmatched[subject.key[0]] = fact.up_to
        elif isinstance(fact, Unmatched):
            found.parted.add((found.node(subject.key[0]), int(subject.key[1])))
    if found.unmatched:
        found.born.update(born(session, set(groups.values())))
    return found


def _said(session: Session) -> list[tuple[subjects.Subject, Fact | None]]:
    """What people said but who somebody is."""
    kinds = (subjects.SIGHTING, subjects.PAIR, subjects.NO_MATCH)
    query = select(IdentityFactRow).where(
        IdentityFactRow.kind.in_(kinds),
        IdentityFactRow.value.is_not(None),
        IdentityFactRow.individual_id.is_(None),
    )
    rows = session.scalars(query).all()
    return [(subjects.Subject.read(r.subject), versioned_of(r).held.fact) for r in rows]


def asked_of(
    session: Session, found: dict[Pair, OpenPair], decided: Standing
) -> tuple[list[OpenPair], set[tuple[Hashable, Hashable]]]:
    """The pairs whose evidence counts, and the nodes that are parted."""
    changed = coat_changes(session)
    parted, counted = set(decided.parted), []
    for pair in found.values():
        if pair.a in decided.out or pair.b in decided.out:
            continue
        if decided.nobody(pair.a, pair.b) or decided.nobody(pair.b, pair.a):
            parted.add((decided.node(pair.a), decided.node(pair.b)))
        if not (pair.llr < 0 and changed and _across(session, pair, decided, changed)):
            counted.append(pair)
    return counted, parted


def _across(
    session: Session,
    pair: OpenPair,
    decided: Standing,
    changed: dict[int, list[CoatChange]],
) -> bool:
    """Whether a noted change of either's coat may lie between the two."""
    ids: Sequence[str] = (pair.a, pair.b)
    noted = [c for s in ids if s in decided.groups for c in changed.get(decided.groups[s], ())]
    if not noted:
        return False
    times = when(session, ids)
    return explains(noted, *[[t.at for t in times[s]] for s in ids])
