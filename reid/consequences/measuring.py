"""Stored animals as another engine sees them: what it lacks is measured on the stored pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reid.catalogue import Catalogue
from reid.catalogue.unmeasured import unmeasured
from reid.errors import NotFoundError
from reid.pipeline import Engine, PreparedSighting
from reid.pipeline.stored import open_stored
from reid.telemetry import timed
from reid.types import Embedding, PreparedAnnotation


def lacking(engine: Engine, catalogue: Catalogue) -> list[str]:
    """Sightings of which an animal lacks this engine's embedding or local features."""
    return unmeasured(catalogue, engine.embedder.fingerprint, engine.local.method)


def measure_stored(engine: Engine, catalogue: Catalogue, sighting_id: str) -> int:
    """Measure what this engine lacks of a sighting, and keep it; returns how many rows were added.

    Boxes, outlines, flanks and qualities stay as they are: only embedding and features are made.

    Raises:
        NotFoundError: no such sighting.
        CatalogueError: a file is missing or was altered.
    """
    animals = catalogue.load_prepared(sighting_id, open_stored)
    return catalogue.add_measurements([_measured(engine, animal) for animal in animals])


def _measured(engine: Engine, animal: PreparedAnnotation) -> PreparedAnnotation:
    image, annotation = animal.image, animal.annotation
    with timed("embed"):
        vector = engine.embedder.embed([engine.embedder.crop(image, annotation)])[0]
    new = replace(animal, embedding=Embedding(vector, engine.embedder.fingerprint))
    if animal.features.method == engine.local.method:
        return new
    with timed("describe"):
        features = engine.local.animal(image, annotation)
        return replace(new, features=features, mirrored=engine.local.mirrored(image, annotation))


def for_verdicts(
    engine: Engine, catalogue: Catalogue, ids: Sequence[str], fingerprints: Sequence[str]
) -> list[PreparedSighting]:
    """Sightings ready to be compared by this engine, with an embedding of one of these
    fingerprints: verdicts rest on local features alone, so any will do that all of them have.

    Local features of the engine's method are measured where they are not stored, its embeddings
    where none of these is there of all.

    Raises:
        NotFoundError: no such sighting.
        CatalogueError: a file is missing or was altered.
    """
    for fingerprint in dict.fromkeys(fingerprints):
        try:
            return [_prepared(engine, catalogue, name, fingerprint) for name in ids]
        except NotFoundError:
            continue
    for name in ids:
        measure_stored(engine, catalogue, name)
    return [_prepared(engine, catalogue, name, engine.embedder.fingerprint) for name in ids]


def _prepared(
    engine: Engine, catalogue: Catalogue, sighting_id: str, fingerprint: str
) -> PreparedSighting:
    try:
        animals = catalogue.load_prepared(
            sighting_id, open_stored, fingerprint=fingerprint, method=engine.local.method
        )
    except NotFoundError:
        catalogue.load_prepared(sighting_id, fingerprint=fingerprint)  # refuses what has neither
        measure_stored(engine, catalogue, sighting_id)
        animals = catalogue.load_prepared(
            sighting_id, open_stored, fingerprint=fingerprint, method=engine.local.method
        )
    sighting, record = catalogue.load_sighting(sighting_id), catalogue.sighting(sighting_id)
    rejected = tuple((sighting_id, name, why) for name, why in record.rejected)
    return PreparedSighting(sighting, tuple(animals), rejected)
