"""All embeddings of one model, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sqlalchemy import func, select

from reid.catalogue.codec import unpack_vectors
from reid.catalogue.core import Core
from reid.catalogue.records import EmbeddingChunk
from reid.catalogue.schema import AnnotationRow, EmbeddingRow
from reid.types import Flank
from reid.types.checks import require

CHUNK_ROWS = 4096  # 20 MB of vectors of 1280 numbers


class EmbeddingStream(Core):
    """What an index is rebuilt from."""

    def iter_embeddings(
        self,
        flank: Flank | None,
        fingerprint: str,
        *,
        chunk_rows: int = CHUNK_ROWS,
        after: int = 0,
    ) -> Iterator[EmbeddingChunk]:
        """All embeddings of one fingerprint whose best flank is ``flank`` (None: any), by key.

        For rebuilding an index in bounded memory: at most ``chunk_rows`` at a time, each chunk
        in a transaction of its own. Only keys above ``after``: what is new since.

        Raises:
            InputError: ``chunk_rows`` is not positive.
        """
        require(chunk_rows > 0, f"chunk_rows: expected at least 1, found {chunk_rows}")
        last = after
        while True:
            chunk = self._chunk(flank, fingerprint, last, chunk_rows)
            if chunk is None:
                return
            yield chunk
            last = int(chunk.keys[-1])

    def _chunk(
        self, flank: Flank | None, fingerprint: str, last: int, limit: int
    ) -> EmbeddingChunk | None:
        query = (
            select(AnnotationRow.id, AnnotationRow.annotation_id, AnnotationRow.sighting_id)
            .add_columns(EmbeddingRow.vector, EmbeddingRow.dim)
            .join(EmbeddingRow, EmbeddingRow.annotation_key == AnnotationRow.id)
            .where(EmbeddingRow.fingerprint == fingerprint, AnnotationRow.id > last)
        )
        if flank is not None:
            query = query.where(AnnotationRow.flank == flank.value)
        page = query.order_by(AnnotationRow.id).limit(limit)
        rows = self._read(lambda session: session.execute(page).all())
        if not rows:
            return None
        keys, annotation_ids, sighting_ids, vectors, dims = zip(*rows, strict=True)
        return EmbeddingChunk(
            keys=np.array(keys, np.int64),
            vectors=unpack_vectors(list(vectors), dims[0]),
            annotation_ids=tuple(annotation_ids),
            sighting_ids=tuple(sighting_ids),
        )

    def fingerprints(self) -> dict[str, int]:
        """How many embeddings there are of each fingerprint."""
        query = select(EmbeddingRow.fingerprint, func.count()).group_by(EmbeddingRow.fingerprint)
        return self._read(lambda s: {row[0]: row[1] for row in s.execute(query)})

    def newest_embedding(self, fingerprint: str, *, up_to: int | None = None) -> tuple[int, int]:
        """How many embeddings of one fingerprint there are, and the highest key (0: none).

        ``up_to``: only keys up to this one.
        """
        query = (
            select(func.count(), func.max(EmbeddingRow.annotation_key))
            .select_from(EmbeddingRow)
            # no plain column: SQLite would then look up every row, vectors and all, instead of
            # staying in the index of keys and fingerprints
            .where(EmbeddingRow.fingerprint.concat("") == fingerprint)
        )
        if up_to is not None:
            query = query.where(EmbeddingRow.annotation_key <= up_to)
        count, newest = self._read(lambda session: session.execute(query).one())
        return int(count), int(newest or 0)
