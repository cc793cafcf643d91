"""All embeddings of one model, a chunk at a time, in the order in which they were stored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sqlalchemy import func, select

from reid.catalogue.codec import unpack_vectors
from reid.catalogue.core import Core
from reid.catalogue.extents import extent_of, stamp, stamp_of
from reid.catalogue.records import EmbeddingChunk
from reid.catalogue.schema import AnnotationRow, EmbeddingRow
from reid.types import Extent, Flank
from reid.types.checks import require

CHUNK_ROWS = 4096  # 20 MB of vectors of 1280 numbers


class EmbeddingStream(Core):
    """What an index is made from."""

    def iter_embeddings(
        self, fingerprint: str, *, after: int = 0, chunk_rows: int = CHUNK_ROWS
    ) -> Iterator[EmbeddingChunk]:
        """All embeddings of one fingerprint, by row: a row is numbered when it is stored.

        At most ``chunk_rows`` at a time, each chunk in a transaction of its own. Only rows above
        ``after``: what is new since, also of annotations that are older.

        Raises:
            InputError: ``chunk_rows`` is not positive.
        """
        require(chunk_rows > 0, f"chunk_rows: expected at least 1, found {chunk_rows}")
        last = after
        while True:
            chunk = self._chunk(fingerprint, last, chunk_rows)
            if chunk is None:
                return
            yield chunk
            last = chunk.last

    def _chunk(self, fingerprint: str, last: int, limit: int) -> EmbeddingChunk | None:
        page = (
            select(EmbeddingRow.id, AnnotationRow.id, AnnotationRow.annotation_id)
            .add_columns(AnnotationRow.sighting_id, AnnotationRow.flank)
            .add_columns(EmbeddingRow.vector, EmbeddingRow.dim, AnnotationRow.created_at)
            .join(AnnotationRow, EmbeddingRow.annotation_key == AnnotationRow.id)
            .where(EmbeddingRow.fingerprint == fingerprint, EmbeddingRow.id > last)
            .order_by(EmbeddingRow.id)
            .limit(limit)
        )
        rows = self._read(lambda session: session.execute(page).all())
        if not rows:
            return None
        numbers, keys, annotation_ids, sighting_ids, flanks, vectors, dims, made = zip(
            *rows, strict=True
        )
        return EmbeddingChunk(
            last=int(numbers[-1]),
            stamp=stamp(keys[-1], made[-1]),
            keys=np.array(keys, np.int64),
            flanks=tuple(map(Flank, flanks)),
            vectors=unpack_vectors(list(vectors), dims[0]),
            annotation_ids=tuple(annotation_ids),
            sighting_ids=tuple(sighting_ids),
        )

    def fingerprints(self) -> dict[str, int]:
        """How many embeddings there are of each fingerprint."""
        query = select(EmbeddingRow.fingerprint, func.count()).group_by(EmbeddingRow.fingerprint)
        return self._read(lambda s: {row[0]: row[1] for row in s.execute(query)})

    def embedding_extent(self, fingerprint: str, *, up_to: int | None = None) -> Extent:
        """What there is of one fingerprint; ``up_to``: only rows up to this one."""
        # no plain column: SQLite would then look up every row, vectors and all, instead of
        # staying in the index of keys and fingerprints
        kind = EmbeddingRow.fingerprint.concat("") == fingerprint
        return self._read(lambda session: extent_of(session, EmbeddingRow, kind, up_to))

    def embedding_stamp(self, row: int) -> str:
        """What tells this row from another of its number; "" when there is none."""
        return self._read(lambda session: stamp_of(session, EmbeddingRow, row))
