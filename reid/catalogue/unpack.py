"""Rows back into the values of ``reid.types``. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reid.catalogue.codec import unpack_features, unpack_mask, unpack_vectors
from reid.catalogue.schema import AnnotationRow, EmbeddingRow, FeaturesRow, MediaRow
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    CameraNote,
    Embedding,
    FlankEstimate,
    Image,
    Light,
    PreparedAnnotation,
    Quality,
    StripReading,
    View,
)

NOT_LOADED = "pixels-not-loaded"


def picture_without_pixels(row: MediaRow, file_name: str) -> Image:
    """What is known of a picture, black (height, width, 3) that takes no memory, and flagged."""
    black = np.broadcast_to(np.uint8(0), (row.height_px or 1, row.width_px or 1, 3))
    return Image(
        pixels=black,
        sha256=row.sha256,
        file_name=file_name,
        format=row.format or "",
        light=Light(row.light or Light.COLOUR),
        captured_at=row.captured_at,
        camera_make=row.camera_make,
        camera_model=row.camera_model,
        camera_serial=row.camera_serial,
        flags=(*row.flags, NOT_LOADED),
        note=CameraNote.of(row.note) if row.note else None,
        strip=StripReading.of(row.strip) if row.strip else None,
    )


def annotation_of(row: AnnotationRow) -> Annotation:
    """The box, and the mask where there is one."""
    return Annotation(
        media_sha256=row.media_sha256,
        box=Box(row.x_px, row.y_px, row.width_px, row.height_px),
        origin=AnnotationOrigin(row.origin),
        confidence=row.confidence,
        mask=None if row.mask is None else unpack_mask(row.mask),
        flags=tuple(row.flags),
    )


def view_of(row: AnnotationRow) -> View:
    """Flank and quality."""
    flank = FlankEstimate(row.flank_left, row.flank_right, row.flank_other, row.flank_source)
    return View(flank=flank, quality=quality_of(row.quality))


def quality_of(stored: Mapping[str, Any]) -> Quality:
    """Quality."""
    return Quality(**{**stored, "reasons": tuple(stored["reasons"])})


def prepared_of(
    row: AnnotationRow, embedding: EmbeddingRow, features: FeaturesRow, image: Image
) -> PreparedAnnotation:
    """Everything measured on one animal, with its picture."""
    vector = unpack_vectors([embedding.vector], embedding.dim)[0]
    return PreparedAnnotation(
        id=row.annotation_id,
        sighting_id=row.sighting_id,
        image=image,
        annotation=annotation_of(row),
        view=view_of(row),
        embedding=Embedding(vector, embedding.fingerprint),
        features=unpack_features(features.animal),
        mirrored=unpack_features(features.mirrored),
        camera=row.camera,
        flags=tuple(row.prepared_flags),
    )
