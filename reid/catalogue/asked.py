"""Who sightings were said to be: each question with its answer, kept to be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.content import canonical_json, content_sha256
from reid.catalogue.core import Core, now
from reid.catalogue.identity_ground import SessionGround
from reid.catalogue.schema import IdentificationRow, IdentityEventRow
from reid.catalogue.sightings import find_sighting

ID_CHARS = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of who a sighting is, and the answer that it got.

    ``individual`` by the name of that time, ``number`` is the animal's own. ``answer`` holds
    candidates and reasons, ``up_to`` is the last decision that was known.
    """

    sighting_id: str
    prior_known: float
    max_error: float
    bundle: str
    kind: str
    individual: str | None
    probability: float | None
    answer: Mapping[str, Any] = field(repr=False)
    provenance: Mapping[str, Any] = field(repr=False)
    id: str = ""
    number: int | None = None
    up_to: int = 0
    created_at: datetime | None = None


class Identifications(Core):
    """Identifications that were given."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Identifications:
        """The identifications of this catalogue."""
        return cls(catalogue.engine, catalogue.data_dir)

    def keep(self, asked: Asked) -> str:
        """Store an answer and return its id; the same answer to the same question is one row.

        Raises:
            NotFoundError: no such sighting.
            InputError: the answer or its provenance is not JSON.
            StorageFullError: no room; nothing was written.
        """
        plain = [asked.prior_known, asked.max_error, dict(asked.answer), dict(asked.provenance)]
        canonical_json(plain, f"identification of {asked.sighting_id}")

        def work(session: Session) -> str:
            content = find_sighting(session, asked.sighting_id).content_sha256
            digest = content_sha256([asked.sighting_id, content, asked.kind, *plain])[:ID_CHARS]
            if session.get(IdentificationRow, digest) is None:
                session.add(_row(session, asked, digest, content))
            return digest

        return self._write(work)

    def load(self, identification_id: str) -> Asked | None:
        """An answer, None where there is none of that id."""

        def work(session: Session) -> Asked | None:
            row = session.get(IdentificationRow, identification_id)
            return None if row is None else _asked(row)

        return self._read(work)

    def page(
        self, *, sighting_id: str | None = None, limit: int = 100, skip: int = 0
    ) -> list[Asked]:
        """Answers, newest first: of all sightings, or of one."""
        row = IdentificationRow
        query = select(row).order_by(row.created_at.desc(), row.id.desc())
        if sighting_id is not None:
            query = query.where(row.sighting_id == sighting_id)
        rows = query.limit(limit).offset(skip)
        return self._read(lambda session: [_asked(one) for one in session.scalars(rows)])

    def ids(self) -> list[str]:
        """Of every sighting and every stated prior and error rate the newest answer's id.

        Older answers to the same question are history: asked again, all have one answer.
        """
        row = IdentificationRow
        query = select(row.sighting_id, row.prior_known, row.max_error, row.id).order_by(
            row.created_at, row.id
        )

        def work(session: Session) -> list[str]:
            newest = {(s, p, e): found for s, p, e, found in session.execute(query)}
            return list(newest.values())

        return self._read(work)

    def count(self) -> int:
        """How many are kept."""
        query = select(func.count()).select_from(IdentificationRow)
        return self._read(lambda session: session.scalar(query) or 0)


def _row(session: Session, asked: Asked, digest: str, content: str) -> IdentificationRow:
    name = asked.individual
    return IdentificationRow(
        id=digest,
        created_at=now(),
        sighting_id=asked.sighting_id,
        content_sha256=content,
        prior_known=asked.prior_known,
        max_error=asked.max_error,
        bundle=asked.bundle,
        kind=asked.kind,
        individual=name,
        individual_id=None if name is None else SessionGround(session).number_of(name),
        probability=asked.probability,
        up_to=session.scalar(select(func.max(IdentityEventRow.id))) or 0,
        answer=dict(asked.answer),
        provenance=dict(asked.provenance),
    )


def _asked(row: IdentificationRow) -> Asked:
    return Asked(
        row.sighting_id,
        row.prior_known,
        row.max_error,
        row.bundle,
        row.kind,
        row.individual,
        row.probability,
        row.answer,
        row.provenance,
        row.id,
        row.individual_id,
        row.up_to,
        row.created_at,
    )
