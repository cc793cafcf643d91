"""Queries: whom people looked at together and called two animals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.identity_ground import SessionGround, versioned_of
from reid.catalogue.read import readings
from reid.catalogue.said import some, stands_for
from reid.catalogue.schema import IdentificationRow, IdentityFactRow
from reid.identities import subjects
from reid.identities.facts import Fact, Unmatched
from reid.review import Answer, Purpose

PAIR, READING, NO_MATCH, NOBODY = "rejected", "read again", "no match", "no match with anybody"
MOST_SHOWN = 5
"""Candidates of which a person who says "nobody" is taken to have looked at each."""


@dataclass(frozen=True, slots=True, order=True)
class ToldApart:
    """A person looked and said: two animals.

    ``a`` is a sighting; the other is the sighting ``b`` or, where ``b`` is "", the individual of
    that ``number``. ``how`` it was said: a rejection (`PAIR`; a reviewer's first answer is one), a
    second reading or one of a pair that a model doubts (`READING`), no match with an individual
    (`NO_MATCH`), no match with anybody (`NOBODY`): then the candidates that were shown.
    """

    a: str
    b: str
    number: int
    how: str


def told_apart(session: Session) -> list[ToldApart]:
    """All that holds now, each once; of merged individuals the living one."""
    found = {(one.a, one.b, one.number): one for one in (*_unmatched(session), *_read(session))}
    found |= {(one.a, one.b, one.number): one for one in _rejected(session)}
    return sorted(found.values())


def _rejected(session: Session) -> Iterator[ToldApart]:
    for subject, _ in _facts(session, subjects.PAIR):
        yield ToldApart(subject.key[0], subject.key[1], 0, PAIR)


def _read(session: Session) -> Iterator[ToldApart]:
    """Planted pairs are left out: of these the answer was known."""
    for one in (reading.read for reading in readings(session)):
        asked = one.purpose in (Purpose.SECOND, Purpose.DOUBT)
        if asked and one.answer is Answer.DIFFERENT:
            yield ToldApart(*one.pair, 0, READING)


def _unmatched(session: Session) -> Iterator[ToldApart]:
    said: list[tuple[str, int, str]] = []
    nobody: dict[str, int] = {}
    for subject, fact in _facts(session, subjects.NO_MATCH):
        sighting, *number = subject.key
        if number:
            said.append((sighting, int(number[0]), NO_MATCH))
        elif isinstance(fact, Unmatched):
            nobody[sighting] = fact.up_to
    said = [*_shown(session, nobody), *said]
    merged = stands_for(session, {number for _, number, _ in said})
    living = {gone: kept for kept, numbers in merged.items() for gone in numbers}
    for sighting, who, how in said:
        yield ToldApart(sighting, "", living[who], how)


def _shown(session: Session, nobody: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """The likeliest whom the last identification of each sighting proposed before the decision,
    which knew of events up to the given one. Where none was kept nobody knows at whom the person
    looked.
    """
    row = IdentificationRow
    names: dict[str, list[str]] = {}
    for part in some(nobody):
        query = select(row.sighting_id, row.up_to, row.answer).where(row.sighting_id.in_(part))
        for name, up_to, answer in session.execute(query.order_by(row.up_to, row.created_at)):
            if up_to <= nobody[name]:
                candidates = answer.get("candidates", ())[:MOST_SHOWN]
                names[name] = [one["individual"] for one in candidates]
    ground = SessionGround(session)
    number = {n: ground.number_of(n) for n in {n for shown in names.values() for n in shown}}
    pairs = ((sighting, number[n]) for sighting, shown in names.items() for n in shown)
    return [(sighting, who, NOBODY) for sighting, who in pairs if who is not None]


def _facts(session: Session, kind: str) -> list[tuple[subjects.Subject, Fact | None]]:
    query = select(IdentityFactRow).where(
        IdentityFactRow.kind == kind, IdentityFactRow.value.is_not(None)
    )
    rows = session.scalars(query.order_by(IdentityFactRow.subject)).all()
    return [(subjects.Subject.read(row.subject), versioned_of(row).held.fact) for row in rows]
