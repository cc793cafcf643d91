"""All local features of one method, a chunk at a time, in the order in which they were stored."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from reid.catalogue.codec import unpack_features
from reid.catalogue.core import Core
from reid.catalogue.records import FeatureChunk
from reid.catalogue.schema import AnnotationRow, FeaturesRow
from reid.types import Flank
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
                .add_columns(AnnotationRow.flank, FeaturesRow.animal)
                .join(AnnotationRow, AnnotationRow.id == FeaturesRow.annotation_key)
                .where(FeaturesRow.method == method, FeaturesRow.id > last)
                .order_by(FeaturesRow.id)
                .limit(chunk_rows)
            )
            rows = self._read(lambda session, page=page: session.execute(page).all())  # type: ignore[misc]
            if not rows:
                return
            numbers, keys, sightings, flanks, packed = zip(*rows, strict=True)
            last = int(numbers[-1])
            yield FeatureChunk(
                last,
                tuple(keys),
                tuple(sightings),
                tuple(map(Flank, flanks)),
                tuple(map(unpack_features, packed)),
            )

    def newest_features(self, method: str, *, up_to: int | None = None) -> tuple[int, int]:
        """How many local features of one method there are, and the highest row (0: none).

        ``up_to``: only rows up to this one.
        """
        query = select(func.count(), func.max(FeaturesRow.id)).where(FeaturesRow.method == method)
        if up_to is not None:
            query = query.where(FeaturesRow.id <= up_to)
        count, newest = self._read(lambda session: session.execute(query).one())
        return int(count), int(newest or 0)

    def sightings_of_annotations(self, *, after: int = 0) -> dict[int, str]:
        """Sighting id by annotation key, of all annotations with keys above ``after``."""
        query = select(AnnotationRow.id, AnnotationRow.sighting_id).where(AnnotationRow.id > after)
        return self._read(lambda session: {row[0]: row[1] for row in session.execute(query)})
