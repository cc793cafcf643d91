"""Embeddings of other bundles beside those that are there: what lacks, what is added, forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from reid.catalogue.bundle_records import Lacking
from reid.catalogue.codec import pack_vector
from reid.catalogue.core import Core
from reid.catalogue.schema import AnnotationRow, EmbeddingRow
from reid.catalogue.unpack import annotation_of
from reid.types import Annotation

PAGE = 5000


@dataclass(frozen=True, slots=True)
class StoredAnnotation:
    """An annotation by its index key, to be cut out of its picture again."""

    key: int
    file_name: str
    annotation: Annotation


class EmbeddingGaps(Core):
    """Which annotations have no embedding of a fingerprint, and filling them."""

    def lacking(self, fingerprint: str, *, after: int = 0, most: int = 0) -> Lacking:
        """Annotations beyond the index key ``after`` without an embedding of a fingerprint: how
        many, the first ``most`` of them, and the newest annotation of all.
        """

        def work(session: Session) -> Lacking:
            last = session.scalar(select(func.max(AnnotationRow.id))) or 0
            if last <= after:
                return Lacking(0, (), last)
            count = count_lacking(session, fingerprint, after)
            keys = session.scalars(_keys(fingerprint, after).limit(most)) if count and most else ()
            return Lacking(count, tuple(keys), last)

        return self._read(work)

    def media_lacking(self, fingerprint: str) -> Iterator[tuple[str, int]]:
        """sha256 of every file with such annotations and how many of them, by sha256."""
        last = ""
        while True:
            page = (
                select(AnnotationRow.media_sha256, func.count())
                .where(_without(fingerprint), AnnotationRow.media_sha256 > last)
                .group_by(AnnotationRow.media_sha256)
                .order_by(AnnotationRow.media_sha256)
                .limit(PAGE)
            )
            rows = self._read(lambda session, page=page: session.execute(page).all())  # type: ignore[misc]
            yield from ((sha256, count) for sha256, count in rows)
            if len(rows) < PAGE:
                return
            last = rows[-1][0]

    def annotations_lacking(self, media: Sequence[str], fingerprint: str) -> list[StoredAnnotation]:
        """The annotations of files without an embedding of a fingerprint, by file and key."""
        query = (
            select(AnnotationRow)
            .where(AnnotationRow.media_sha256.in_(media), _without(fingerprint))
            .order_by(AnnotationRow.media_sha256, AnnotationRow.id)
        )
        return self._stored(query)

    def keys_lacking(self, sighting_id: str, fingerprint: str) -> tuple[int, ...]:
        """The annotations of one sighting without an embedding of a fingerprint."""
        query = select(AnnotationRow.id).where(
            AnnotationRow.sighting_id == sighting_id, _without(fingerprint)
        )
        return self._read(lambda session: tuple(session.scalars(query)))

    def annotations_of_keys(self, keys: Sequence[int]) -> list[StoredAnnotation]:
        """Annotations by their index keys, by file and key; unknown keys are left out."""
        query = select(AnnotationRow).where(AnnotationRow.id.in_(keys))
        return self._stored(query.order_by(AnnotationRow.media_sha256, AnnotationRow.id))

    def _stored(self, query: Any) -> list[StoredAnnotation]:
        rows = self._read(lambda session: session.scalars(query).all())
        return [StoredAnnotation(row.id, row.file_name, annotation_of(row)) for row in rows]

    def add_embeddings(
        self, fingerprint: str, keys: Sequence[int], vectors: NDArray[np.float32]
    ) -> int:
        """Add vectors (n, dim) to annotations; what is there under this fingerprint stays.

        Returns how many were added.
        """
        rows = [
            EmbeddingRow(
                annotation_key=key,
                fingerprint=fingerprint,
                dim=len(vector),
                vector=pack_vector(vector),
            )
            for key, vector in zip(keys, vectors, strict=True)
        ]

        def work(session: Session) -> int:
            there = set(session.scalars(_there(fingerprint, keys)))
            new = [row for row in rows if row.annotation_key not in there]
            session.add_all(new)
            return len(new)

        return self._write(work) if rows else 0

    def forget_embeddings(self, fingerprint: str, *, most: int = PAGE) -> int:
        """Delete up to ``most`` embeddings of a fingerprint; returns how many. 0: none is left."""

        def work(session: Session) -> int:
            first = select(EmbeddingRow.id).where(EmbeddingRow.fingerprint == fingerprint)
            chosen = list(session.scalars(first.limit(most)))
            session.execute(delete(EmbeddingRow).where(EmbeddingRow.id.in_(chosen)))
            return len(chosen)

        return self._write(work)


def count_lacking(session: Session, fingerprint: str, after: int = 0) -> int:
    """How many annotations beyond a key have no embedding of a fingerprint."""
    counted = select(func.count()).select_from(AnnotationRow)
    return session.scalar(counted.where(AnnotationRow.id > after, _without(fingerprint))) or 0


def _without(fingerprint: str) -> Any:
    same = EmbeddingRow.annotation_key == AnnotationRow.id
    return ~exists().where(same, EmbeddingRow.fingerprint == fingerprint)


def _keys(fingerprint: str, after: int) -> Any:
    query = select(AnnotationRow.id).where(AnnotationRow.id > after, _without(fingerprint))
    return query.order_by(AnnotationRow.id)


def _there(fingerprint: str, keys: Sequence[int]) -> Any:
    query = select(EmbeddingRow.annotation_key).where(EmbeddingRow.fingerprint == fingerprint)
    return query.where(EmbeddingRow.annotation_key.in_(keys))
