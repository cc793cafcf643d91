"""What the machine had said of the sightings of a decision: kept with it, whole.

A door names the answer that was on the screen by its id. Where it names none, the last stored
answer of each sighting is kept, and called that: nobody knows whether it was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reid.catalogue.said import some
from reid.catalogue.schema import (
    ComparisonRow,
    ComparisonSightingRow,
    IdentificationRow,
    VerdictRow,
)
from reid.errors import InputError
from reid.identities.decisions import (
    Confirm,
    Decision,
    NewIndividual,
    NoMatch,
    NotIdentifiable,
    Reject,
    Split,
)
from reid.identities.shown import ANSWERS, COMPARISON, HIDDEN, IDENTIFICATION, LAST, SHOWN
from reid.types.checks import require

MOST_WHOLE = 20
"""Answers told whole; of a decision on more sightings the others are named by id."""

MOST_CANDIDATES = 20
"""Candidates or pairs told of an answer, likeliest first; the stored answer has all."""

Named = tuple[str, str]
"""Kind and id of a stored answer."""


def with_answers(session: Session, decision: Decision, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What was shown, with the machine's ``answers`` (`reid.identities.shown` says what they hold).

    Decisions that rest on no pictures (names, coats, what is taken back) get none.

    Raises:
        InputError: it brings answers of its own, or names one of other sightings.
    """
    require(
        ANSWERS not in shown,
        f"what was shown: {ANSWERS!r} is filled in from what is stored; name the answer that was "
        f"on the screen by its id, as {IDENTIFICATION!r} or {COMPARISON!r}",
    )
    about = judged(decision)
    if not about:
        return dict(shown)
    named = [
        (kind, shown[kind])
        for kind in (IDENTIFICATION, COMPARISON)
        if isinstance(shown.get(kind), str) and shown[kind]
    ]
    source = LAST
    if named:
        source = HIDDEN if shown.get("opened") is False else SHOWN
        _check(session, named, about)
    found = named or _last(session, decision, about)
    whole = [_told(session, one, about, source) for one in found[:MOST_WHOLE]]
    rest = [{"kind": kind, "id": name, "source": source} for kind, name in found[MOST_WHOLE:]]
    return {**shown, ANSWERS: [*whole, *rest]}


def judged(decision: Decision) -> tuple[str, ...]:
    """The sightings of which a decision says who they are, or are not."""
    match decision:
        case Confirm() | NotIdentifiable() | NoMatch():
            return (decision.sighting,)
        case Reject():
            return (decision.a, decision.b)
        case NewIndividual() | Split():
            return tuple(decision.sightings)
    return ()


def _check(session: Session, named: Sequence[Named], about: Sequence[str]) -> None:
    for kind, name in named:
        of = _sightings(session, kind, name)
        require(
            not of or not of.isdisjoint(about),
            f"what was shown: {kind} {name} is of {', '.join(sorted(of)[:5])}, and the decision "
            f"is of {', '.join(about[:5])}; name an answer about these",
            InputError,
        )


def _sightings(session: Session, kind: str, name: str) -> set[str]:
    """The sightings that a stored answer is of; none where it is not stored."""
    if kind == IDENTIFICATION:
        row = session.get(IdentificationRow, name)
        return set() if row is None else {row.sighting_id}
    held = select(ComparisonSightingRow.sighting_id).filter_by(comparison_id=name)
    return set(session.scalars(held))


def _last(session: Session, decision: Decision, about: Sequence[str]) -> list[Named]:
    """The newest answer of each sighting, each once; of two told apart the newest on the pair."""
    if isinstance(decision, Reject):
        pair = select(VerdictRow.comparison_id).join(
            ComparisonRow, ComparisonRow.id == VerdictRow.comparison_id
        )
        pair = pair.where(VerdictRow.a.in_(about), VerdictRow.b.in_(about))
        newest = session.scalar(pair.order_by(ComparisonRow.created_at.desc()).limit(1))
        if newest is not None:
            return [(COMPARISON, newest)]
    last: dict[str, tuple[datetime, Named]] = {}
    for part in some(about):
        asked = select(
            IdentificationRow.sighting_id, IdentificationRow.created_at, IdentificationRow.id
        ).where(IdentificationRow.sighting_id.in_(part))
        compared = (
            select(ComparisonSightingRow.sighting_id, ComparisonRow.created_at, ComparisonRow.id)
            .join(ComparisonRow, ComparisonRow.id == ComparisonSightingRow.comparison_id)
            .where(ComparisonSightingRow.sighting_id.in_(part))
        )
        for kind, query in ((IDENTIFICATION, asked), (COMPARISON, compared)):
            for sighting, at, name in session.execute(query):
                found = at, (kind, name)
                last[sighting] = max(last.get(sighting, found), found)
    return list(dict.fromkeys(last[name][1] for name in about if name in last))


def _told(session: Session, one: Named, about: Sequence[str], source: str) -> dict[str, Any]:
    kind, name = one
    told = {"kind": kind, "id": name, "source": source}
    more = (_identification if kind == IDENTIFICATION else _comparison)(session, name, about)
    return {**told, "stored": False} if more is None else {**told, "stored": True, **more}


def _identification(
    session: Session, name: str, _about: Sequence[str] = ()
) -> dict[str, Any] | None:
    row = session.get(IdentificationRow, name)
    if row is None:
        return None
    looked = list(row.answer.get("candidates", ()))
    return {
        "sightings": [row.sighting_id],
        "at": row.created_at.isoformat(),
        "asked": {"prior_known": row.prior_known, "max_error": row.max_error},
        "said": row.kind,
        "individual": row.individual,
        "probability": row.probability,
        **_made_with(row.provenance),
        "candidates": looked[:MOST_CANDIDATES],
        "left_out": max(0, len(looked) - MOST_CANDIDATES),
    }


def _comparison(session: Session, name: str, about: Sequence[str]) -> dict[str, Any] | None:
    prior, error = (ComparisonRow.result[key].as_float() for key in ("prior_same", "max_error"))
    query = select(ComparisonRow.created_at, prior, error, ComparisonRow.result_sha256).add_columns(
        ComparisonRow.provenance
    )
    found = session.execute(query.where(ComparisonRow.id == name)).one_or_none()
    if found is None:
        return None
    at, prior_same, max_error, digest, provenance = found
    held = select(ComparisonSightingRow.sighting_id).filter_by(comparison_id=name)
    verdicts = select(VerdictRow).filter_by(comparison_id=name)
    verdicts = verdicts.where(or_(VerdictRow.a.in_(about[:500]), VerdictRow.b.in_(about[:500])))
    rows = sorted(session.scalars(verdicts), key=lambda row: (-row.direct_llr, row.position))
    return {
        "sightings": list(session.scalars(held.order_by(ComparisonSightingRow.position))),
        "at": at.isoformat(),
        "asked": {"prior_same": prior_same, "max_error": max_error},
        "result_sha256": digest,
        **_made_with(provenance),
        "candidates": [
            {"a": r.a, "b": r.b, "said": r.kind, "llr": r.direct_llr, "probability": r.probability}
            for r in rows[:MOST_CANDIDATES]
        ],
        "left_out": max(0, len(rows) - MOST_CANDIDATES),
    }


def _made_with(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Digests: which weights, which calibration, which code."""
    names = ("bundle", "weights", "calibration", "code_version")
    return {name: provenance.get(name) for name in names}
