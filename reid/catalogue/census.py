"""How much of everything there is: counts for those who watch over a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core, now
from reid.catalogue.jobs.records import ItemState, JobState
from reid.catalogue.schema import (
    AnnotationRow,
    IdentityEventRow,
    IdentityFactRow,
    JobItemRow,
    JobRow,
    MediaRow,
    SightingRow,
    VerdictRow,
)
from reid.identities import subjects


@dataclass(frozen=True, slots=True)
class Counts:
    """``jobs`` by state; ``oldest_s`` is the age of the oldest job of each state that has not
    ended; ``items`` are parts of running and queued jobs by state; ``verdicts`` by kind.
    """

    sightings: int
    media: int
    annotations: int
    individuals: int
    decisions: int
    jobs: Mapping[str, int]
    oldest_s: Mapping[str, float]
    items: Mapping[str, int]
    verdicts: Mapping[str, int]


class Census(Core):
    """Counts of a catalogue."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Census:
        """The counts of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def counts(self) -> Counts:
        """Everything at one moment."""
        return self._read(_counts)


def _counts(session: Session) -> Counts:
    def many(query: Select[Any]) -> int:
        return int(session.scalar(query) or 0)

    held = IdentityFactRow.kind == subjects.SIGHTING
    who = select(func.count(func.distinct(IdentityFactRow.individual_id))).where(held)
    return Counts(
        sightings=many(select(func.count()).select_from(SightingRow)),
        media=many(select(func.count()).select_from(MediaRow)),
        annotations=many(select(func.count()).select_from(AnnotationRow)),
        individuals=many(who),
        decisions=many(select(func.count()).select_from(IdentityEventRow)),
        jobs=_jobs(session),
        oldest_s=_oldest(session),
        items=_items(session),
        verdicts=_verdicts(session),
    )


def _jobs(session: Session) -> dict[str, int]:
    query = select(JobRow.state, func.count()).group_by(JobRow.state)
    found = {state: int(count) for state, count in session.execute(query)}
    return {state.value: found.get(state.value, 0) for state in JobState}


def _oldest(session: Session) -> dict[str, float]:
    found = {}
    for state in (JobState.QUEUED, JobState.RUNNING):
        first = session.scalar(
            select(JobRow.created_at)
            .where(JobRow.state == state.value)
            .order_by(JobRow.created_at)
            .limit(1)
        )
        found[state.value] = _age_s(first)
    return found


def _age_s(at: datetime | None) -> float:
    return 0.0 if at is None else max(0.0, (now() - at).total_seconds())


def _items(session: Session) -> dict[str, int]:
    alive = (JobState.QUEUED.value, JobState.RUNNING.value)
    query = (
        select(JobItemRow.state, func.count())
        .join(JobRow, JobRow.id == JobItemRow.job_id)
        .where(JobRow.state.in_(alive))
        .group_by(JobItemRow.state)
    )
    found = {state: int(count) for state, count in session.execute(query)}
    return {state.value: found.get(state.value, 0) for state in ItemState}


def _verdicts(session: Session) -> dict[str, int]:
    query = select(VerdictRow.kind, func.count()).group_by(VerdictRow.kind)
    return {kind: int(count) for kind, count in session.execute(query)}
