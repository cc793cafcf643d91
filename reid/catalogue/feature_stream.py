"""All local features of one method, a chunk at a time, in the order in which they were stored."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from reid.catalogue.codec import unpack_features
from reid.catalogue.core import Core
from reid.catalogue.extents import extent_of, stamp, stamp_of
from reid.catalogue.records import FeatureChunk
from reid.catalogue.schema import AnnotationRow, FeaturesRow
from reid.types import Extent, Flank
from reid.types.checks import require

CHUNK_FEATURES = 128  # 50 MB of 760 descriptors of 128 numbers each


class FeatureStream(Core):
    """What the votes of descriptors are made from."""

    def iter_features(
        self, method: str, *, after: int = 0, chunk_rows: int = CHUNK_FEATURES
    ) -> Iterator[FeatureChunk]:
        """The animals' local features of one method, by row: a row is numbered when it is stored.

        At most ``chunk_rows`` at a time, each chunk in a transaction of its own. Only rows above
        ``after``: what is new since, also of annotations that are older.

        Raises:
            InputError: ``chunk_rows`` is not positive.
            CatalogueError: stored features are damaged.
        """
        require(chunk_rows > 0, f"chunk_rows: expected at least 1, found {chunk_rows}")
        last = after
        while True:
            page = (
                select(FeaturesRow.id, FeaturesRow.annotation_key, AnnotationRow.sighting_id)
                .add_columns(AnnotationRow.flank, FeaturesRow.animal, AnnotationRow.created_at)
                .join(AnnotationRow, AnnotationRow.id == FeaturesRow.annotation_key)
                .where(FeaturesRow.method == method, FeaturesRow.id > last)
                .order_by(FeaturesRow.id)
                .limit(chunk_rows)
            )
            rows = self._read(lambda session, page=page: session.execute(page).all())  # type: ignore[misc]
            if not rows:
                return
            numbers, keys, sightings, flanks, packed, made = zip(*rows, strict=True)
            last = int(numbers[-1])
            yield FeatureChunk(
                last,
                stamp(keys[-1], made[-1]),
                tuple(keys),
                tuple(sightings),
                tuple(map(Flank, flanks)),
                tuple(map(unpack_features, packed)),
            )

    def features_extent(self, method: str, *, up_to: int | None = None) -> Extent:
        """What there is of one method; ``up_to``: only rows up to this one."""
        kind = FeaturesRow.method == method
        return self._read(lambda session: extent_of(session, FeaturesRow, kind, up_to))

    def features_stamp(self, row: int) -> str:
        """What tells this row from another of its number; "" when there is none."""
        return self._read(lambda session: stamp_of(session, FeaturesRow, row))

    def sightings_of_annotations(self, *, after: int = 0) -> dict[int, str]:
        """Sighting id by annotation key, ascending, of annotations with keys above ``after``."""
        query = select(AnnotationRow.id, AnnotationRow.sighting_id).where(AnnotationRow.id > after)
        ordered = query.order_by(AnnotationRow.id)
        return self._read(lambda session: {row[0]: row[1] for row in session.execute(ordered)})

    def annotation_stamp(self, key: int) -> str:
        """What tells this annotation from another of its number; "" when there is none."""
        query = select(AnnotationRow.created_at).where(AnnotationRow.id == key)
        found = self._read(lambda session: session.scalar(query))
        return "" if found is None else stamp(key, found)
