"""Queries: annotations joined with one embedding and one set of local features each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reid.catalogue.schema import AnnotationRow, EmbeddingRow, FeaturesRow, MediaRow
from reid.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of one annotation, detached."""

    annotation: AnnotationRow
    embedding: EmbeddingRow
    features: FeaturesRow
    media: MediaRow


def rows_of_sighting(
    session: Session, sighting_id: str, fingerprint: str | None, method: str | None
) -> list[Measured]:
    """Every annotation of a sighting, in the order of saving."""
    query = select(AnnotationRow).filter_by(sighting_id=sighting_id).order_by(AnnotationRow.id)
    return [_measured(session, row, fingerprint, method) for row in session.scalars(query)]


def rows_of_keys(
    session: Session, keys: Sequence[int], fingerprint: str | None, method: str | None
) -> list[Measured]:
    """The annotations with these keys, in their order."""
    found = []
    for key in keys:
        row = session.get(AnnotationRow, key)
        if row is None:
            raise NotFoundError(f"no annotation with key {key} in the catalogue; rebuild the index")
        found.append(_measured(session, row, fingerprint, method))
    return found


def _measured(
    session: Session, row: AnnotationRow, fingerprint: str | None, method: str | None
) -> Measured:
    vector = select(EmbeddingRow).filter_by(annotation_key=row.id)
    local = select(FeaturesRow).filter_by(annotation_key=row.id)
    if fingerprint is not None:
        vector = vector.filter_by(fingerprint=fingerprint)
    if method is not None:
        local = local.filter_by(method=method)
    embedding = session.scalar(vector.order_by(EmbeddingRow.id.desc()).limit(1))
    features = session.scalar(local.order_by(FeaturesRow.id.desc()).limit(1))
    if embedding is None or features is None:
        what = f"embedding {fingerprint}" if embedding is None else f"local features {method}"
        raise NotFoundError(
            f"annotation {row.annotation_id} of sighting {row.sighting_id} was not measured with "
            f"{what}; analyse it with that model and add_measurements"
        )
    return Measured(row, embedding, features, session.get_one(MediaRow, row.media_sha256))
