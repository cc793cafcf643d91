"""Values of ``reid.types`` into rows, after checking that they belong together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from reid.catalogue.codec import pack_features, pack_mask, pack_vector
from reid.catalogue.content import check_texts, media_sha256
from reid.catalogue.schema import (
    AnnotationRow,
    EmbeddingRow,
    FeaturesRow,
    MediaRow,
    RejectionRow,
    SightingMediaRow,
    SightingRow,
    SightingTimeRow,
)
from reid.catalogue.unpack import NOT_LOADED
from reid.errors import InputError
from reid.types import Image, PreparedAnnotation, Sighting, SightingMedia

Rejected = Sequence[tuple[str, str, str]]  # (sighting id, file name, reason), as in Comparison


def check_fits(sighting: Sighting, prepared: Sequence[PreparedAnnotation]) -> None:
    """Raise InputError unless every annotation is of this sighting and of one of its files."""
    check_texts(f"sighting {sighting.id!a}", *_texts(sighting))
    known = {media_sha256(m) for m in sighting.media}
    seen: set[str] = set()
    for item in prepared:
        if item.sighting_id != sighting.id:
            raise InputError(
                f"annotation {item.id}: expected sighting {sighting.id}, found {item.sighting_id}"
            )
        if item.image.sha256 not in known or item.annotation.media_sha256 != item.image.sha256:
            raise InputError(
                f"annotation {item.id} of sighting {sighting.id}: its picture "
                f"{item.image.file_name} is not one of the sighting's files; give the sighting "
                "with the bytes that were analysed"
            )
        if item.id in seen:
            raise InputError(f"sighting {sighting.id}: two annotations have the id {item.id}")
        seen.add(item.id)


def _texts(sighting: Sighting) -> list[str | None]:
    media = [text for m in sighting.media for text in (m.file_name, m.camera, m.licence)]
    own = [sighting.id, sighting.station, sighting.licence]
    return [*own, *(t.source for t in sighting.times), *media]


def sighting_row(sighting: Sighting, digest: str, rejected: Rejected, at: datetime) -> SightingRow:
    """The sighting with its times and rejections; files are added apart."""
    latitude, longitude = sighting.position or (None, None)
    own = [(name, why) for owner, name, why in rejected if owner == sighting.id]
    return SightingRow(
        id=sighting.id,
        station=sighting.station,
        latitude=latitude,
        longitude=longitude,
        licence=sighting.licence or None,
        content_sha256=digest,
        created_at=at,
        times=[
            SightingTimeRow(position=i, at=t.at, source=t.source)
            for i, t in enumerate(sighting.times)
        ],
        rejections=[
            RejectionRow(position=i, file_name=name, reason=why)
            for i, (name, why) in enumerate(own)
        ],
    )


def sighting_media_row(
    media: SightingMedia, position: int, deployment_id: int | None
) -> SightingMediaRow:
    """One file as the user describes it."""
    return SightingMediaRow(
        position=position,
        media_sha256=media_sha256(media),
        deployment_id=deployment_id,
        file_name=media.file_name,
        camera=media.camera,
        flank=None if media.flank is None else media.flank.value,
        boxes=[[b.x_px, b.y_px, b.width_px, b.height_px] for b in media.boxes],
        licence=media.licence or None,
    )


def describe_media(row: MediaRow, image: Image) -> None:
    """Write into ``row`` what the opened picture says of itself."""
    row.width_px, row.height_px = image.size_wh
    row.format, row.light = image.format, image.light.value
    row.captured_at = image.clock_at or image.captured_at
    row.camera_make, row.camera_model = image.camera_make, image.camera_model
    row.camera_serial = image.camera_serial
    row.flags = [flag for flag in image.flags if flag != NOT_LOADED]
    row.note = image.note.plain() if image.note else None
    row.strip = image.strip.plain() if image.strip else row.strip


def annotation_row(item: PreparedAnnotation, at: datetime) -> AnnotationRow:
    """Box, mask, flank and quality."""
    annotation, flank, quality = item.annotation, item.view.flank, item.view.quality
    box, mask = annotation.box, annotation.mask
    return AnnotationRow(
        sighting_id=item.sighting_id,
        annotation_id=item.id,
        media_sha256=annotation.media_sha256,
        file_name=item.image.file_name,
        camera=item.camera,
        x_px=box.x_px,
        y_px=box.y_px,
        width_px=box.width_px,
        height_px=box.height_px,
        origin=annotation.origin.value,
        confidence=annotation.confidence,
        mask=None if mask is None else pack_mask(mask),
        flags=list(annotation.flags),
        prepared_flags=list(item.flags),
        flank=flank.best.value,
        flank_left=flank.left,
        flank_right=flank.right,
        flank_other=flank.other,
        flank_source=flank.source,
        usable=quality.usable,
        quality={**asdict(quality), "reasons": list(quality.reasons)},
        created_at=at,
    )


def embedding_row(item: PreparedAnnotation) -> EmbeddingRow:
    """The vector under its fingerprint; its annotation's key is set when that is known."""
    vector = item.embedding.vector
    return EmbeddingRow(
        fingerprint=item.embedding.fingerprint,
        dim=len(vector),
        vector=pack_vector(vector),
    )


def features_row(item: PreparedAnnotation) -> FeaturesRow:
    """Both sets of local features under the method of the animal's."""
    return FeaturesRow(
        method=item.features.method,
        animal=pack_features(item.features),
        mirrored=pack_features(item.mirrored),
    )


@dataclass(frozen=True, slots=True)
class MeasuredRows:
    """The rows of one annotation, packed and not yet in the database."""

    annotation: AnnotationRow
    measured: tuple[EmbeddingRow, FeaturesRow]


def measured_rows(item: PreparedAnnotation, at: datetime) -> MeasuredRows:
    """Everything of one annotation; compressing takes time, so it is done outside transactions."""
    return MeasuredRows(annotation_row(item, at), (embedding_row(item), features_row(item)))
