"""Which stored sightings a model has not measured."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from reid.catalogue.catalogue import Catalogue
from reid.catalogue.core import Core
from reid.catalogue.schema import AnnotationRow, EmbeddingRow, FeaturesRow


def unmeasured(catalogue: Catalogue, fingerprint: str, method: str) -> list[str]:
    """Ids of sightings with an animal without this embedding or these local features, sorted."""
    embedded = exists().where(
        EmbeddingRow.annotation_key == AnnotationRow.id, EmbeddingRow.fingerprint == fingerprint
    )
    described = exists().where(
        FeaturesRow.annotation_key == AnnotationRow.id, FeaturesRow.method == method
    )
    query = (
        select(AnnotationRow.sighting_id)
        .where(~(embedded & described))
        .distinct()
        .order_by(AnnotationRow.sighting_id)
    )

    def work(session: Session) -> list[str]:
        return list(session.scalars(query))

    return Core(catalogue.engine, catalogue.data_dir)._read(work)
