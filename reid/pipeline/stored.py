"""Sightings as the catalogue keeps them, read back ready to be compared."""

from __future__ import annotations

from dataclasses import replace

from reid.catalogue import Catalogue
from reid.image import open_image
from reid.pipeline.engine import Engine
from reid.pipeline.preparing import PreparedSighting
from reid.types import Image


def stored_sighting(engine: Engine, catalogue: Catalogue, sighting_id: str) -> PreparedSighting:
    """A stored sighting with its stored measurements; pictures are opened, nothing measured.

    Times are as recorded corrections of the cameras' clocks make them.

    Raises:
        NotFoundError: no sighting of that id, or not measured with this engine's models.
        CatalogueError: a file is missing or was altered.
    """
    sighting = catalogue.load_sighting(sighting_id)
    record = catalogue.sighting(sighting_id)
    animals = catalogue.load_prepared(
        sighting_id,
        open_stored,
        fingerprint=engine.embedder.fingerprint,
        method=engine.local.method,
    )
    rejected = tuple((sighting_id, name, why) for name, why in record.rejected)
    return PreparedSighting(replace(sighting, times=record.times), tuple(animals), rejected)


def open_stored(content: bytes, file_name: str) -> Image:
    """A stored file as a picture."""
    return open_image(content, file_name=file_name)
