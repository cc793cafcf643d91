"""Queries: pairs with evidence, and what of them is decided."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.identity_ground import versioned_of
from reid.catalogue.said import born, coat_changes, when
from reid.catalogue.schema import (
    ComparisonRow,
    IdentityFactRow,
    PairEvidenceRow,
    SightingRow,
    VerdictRow,
)
from reid.identities import subjects
from reid.identities.facts import Belonging, CoatChange, Unmatched
from reid.identities.patterns import explains
from reid.review import OpenPair

NOT_COMPARABLE = "not comparable"
Pair = tuple[str, str]


def pair_of(a: str, b: str) -> Pair:
    """Two sightings in order."""
    return min(a, b), max(a, b)


def evidence(session: Session) -> dict[Pair, OpenPair]:
    """The last evidence on every pair of stored sightings that can be compared."""
    found: dict[Pair, tuple[datetime, OpenPair]] = {}
    verdicts = (
        select(VerdictRow, ComparisonRow.created_at)
        .join(ComparisonRow, ComparisonRow.id == VerdictRow.comparison_id)
        .order_by(ComparisonRow.created_at, VerdictRow.comparison_id)
    )
    for row, at in session.execute(verdicts):
        pair = OpenPair(*pair_of(row.a, row.b), row.direct_llr, row.kind, row.comparison_id)
        found[pair.a, pair.b] = at, pair
    for other in session.scalars(select(PairEvidenceRow)):
        before = found.get((other.a, other.b))
        if before is None or before[0] <= other.at:
            told = OpenPair(
                other.a, other.b, other.llr, other.kind, other.source, tuple(other.reasons)
            )
            found[other.a, other.b] = other.at, told
    stored = set(session.scalars(select(SightingRow.id)))
    return {
        key: pair
        for key, (_, pair) in found.items()
        if pair.kind != NOT_COMPARABLE and stored.issuperset(key)
    }


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
    kinds = (subjects.SIGHTING, subjects.PAIR, subjects.NO_MATCH)
    rows = session.scalars(select(IdentityFactRow).where(IdentityFactRow.kind.in_(kinds))).all()
    facts = [
        (subjects.Subject.read(r.subject), versioned_of(r).held.fact)
        for r in rows
        if r.value is not None
    ]
    groups, out = {}, set()
    for subject, fact in facts:
        if isinstance(fact, Belonging) and fact.individual is not None:
            groups[subject.key[0]] = fact.individual
        elif isinstance(fact, Belonging) and not fact.identifiable:
            out.add(subject.key[0])
    found = Standing(groups, set(), out)
    for subject, fact in facts:
        if subject.kind == subjects.PAIR:
            found.parted.add((found.node(subject.key[0]), found.node(subject.key[1])))
        elif isinstance(fact, Unmatched) and len(subject.key) == 1:
            found.unmatched[subject.key[0]] = fact.up_to
        elif isinstance(fact, Unmatched):
            found.parted.add((found.node(subject.key[0]), int(subject.key[1])))
    if found.unmatched:
        found.born.update(born(session, set(groups.values())))
    return found


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
